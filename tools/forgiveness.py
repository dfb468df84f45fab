"""Make the stored runs of lesson 3's forgiveness: `python tools/forgiveness.py`. It takes the better part of an hour on
one core; started again, it goes on where it ended.

The lesson's own cells are run up to its loop, so `Model`, `learn` and `test` are those that a reader sees. Prompts,
norms, head and the whole tower learn alone, each at a good rate and at ten times that rate. What was fixed before the
first run:

- The good rate is the one whose last step finds most on the ten kinds kept aside (mAP), with seed 0, which is used for
  nothing else. Three rates to begin with, then half a power of ten further while the best is at an edge; seven at most.
- Three seeds, eighty steps; looked at before the first step and after 20, 40 and 80.
- *Seen* are ten new objects of each kind that was trained on, *unseen* the lesson's twenty of each other kind.
- Three questions, by Holm's rule together: do norms, head or the whole tower lose more on unseen kinds than prompts do?

A line for each rate tried and each run goes into data/results/forgiveness.jsonl.

    python tools/forgiveness.py --kept

asks a fifth learner, for data/results/forgiveness_kept.jsonl: prompts that are kept at their first length. After each
step every prompt is brought back to the norm with which it began, so only its direction learns. Rates are searched by
the same rule; seeds, steps and looks are the same. Fixed before the first of these runs:

- Free prompts may grow, and a LayerNorm takes their length away, so at a high rate they may soon turn by small angles
  only. If that is why they forgive, prompts that cannot grow forgive less.
- One question: does the step from the good rate to ten times that rate cost kept prompts more on unseen kinds than free
  ones? Seed by seed and sketch by sketch, with the lesson's interval over seeds, kinds and sketches. All of it below
  zero: growth is a part of why. All of it above -0.02, a quarter of what norms, head and tower lose: growth is not why.
  Else it stays open. Where both hold, growth is a part, and a small one.
- Other numbers of these runs (seen kinds, the good rate itself, gains over frozen) are shown and decide nothing.
"""

import argparse
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from exercises import ROOT

from sketch_lvm.core import machine
from sketch_lvm.data.minisets import mini_set
from sketch_lvm.files import add_row
from sketch_lvm.measure.compare import interval
from sketch_lvm.study.stored import read_rows

LESSON = ROOT / 'nbs' / 'tutorials' / '3_prompts_from_scratch.ipynb'
STORED = ROOT / 'data' / 'results' / 'forgiveness.jsonl'
STORED_KEPT = STORED.with_name('forgiveness_kept.jsonl')
STEPS, LOOKS, SEEDS, MOST_RATES = 80, (0, 20, 40, 80), (1, 2, 3), 7
FIRST_RATES = dict(prompts=(0.03, 0.1, 0.3), norms=(1e-3, 3e-3, 1e-2), head=(1e-3, 3e-3, 1e-2), all=(3e-5, 1e-4, 3e-4))
FIRST_RATES_KEPT = dict(kept=FIRST_RATES['prompts'])
LITTLE = -0.02  # of mAP, a quarter of what norms, head and tower lose


def lesson_names() -> dict:
    "What the cells of the lesson define, up to its loop"
    cells = json.loads(LESSON.read_text(encoding='utf-8'))['cells']
    sources = [''.join(c['source']) for c in cells if c['cell_type'] == 'code']
    last = next(i for i, s in enumerate(sources) if 'def learn(' in s)
    names: dict = {}
    for source in sources[: last + 1]:
        exec(compile(source, LESSON.name, 'exec'), names)
    return names


def digits(values: np.ndarray) -> list[float]:
    "Average precisions with three digits"
    return [round(float(v), 3) for v in values]


def run(lesson: dict, what: str, rate: float, seed: int, asked: dict, looks: tuple[int, ...]) -> dict:
    "Train as the lesson does; {step: {part: AP of each sketch}}"
    found, learner = {}, 'prompts' if what == 'kept' else what
    start = lesson['Model'](learner, seed)
    lengths = start.prompts.detach().norm(dim=-1, keepdim=True) if what == 'kept' else None

    def look(step: int, model: object) -> None:
        if lengths is not None:
            with torch.no_grad():
                model.prompts.mul_(lengths / model.prompts.norm(dim=-1, keepdim=True))
        if step in looks:
            found[step] = {name: digits(lesson['test'](model, *part)) for name, part in asked.items()}

    look(0, start)
    lesson['learn'](learner, rate, seed, STEPS, look)
    return found


def next_rate(first: tuple[float, ...], tried: dict[float, float]) -> float | None:
    "The rate to try next, given what was tried and the mAP that it found; none when the search is over"
    if left := [rate for rate in first if rate not in tried]:
        return left[0]
    best = max(tried, key=tried.get)
    step = {min(tried): 10**-0.5, max(tried): 10**0.5}.get(best)
    return float(f'{best * step:.1g}') if step and len(tried) < MOST_RATES else None


def best_rate(what: str, path: Path, judge: Callable[[float], float]) -> float:
    "The good rate of a learner; `judge` trains with a rate and returns the mAP on the kinds kept aside"
    while True:
        tried = {d['rate']: d['mAP'] for d in read_rows(path) if d['kind'] == 'tuning' and d['what'] == what}
        rate = next_rate((FIRST_RATES | FIRST_RATES_KEPT)[what], tried)
        if rate is None:
            return max(tried, key=tried.get)
        add_row(path, dict(kind='tuning', what=what, rate=rate, seed=0, mAP=judge(rate)))


def verdict(low: float, high: float) -> str:
    "What was fixed before the runs, for the interval of kept prompts' cost minus that of free ones"
    a_part, not_why = high < 0, low > LITTLE
    if a_part:
        return 'growth is a part of why prompts forgive' + ', and a small one' * not_why
    return 'growth is not why prompts forgive' if not_why else 'it stays open whether growth is why prompts forgive'


def answer(kept: Path = STORED_KEPT, free: Path = STORED) -> str:
    "The question of the kept prompts, answered from stored rows"
    lost, names = {}, None
    for what, path in (('kept', kept), ('prompts', free)):
        frozen, *rows = read_rows(path)
        runs = {(d['factor'], d['seed']): d['AP']['unseen'] for d in rows if (d['kind'], d['what']) == ('run', what)}
        good, high = (np.array([runs[factor, seed] for seed in SEEDS]) for factor in (1, 10))
        if names not in (None, frozen['names']):
            raise SystemExit(f'{kept} and {free} asked other sketches.')
        lost[what], names = high - good, frozen['names']
    told = [(d, *interval(d, names['unseen'])) for d in (*lost.values(), lost['kept'] - lost['prompts'])]
    said = ['{:+.3f} [{:+.3f}, {:+.3f}]'.format(d.mean(), low, high) for d, low, high in told]
    return f'kept {said[0]}, free {said[1]}, the difference {said[2]}: {verdict(*told[2][1:])}'


def main(path: Path = STORED, first_rates: dict[str, tuple[float, ...]] = FIRST_RATES) -> None:
    "Make what is not there yet"
    lesson = lesson_names()
    sets, mini, pixels_of = lesson['sets'], lesson['mini'], lesson['pixels_of']
    asked = {k: (part, pixels_of(part)) for k, part in (('seen', mini_set('seen', 10)), ('unseen', sets.unseen))}
    if not path.exists():
        still = {
            k: digits(lesson['test'](lambda x, kind: lesson['plain'](mini.image_tower, x), *p))
            for k, p in asked.items()
        }
        names = {k: part.sketches.names.tolist() for k, (part, _) in asked.items()}
        command = 'python tools/forgiveness.py' + ' --kept' * ('kept' in first_rates)
        about = dict(command=command, backbone=mini.label, steps=STEPS, conditions=machine())
        add_row(path, dict(kind='frozen', **about, names=names, AP=still))
    judges = dict(validation=(sets.validation, pixels_of(sets.validation)))

    def judge(what: str) -> Callable[[float], float]:
        return lambda rate: float(np.mean(run(lesson, what, rate, 0, judges, (STEPS,))[STEPS]['validation']))

    good = {what: best_rate(what, path, judge(what)) for what in first_rates}
    there = {(d['what'], d['factor'], d['seed']) for d in read_rows(path) if d['kind'] == 'run'}
    for seed, what, factor in itertools.product(SEEDS, first_rates, (1, 10)):
        if (what, factor, seed) not in there:
            rate = good[what] * factor
            found = run(lesson, what, rate, seed, asked, LOOKS)
            curve = {k: [round(float(np.mean(found[step][k])), 4) for step in LOOKS] for k in asked}
            told = dict(kind='run', what=what, factor=factor, rate=rate, seed=seed, at=LOOKS, mAP=curve)
            add_row(path, told | dict(AP=found[STEPS]))
            print(f'{what} at {rate:g}, seed {seed}: unseen {curve["unseen"]}', flush=True)


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--kept', action='store_true', help='prompts that are kept at their first length')
    p.add_argument('--out', type=Path)
    v = p.parse_args()
    if v.kept:
        main(v.out or STORED_KEPT, FIRST_RATES_KEPT)
        print(answer(v.out or STORED_KEPT))
    else:
        main(v.out or STORED)
