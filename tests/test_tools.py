"The tools themselves: a failing test cell fails on both sides, and drift is seen"
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip('nbdev')
ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def cell(source, kind='code'):
    extra = dict(outputs=[], execution_count=None) if kind == 'code' else {}
    return dict(cell_type=kind, id=f'c{abs(hash(source)) % 10**8}', metadata={}, source=source, **extra)


def project(tmp_path, assertion, flag=''):
    "A project of one room with one test cell"
    root = tmp_path/'sketch_lvm_small'
    for d in ('nbs', 'tests', 'tools', 'data'): (root/d).mkdir(parents=True)
    for f in ('settings.ini', 'setup.py', 'pyproject.toml'): shutil.copy(ROOT/f, root/f)
    for f in ('export_tests.py', 'readme.py', 'check.py'): shutil.copy(ROOT/'tools'/f, root/'tools'/f)
    shutil.copy(ROOT/'tests'/'conftest.py', root/'tests')
    meta = dict(kernelspec=dict(display_name='python3', language='python', name='python3'))
    for name, cells in dict(index=[cell('# Small\n\n> A page.', 'markdown'), cell('#| hide\nsecret = 1'), cell('1 + 1')],
                            **{'00_room': [cell('# Room\n\n> A room.', 'markdown'), cell('#| default_exp room'),
                                           cell('#| export\ndef double(x): return 2*x'), cell(f'#| test doubles\n{flag}{assertion}')]}).items():
        (root/'nbs'/f'{name}.ipynb').write_text(json.dumps(dict(cells=cells, metadata=meta, nbformat=4, nbformat_minor=5)))
    for cmd in (['nbdev_clean'], ['nbdev_export'], [sys.executable, 'tools/export_tests.py'], [sys.executable, 'tools/readme.py']):
        assert run(root, *cmd).returncode == 0
    return root


def run(root, *cmd):
    env = {**os.environ, 'PATH': f"{BIN}{os.pathsep}{os.environ['PATH']}", 'PYTHONPATH': str(root)}
    env.pop('IN_TEST', None)
    return subprocess.run([str(c) for c in cmd], cwd=root, env=env, capture_output=True, text=True)


@pytest.mark.parametrize('assertion, good', [('assert double(2) == 4', True), ('assert double(2) == 5', False)])
def test_an_assertion_counts_on_both_sides(tmp_path, assertion, good):
    root = project(tmp_path, f'from sketch_lvm.room import double\n{assertion}')
    assert (run(root, 'nbdev_test', '--n_workers', '0').returncode == 0) == good
    assert (run(root, sys.executable, '-m', 'pytest', '-q', 'tests').returncode == 0) == good


def test_flags_skip_and_are_counted(tmp_path):
    root = project(tmp_path, 'assert False', flag='#| slow\n')
    out = run(root, sys.executable, '-m', 'pytest', '-q', 'tests')
    assert '1 skipped' in out.stdout and '1 by flag slow' in out.stdout
    assert run(root, sys.executable, '-m', 'pytest', '-q', 'tests', '--flags', 'slow').returncode == 1
    out = run(root, sys.executable, 'tools/check.py', 'notebooks')
    assert out.returncode == 0 and '1 by flag slow' in out.stdout


@pytest.mark.parametrize('file', ['sketch_lvm/room.py', 'tests/test_room.py', 'README.md', 'nbs/00_room.ipynb'])
def test_drift_is_refused_and_nothing_is_overwritten(tmp_path, file):
    root = project(tmp_path, 'assert True')
    assert run(root, sys.executable, 'tools/check.py', 'drift').returncode == 0
    if file.endswith('.ipynb'):
        nb = json.loads((root/file).read_text()); nb['cells'][2]['execution_count'] = 7
        (root/file).write_text(json.dumps(nb))
    else: (root/file).write_text((root/file).read_text() + '\n# by hand\n')
    before = (root/file).read_bytes()
    out = run(root, sys.executable, 'tools/check.py', 'drift')
    assert out.returncode == 1 and file in out.stdout
    assert (root/file).read_bytes() == before


def test_readme_hides_and_shows(tmp_path):
    root = project(tmp_path, 'assert True')
    text = (root/'README.md').read_text()
    assert 'secret' not in text and '1 + 1' in text and '# Small' in text
