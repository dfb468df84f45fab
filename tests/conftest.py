"Flags: a test marked slow, gpu, weights or browser runs only when asked for, and a run says what it left out"

import json
import os
import runpy
import sys
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

import pytest

os.environ.setdefault('MPLBACKEND', 'agg')
# some tests fork, and a forked child must not wait for threads it did not inherit
os.environ.setdefault('OMP_NUM_THREADS', '1')
pytest_plugins = ['browsing']  # fixtures of the tests that open a browser
config = ConfigParser(delimiters=['='])
config.read(Path(__file__).parent.parent / 'settings.ini')
FLAGS = [f for f in config['DEFAULT']['tst_flags'].split() if f != 'test']  # 'test' marks the cells these come from
TIMES = Path(__file__).parent / 'times.json'  # seconds of each test, as `tools/check.py times` last measured them
QUICK = 1.0  # seconds; what takes longer is left to `make test`
left_out, took, skipped = Counter(), Counter(), {}


def pytest_addoption(parser):
    parser.addoption(
        '--quick', action='store_true', help=f'only tests that took less than {QUICK:g} s when they were last measured'
    )
    parser.addoption('--times', help='add how long each test took to this file, one JSON object a line')
    parser.addoption('--inputs', type=int, default=100_000, help='of the slow fuzzing, so many inputs for each target')
    parser.addoption('--flags', default='', help=f'also run the tests marked with these flags: {" ".join(FLAGS)}')


def pytest_configure(config):
    for f in FLAGS:
        config.addinivalue_line('markers', f'{f}: runs only with --flags {f}')
    if 'weights' not in config.getoption('--flags').split():  # these may fetch what they need
        guard_network()


def guard_network():
    "No test leaves this machine, nor does a Python that it starts"
    guard = str(Path(__file__).parent / 'offline')
    os.environ['PYTHONPATH'] = os.pathsep.join(filter(None, [guard, os.environ.get('PYTHONPATH')]))
    runpy.run_path(guard + '/sitecustomize.py')


def pytest_collection_modifyitems(config, items):
    asked = config.getoption('--flags').split()
    known = json.loads(TIMES.read_text(encoding='utf-8')) if config.getoption('--quick') and TIMES.exists() else {}
    for item in items:
        if known.get(item.nodeid, 0) > QUICK:
            left_out['--quick'] += 1
            item.add_marker(pytest.mark.skip(reason=f'it takes more than {QUICK:g} s'))
        for f in FLAGS:
            if f in item.keywords and f not in asked:
                left_out[f] += 1
                item.add_marker(pytest.mark.skip(reason=f'flag {f}: pytest --flags {f} runs it'))


@pytest.fixture(autouse=True)
def close_figures():
    "Figures pile up otherwise"
    yield
    if 'matplotlib.pyplot' in sys.modules:
        sys.modules['matplotlib.pyplot'].close('all')


def pytest_runtest_logreport(report):
    if report.skipped:
        skipped[report.nodeid] = None  # how long it takes nobody saw
    else:
        took[report.nodeid] += report.duration


def pytest_sessionfinish(session):
    if place := session.config.getoption('--times'):
        with open(place, 'a', encoding='utf-8') as f:  # one line at once: several sessions may write
            f.write(json.dumps({**took, **skipped}) + '\n')


def pytest_terminal_summary(terminalreporter):
    said = ', '.join(f'{n} by flag {f}' for f, n in sorted(left_out.items())) or 'none'
    terminalreporter.write_line(f'tests skipped by a flag: {said}')
