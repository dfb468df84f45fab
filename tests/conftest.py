"Flags: a test marked slow, gpu, weights or browser runs only when asked for, and a run says what it left out"
import os
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

import pytest

os.environ.setdefault('MPLBACKEND', 'agg')
os.environ.setdefault('OMP_NUM_THREADS', '1')   # some tests fork, and a forked child must not wait for threads it did not inherit
config = ConfigParser(delimiters=['='])
config.read(Path(__file__).parent.parent/'settings.ini')
FLAGS = config['DEFAULT']['tst_flags'].split()
left_out = Counter()


def pytest_addoption(parser):
    parser.addoption('--flags', default='', help=f'also run the tests marked with these flags: {" ".join(FLAGS)}')


def pytest_configure(config):
    for f in FLAGS: config.addinivalue_line('markers', f'{f}: runs only with --flags {f}')


def pytest_collection_modifyitems(config, items):
    asked = config.getoption('--flags').split()
    for item in items:
        for f in FLAGS:
            if f in item.keywords and f not in asked:
                left_out[f] += 1
                item.add_marker(pytest.mark.skip(reason=f'flag {f}: pytest --flags {f} runs it'))


@pytest.fixture(autouse=True)
def close_figures():
    "Figures pile up otherwise"
    yield
    import sys
    if 'matplotlib.pyplot' in sys.modules: sys.modules['matplotlib.pyplot'].close('all')


def pytest_terminal_summary(terminalreporter):
    said = ', '.join(f'{n} by flag {f}' for f, n in sorted(left_out.items())) or 'none'
    terminalreporter.write_line(f'tests skipped by a flag: {said}')
