"""Do the generated files still follow from the notebooks, and does everything run?

Usage: check.py [drift] [lint] [notebooks] [tests] [--flags "slow gpu"]     (these four without words)
       check.py drift lint quick          what `make check` runs: of the tests only those that take less than a second
       check.py times                     everything, and how long each notebook and each test took, kept for next time
The drift check works on a copy, so an edit made by hand is reported, not overwritten. Notebooks and tests run side by
side, one on each core, the longest first; the checks of drift and style begin while torch is loaded for them.
"""

import argparse
import difflib
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from configparser import ConfigParser
from functools import partial
from pathlib import Path

import exercises
from jobs import Job, bundles, notebook_job, preload, preload_rooms, run_jobs, settle, table, test_job

ROOT = Path(__file__).resolve().parent.parent
TIMES = ROOT / 'tests' / 'times.json'
QUICK = 1.0  # seconds; a test that takes longer is no quick one, for conftest.py neither
UNKNOWN = 5.0  # seconds that a notebook or a file of tests is taken to need before it was measured
WORDS = ('passed', 'failed', 'skipped', 'error')
CLOSING = []  # lines that end a run, as pytest's do
SKIP = shutil.ignore_patterns(
    '.git',
    '.venv*',
    '__pycache__',
    '.ipynb_checkpoints',
    'runs',
    'build',
    '_build',
    'dist',
    '*.egg-info',
    '.*_cache',
    '.hypothesis',
)


def flags():
    cfg = ConfigParser(delimiters=['='])
    cfg.read(ROOT / 'settings.ini')
    return [f for f in cfg['DEFAULT']['tst_flags'].split() if f != 'test']


def run(*cmd, cwd=ROOT, **env):
    "Run a command of this Python's environment; its output goes straight to the screen"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']])
    old = {
        k: v for k, v in os.environ.items() if k != 'PYTHONDONTWRITEBYTECODE'
    }  # dozens of processes import torch: let them share its bytecode
    return subprocess.run([str(c) for c in cmd], cwd=cwd, env={**old, 'PATH': path, **env}).returncode


def snapshot(root):
    "Content of everything that can drift"
    files = [
        p
        for d in ('nbs', 'sketch_lvm', 'tests')
        for p in (root / d).rglob('*')
        if p.suffix in ('.py', '.ipynb') and '.ipynb_checkpoints' not in p.parts
    ]
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in [*files, root / 'README.md'] if p.exists()}


def show_diff(name, old, new):
    a, b = (x.decode('utf-8', 'replace').splitlines() for x in (old or b'', new or b''))
    found = difflib.unified_diff(a, b, f'{name} (found)', f'{name} (generated)', lineterm='', n=1)
    print('\n'.join(line[:200] for line in list(found)[:30]))  # a stored picture is one line


STEPS = [
    ('nbdev_clean', ['nbdev_clean']),
    ('nbdev_export', ['nbdev_export']),
    ('exported tests', [sys.executable, 'tools/export_tests.py']),
    ('map of rooms', [sys.executable, 'tools/rooms.py']),
    ('README', [sys.executable, 'tools/readme.py']),
    ('exercises', [sys.executable, 'tools/exercises.py']),
]


def drift():
    "Each tool, run on a copy, must change nothing. Returns the number of complaints"
    bad = 0
    with tempfile.TemporaryDirectory() as d:
        copy = Path(d) / ROOT.name
        shutil.copytree(ROOT, copy, ignore=SKIP)
        before = snapshot(copy)
        for name, cmd in STEPS:
            if rc := run(*cmd, cwd=copy, PYTHONPATH=str(copy)):
                print(f'drift: {name} failed with exit code {rc}')
                return bad + 1
            after = snapshot(copy)
            changed = sorted(k for k in before.keys() | after.keys() if before.get(k) != after.get(k))
            print(
                f'drift: {name}: '
                + ('clean' if not changed else f'{len(changed)} file(s) differ: {", ".join(changed)}')
            )
            for k in changed[:3]:
                show_diff(k, before.get(k), after.get(k))
            bad, before = bad + len(changed), after
    if bad:
        print('\nThe notebooks are the source. `make export` writes the generated files anew; then commit them.')
    return bad


def pages():
    "All notebooks that should run: an exercise is there to fail until it is done"
    left = {'.ipynb_checkpoints', 'exercises'}
    return [p for p in sorted(ROOT.glob('nbs/**/*.ipynb')) if not left & set(p.relative_to(ROOT).parts)]


def skipped_cells(asked):
    "How many cells nbdev_test leaves out, by flag"
    count = Counter()
    for nb in pages():
        for cell in json.loads(nb.read_text(encoding='utf-8'))['cells']:
            if cell['cell_type'] != 'code':
                continue
            words = {
                w
                for line in ''.join(cell['source']).splitlines()
                if line.startswith('#|')
                for w in line[2:].split()[:1]
            }
            count.update(f for f in flags() if f in words and f not in asked)
    return count


def lint():
    "Style of notebooks, package, tests and tools; returns how many of the checks complain"
    ruff = [sys.executable, '-m', 'ruff']
    checks = [
        [*ruff, 'check', '.'],
        [*ruff, 'format', '--check', 'nbs', 'tools', 'docs'],
        [sys.executable, ROOT / 'tools' / 'style.py'],
    ]
    return sum(bool(run(*c)) for c in checks)


def known_times():
    "Seconds that notebooks and tests took when they were last measured, by name"
    return json.loads(TIMES.read_text(encoding='utf-8')) if TIMES.exists() else {}


def notebook_jobs(asked):
    """Every notebook as nbdev runs it, but for the cells that are tests: they are exported, and plain pytest runs them.

    In a lesson each exercise is run twice, first as the blank that a student finds, which its check has to refuse.
    """
    count, known = skipped_cells(asked), known_times()
    print('notebooks: cells skipped: ' + (', '.join(f'{n} by flag {f}' for f, n in sorted(count.items())) or 'none'))
    paths = pages()
    skip = [*flags(), 'test']
    shells = {p: partial(exercises.trying, p) for p in exercises.lessons()}
    names = {p: p.relative_to(ROOT).as_posix() for p in paths}
    return [notebook_job(p, ROOT, skip, asked, known.get(names[p], UNKNOWN), shells.get(p)) for p in paths]


def test_jobs(asked, kept, quick=False):
    "Every file of tests; conftest.py says what the flags skip, and adds how long each test took to the file `kept`"
    known: dict[str, float] = {}
    for name, seconds in known_times().items():
        file = name.partition('::')[0]
        known[file] = known.get(file, 0.0) + (0.0 if quick and seconds > QUICK else seconds)
    options = [f'--times={kept}', *([f'--flags={" ".join(asked)}'] if asked else []), *(['--quick'] if quick else [])]
    files = sorted((ROOT / 'tests').rglob('test_*.py'))
    costs = {p: known.get(p.relative_to(ROOT).as_posix(), UNKNOWN) for p in files}
    alone = [p for p in files if p.name.startswith('test_browser')]  # beside the workers, one file at a time
    groups = [[p] for p in alone] + bundles({p: cost for p, cost in costs.items() if p not in alone})
    return [test_job(paths, ROOT, options, sum(costs[p] for p in paths)) for paths in groups]


def load_all():
    "What nearly every notebook and test needs, once for all that are forked from this process"
    preload()
    preload_rooms(ROOT, 'sketch_lvm')
    settle()


def side_by_side(parts, asked, workers, keep=False):
    "Run notebooks and tests, and the checks beside them; say which take long; returns how many failed"
    start = time.time()
    with tempfile.TemporaryDirectory() as d:
        kept = Path(d) / 'times.jsonl'
        checks = [
            Job(x, lambda f=f: not f(), early=True) for x, f in dict(drift=drift, lint=lint).items() if x in parts
        ]
        jobs = [
            *checks,
            *(notebook_jobs(asked) if 'notebooks' in parts else ()),
            *(test_jobs(asked, kept) if 'tests' in parts else ()),
            *(test_jobs(asked, kept, quick=True) if 'quick' in parts else ()),
        ]
        env = dict(
            OMP_NUM_THREADS='1',
            MPLBACKEND='agg',
            PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ['PATH']]),
        )
        os.environ.update({k: v for k, v in env.items() if k == 'PATH' or k not in os.environ})
        os.environ.pop('PYTHONDONTWRITEBYTECODE', None)  # dozens of processes import torch: let them share its bytecode
        done = run_jobs(jobs, workers, load=load_all if len(jobs) > 8 else None)
        gc.unfreeze()  # nothing is forked any more: libraries that count what is left at the end find all of it gone
        times, unseen = Counter(), set()
        for line in kept.read_text(encoding='utf-8').splitlines() if kept.exists() else ():
            for name, seconds in json.loads(line).items():
                times.update({} if seconds is None else {name: seconds})
                unseen.update([name] if seconds is None else [])
    print(f'\n{table(done, 0 if keep else 20)}\n')
    slowest = times.most_common(None if keep else 20)
    print('\n'.join(f'{seconds:7.1f} s  {name}' for name, seconds in slowest))
    said = Counter()
    for r in done:
        if r.name in ('drift', 'lint'):
            print(f'-- {r.name}\n{r.output}' * r.fine, end='')
            continue
        if lines := re.findall(r'^tests skipped by a flag: (.*)$', r.output, re.M):
            said.update({f: int(n) for n, f in re.findall(r'(\d+) by flag (\S+?)(?:,|$)', lines[-1])})
        for n, what in re.findall(r'(\d+) (passed|failed|skipped|error)', (r.output.splitlines() or [''])[-1]):
            said[what] += int(n)
    print('tests: ' + ', '.join(f'{n} {k if k in WORDS else "by flag " + k}' for k, n in sorted(said.items())))
    counts = ', '.join(f'{said[k]} {k}' for k in ('failed', 'passed', 'skipped', 'error') if said[k])
    CLOSING.append(f'{counts or "no tests ran"} in {time.time() - start:.2f}s')
    if keep:
        known = known_times()  # a test that was skipped takes what it took when it was last seen
        new = {n: known[n] for n in unseen if n in known} | {n: round(x, 1) for n, x in times.items()}
        new |= {r.name: round(r.seconds, 1) for r in done if r.name.startswith('nbs')}
        TIMES.write_text(json.dumps(dict(sorted(new.items())), indent=0) + '\n', encoding='utf-8')
    bad = [r.name for r in done if not r.fine]
    print('failed: ' + ', '.join(bad) if bad else f'{len(jobs)} notebooks and files of tests, all fine')
    return len(bad)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument(
        'parts', nargs='*', metavar='part', help='drift, lint, notebooks, tests (these without words); quick, times'
    )
    p.add_argument('--flags', default='', help=f'also run what these flags mark: {" ".join(flags())}')
    p.add_argument('--workers', type=int, default=min(2, os.cpu_count() or 1), help='notebooks and tests at a time')
    args = p.parse_args()
    asked, failed, parts = args.flags.split(), [], args.parts or ['drift', 'lint', 'notebooks', 'tests']
    both = [x for x in parts if x in ('notebooks', 'tests', 'quick')]
    both = [x for x in parts if x in both or both and x in ('drift', 'lint')]
    jobs = dict(drift=drift, lint=lint)
    jobs |= {' and '.join(both): lambda: side_by_side(both, asked, args.workers)} if both else {}
    jobs |= dict(times=lambda: side_by_side(('notebooks', 'tests'), asked, args.workers, keep=True))
    if wrong := [x for x in parts if x not in jobs and x not in both]:
        p.error(f'no such part: {" ".join(wrong)}; there are drift lint notebooks tests quick times')
    for name in dict.fromkeys(' and '.join(both) if x in both else x for x in parts):
        start = time.time()
        print(f'== {name}', flush=True)
        if jobs[name]():
            failed.append(name)
        print(f'== {name}: {"FAILED" if name in failed else "ok"}, {time.time() - start:.0f} s', flush=True)
    if failed:
        print('failed: ' + ', '.join(failed))
    if CLOSING:
        print('\n'.join(CLOSING))
    return bool(failed)


if __name__ == '__main__':
    sys.exit(main())
