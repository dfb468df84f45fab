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
"""

import argparse
import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from exercises import ROOT

from sketch_lvm.core import machine
from sketch_lvm.data.minisets import mini_set
from sketch_lvm.files import add_row
from sketch_lvm.study.stored import read_rows

LESSON = ROOT / 'nbs' / 'tutorials' / '3_prompts_from_scratch.ipynb'
STORED = ROOT / 'data' / 'results' / 'forgiveness.jsonl'
STEPS, LOOKS, SEEDS, MOST_RATES = 80, (0, 20, 40, 80), (1, 2, 3), 7
FIRST_RATES = dict(prompts=(0.03, 0.1, 0.3), norms=(1e-3, 3e-3, 1e-2), head=(1e-3, 3e-3, 1e-2), all=(3e-5, 1e-4, 3e-4))


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
    found = {}

    def look(step: int, model: object) -> None:
        if step in looks:
            found[step] = {name: digits(lesson['test'](model, *part)) for name, part in asked.items()}

    look(0, lesson['Model'](what, seed))
    lesson['learn'](what, rate, seed, STEPS, look)
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
        rate = next_rate(FIRST_RATES[what], tried)
        if rate is None:
            return max(tried, key=tried.get)
        add_row(path, dict(kind='tuning', what=what, rate=rate, seed=0, mAP=judge(rate)))


def main(path: Path = STORED) -> None:
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
        about = dict(command='python tools/forgiveness.py', backbone=mini.label, steps=STEPS, conditions=machine())
        add_row(path, dict(kind='frozen', **about, names=names, AP=still))
    judges = dict(validation=(sets.validation, pixels_of(sets.validation)))

    def judge(what: str) -> Callable[[float], float]:
        return lambda rate: float(np.mean(run(lesson, what, rate, 0, judges, (STEPS,))[STEPS]['validation']))

    good = {what: best_rate(what, path, judge(what)) for what in FIRST_RATES}
    there = {(d['what'], d['factor'], d['seed']) for d in read_rows(path) if d['kind'] == 'run'}
    for seed, what, factor in itertools.product(SEEDS, FIRST_RATES, (1, 10)):
        if (what, factor, seed) not in there:
            rate = good[what] * factor
            found = run(lesson, what, rate, seed, asked, LOOKS)
            curve = {k: [round(float(np.mean(found[step][k])), 4) for step in LOOKS] for k in asked}
            told = dict(kind='run', what=what, factor=factor, rate=rate, seed=seed, at=LOOKS, mAP=curve)
            add_row(path, told | dict(AP=found[STEPS]))
            print(f'{what} at {rate:g}, seed {seed}: unseen {curve["unseen"]}', flush=True)


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--out', type=Path, default=STORED)
    main(p.parse_args().out)
