"""Do the generated files still follow from the notebooks, and does everything run?

Usage: check.py [drift] [lint] [notebooks] [tests] [--flags "slow gpu"]     (these four without words)
       check.py drift lint quick          what `make check` runs: of the tests only those that take less than a second
The drift check works on a copy, so an edit made by hand is reported, not overwritten.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SKIP = shutil.ignore_patterns(
    '.git',
    '.venv*',
    '__pycache__',
    '.ipynb_checkpoints',
    'runs',
    'build',
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
    print('\n'.join(list(difflib.unified_diff(a, b, f'{name} (found)', f'{name} (generated)', lineterm='', n=1))[:30]))


STEPS = [
    ('nbdev_clean', ['nbdev_clean']),
    ('nbdev_export', ['nbdev_export']),
    ('exported tests', [sys.executable, 'tools/export_tests.py']),
    ('README', [sys.executable, 'tools/readme.py']),
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


def skipped_cells(asked):
    "How many cells nbdev_test leaves out, by flag"
    count = Counter()
    for nb in ROOT.glob('nbs/**/*.ipynb'):
        if '.ipynb_checkpoints' in nb.parts:
            continue
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


def notebooks(asked):
    "Run every notebook as nbdev does, but for the cells that are tests: these are exported, and plain pytest runs them"
    cmd = ['nbdev_test', '--n_workers', '2', '--timing', '--do_print'] + (['--flags', ' '.join(asked)] if asked else [])
    rc = run(*cmd, PYTHONPATH=str(ROOT), OMP_NUM_THREADS='1', MPLBACKEND='agg')
    count = skipped_cells(asked)
    print('notebooks: cells skipped: ' + (', '.join(f'{n} by flag {f}' for f, n in sorted(count.items())) or 'none'))
    return rc


def tests(asked, *more):
    "Run the exported tests with plain pytest, say which take long; conftest.py says what the flags skip"
    flags = ['--flags', ' '.join(asked)] if asked else []
    return run(sys.executable, '-m', 'pytest', 'tests', '-q', '--durations=20', *more, *flags)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument(
        'parts', nargs='*', metavar='part', help='drift, lint, notebooks, tests (these without words); quick, times'
    )
    p.add_argument('--flags', default='', help=f'also run what these flags mark: {" ".join(flags())}')
    args = p.parse_args()
    asked, failed = args.flags.split(), []
    jobs = dict(
        drift=drift,
        lint=lambda: run(sys.executable, '-m', 'ruff', 'check', '.'),
        notebooks=lambda: notebooks(asked),
        tests=lambda: tests(asked),
        quick=lambda: tests(asked, '--quick'),
        times=lambda: tests(asked, '--keep-times'),
    )
    if wrong := [x for x in args.parts if x not in jobs]:
        p.error(f'no such part: {" ".join(wrong)}; there are {" ".join(jobs)}')
    for name in args.parts or ['drift', 'lint', 'notebooks', 'tests']:
        start = time.time()
        print(f'== {name}', flush=True)
        if jobs[name]():
            failed.append(name)
        if failed or name not in ('tests', 'quick', 'times'):  # else the last line is the test runner's own
            print(f'== {name}: {"FAILED" if name in failed else "ok"}, {time.time() - start:.0f} s', flush=True)
    if failed:
        print('failed: ' + ', '.join(failed))
    return bool(failed)


if __name__ == '__main__':
    sys.exit(main())
