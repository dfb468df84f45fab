"The tools themselves: a failing test cell fails on both sides, and drift is seen"

import ast
import gc
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

from sketch_lvm.testing.crash import leave_with

nbdev = pytest.importorskip('nbdev')
pytest.importorskip('nbdev.test')
ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def cell(source, kind='code'):
    extra = dict(outputs=[], execution_count=None) if kind == 'code' else {}
    return dict(cell_type=kind, id=f'c{abs(hash(source)) % 10**8}', metadata={}, source=source, **extra)


@pytest.fixture(scope='module')
def base(tmp_path_factory):
    "A project of one room with one test cell, everything written"
    root = tmp_path_factory.mktemp('base') / 'small'
    for d in ('nbs', 'tests', 'tools', 'data'):
        (root / d).mkdir(parents=True)
    for f in ('settings.ini', 'setup.py', 'pyproject.toml'):
        shutil.copy(ROOT / f, root / f)
    for f in ('export_tests.py', 'rooms.py', 'links.py', 'readme.py', 'check.py', 'jobs.py', 'style.py', 'exercises.py'):
        shutil.copy(ROOT / 'tools' / f, root / 'tools' / f)
    for f in ('conftest.py', 'browsing.py'):
        shutil.copy(ROOT / 'tests' / f, root / 'tests')
    shutil.copytree(
        ROOT / 'tests' / 'offline', root / 'tests' / 'offline', ignore=shutil.ignore_patterns('__pycache__')
    )
    write(
        root,
        'index',
        [
            cell('# Small\n\n> A page.', 'markdown'),
            cell('[a](a/b.ipynb) ![p](images/p.png) [w](https://example.org/x) [h](#small)', 'markdown'),
            cell('#| hide\nsecret = 1'),
            cell('1 + 1'),
        ],
    )
    write_room(root, 'assert double(2) == 4')
    for cmd in (
        ['nbdev_clean'],
        ['nbdev_export'],
        [sys.executable, 'tools/export_tests.py'],
        [sys.executable, 'tools/rooms.py'],
        [sys.executable, 'tools/readme.py'],
    ):
        out = run(root, *cmd)
        assert out.returncode == 0, out.stderr
    return root


@pytest.fixture
def root(base, tmp_path):
    return Path(shutil.copytree(base, tmp_path / 'small'))


def write(root, name, cells):
    meta = dict(kernelspec=dict(display_name='python3', language='python', name='python3'))
    (root / 'nbs' / f'{name}.ipynb').write_text(
        json.dumps(dict(cells=cells, metadata=meta, nbformat=4, nbformat_minor=5))
    )


def write_room(root, assertion, flag=''):
    write(
        root,
        '00_room',
        [
            cell('# Room\n\n> A room.', 'markdown'),
            cell('#| default_exp room'),
            cell('#| export\ndef double(x): return 2*x'),
            cell(f'#| test doubles\n{flag}from sketch_lvm.room import double\n{assertion}'),
        ],
    )


def run_fresh(root, *cmd):
    "A command in a Python of its own"
    env = {**os.environ, 'PATH': f"{BIN}{os.pathsep}{os.environ['PATH']}", 'PYTHONPATH': str(root)}
    env.pop('IN_TEST', None)
    return subprocess.run([str(c) for c in cmd], cwd=root, env=env, capture_output=True, text=True)


def run(root, *cmd):
    "A command in a child of this process: what a fresh Python would do, which needs seconds to load the same again"
    words = [str(c) for c in cmd if c != sys.executable]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        if (pid := os.fork()) == 0:
            leave_with(lambda: be_command(root, words, (out, err)), 120)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        for f in (out, err):
            f.seek(0)
        return subprocess.CompletedProcess(words, status, *(f.read().decode() for f in (out, err)))


def be_command(root, words, streams):
    "In the child: forget this project, and be the command in the other"
    for number, stream in enumerate(streams, 1):
        os.dup2(stream.fileno(), number)
    sys.stdout, sys.stderr = (open(n, 'w', encoding='utf-8', closefd=False) for n in (1, 2))
    own = {'sketch_lvm', 'conftest', 'browsing', *(p.stem for p in (ROOT / 'tools').glob('*.py'))}
    for name in [n for n in sys.modules if n.partition('.')[0] in own]:
        del sys.modules[name]
    here = [ROOT, ROOT / 'tools', ROOT / 'tests', ROOT / 'tests' / 'faults']
    sys.path[:] = [str(root), *(p for p in sys.path if Path(p).resolve() not in here)]
    nbdev.config.get_config.cache_clear()
    os.environ |= dict(PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}", PYTHONPATH=str(root))
    os.environ.pop('IN_TEST', None)
    os.chdir(root)
    try:
        if words[0] == '-m':
            sys.argv = words[1:]
            runpy.run_module(words[1], run_name='__main__', alter_sys=True)
        else:
            path = root / words[0] if '/' in words[0] else BIN / words[0]
            sys.argv = [str(path), *words[1:]]
            sys.path.insert(0, str(path.parent))
            runpy.run_path(str(path), run_name='__main__')
    except SystemExit as e:
        if isinstance(e.code, str):
            print(e.code, file=sys.stderr)
        raise SystemExit(int(bool(e.code)) if isinstance(e.code, str) else e.code) from e


def test_a_true_assertion_passes_on_both_sides(root):
    assert run(root, 'nbdev_test', '--n_workers', '0', '--flags', 'test').returncode == 0
    assert '1 passed' in run(root, sys.executable, '-m', 'pytest', '-q', 'tests').stdout


def test_a_false_assertion_fails_on_both_sides(root):
    write_room(root, 'assert double(2) == 5')
    assert run(root, sys.executable, 'tools/export_tests.py').returncode == 0
    assert run(root, 'nbdev_test', '--n_workers', '0', '--flags', 'test').returncode != 0
    assert run(root, sys.executable, 'tools/check.py', 'notebooks').returncode == 0  # it runs once, under pytest
    assert '1 failed' in run(root, sys.executable, '-m', 'pytest', '-q', 'tests').stdout


def test_flags_skip_and_are_counted(root):
    write_room(root, 'assert False', flag='#| slow\n')
    assert run(root, sys.executable, 'tools/export_tests.py').returncode == 0
    out = run(root, sys.executable, '-m', 'pytest', '-q', 'tests').stdout
    assert '1 skipped' in out and '1 by flag slow' in out
    assert '1 failed' in run(root, sys.executable, '-m', 'pytest', '-q', 'tests', '--flags', 'slow').stdout
    out = run(root, sys.executable, 'tools/check.py', 'notebooks')
    assert out.returncode == 0 and '1 by flag slow' in out.stdout


def test_an_example_that_fails_fails_the_page(root):
    write_room(root, 'assert double(2) == 4')
    nb = json.loads((root / 'nbs/00_room.ipynb').read_text())
    nb['cells'].append(cell('assert double(2) == 5'))
    (root / 'nbs/00_room.ipynb').write_text(json.dumps(nb))
    assert run(root, sys.executable, 'tools/check.py', 'notebooks').returncode != 0


def test_quick_leaves_out_what_takes_long(root):
    pytest_here = (root, sys.executable, '-m', 'pytest', '-q', 'tests')
    (root / 'tests/test_long.py').write_text('import pytest\n\n@pytest.mark.slow\ndef test_long(): pass\n')
    (root / 'tests/times.json').write_text(json.dumps({'tests/test_long.py::test_long': 7.0, 'tests/gone.py::test': 8.0}))
    out = run(root, sys.executable, 'tools/check.py', 'times')
    assert out.returncode == 0 and 'nbs/00_room.ipynb' in out.stdout and 'test_doubles' in out.stdout, out.stderr
    times = json.loads((root / 'tests/times.json').read_text())
    assert list(times) == [
        'nbs/00_room.ipynb',
        'nbs/index.ipynb',
        'nbs/rooms.ipynb',
        'tests/test_long.py::test_long',
        'tests/test_room.py::test_doubles',
    ]
    assert times['tests/test_long.py::test_long'] == 7.0  # it was skipped: what was seen before stays
    assert '1 passed' in run(*pytest_here, '--quick').stdout
    quick = run(root, sys.executable, 'tools/check.py', 'quick')
    assert quick.returncode == 0 and '1 passed' in quick.stdout and 'index.ipynb' not in quick.stdout, quick.stdout
    (root / 'tests/times.json').write_text(json.dumps({'tests/test_room.py::test_doubles': 9.0}))
    assert '1 by flag --quick' in run(*pytest_here, '--quick').stdout and '1 passed' in run(*pytest_here).stdout
    assert '1 by flag --quick' in run(root, sys.executable, 'tools/check.py', 'quick').stdout
    said = [(ROOT / f).read_text(encoding='utf-8') for f in ('tests/conftest.py', 'tools/check.py')]
    assert len({re.search(r'^QUICK = (\S+)', text, re.M)[1] for text in said}) == 1


def test_style_asks_public_names_of_rooms_that_are_not_exempt(root):
    "An annotation or a docstring that is missing is said; private names and exempt rooms are left alone"
    source = (
        '#| export\ndef double(x: int) -> int:\n    "Twice"\n    return 2 * x\n\ndef half(x, *rest, k: int = 1):\n    return x\n\n'
        'def _own(x): return x\n\nclass Box:\n    "A box"\n    def __init__(self, a): self.a = a\n    def open(self) -> int: return 1'
    )
    write(root, '00_room', [cell('# Room\n\n> A room.', 'markdown'), cell('#| default_exp room'), cell(source)])
    style = (root, sys.executable, 'tools/style.py')
    settings = (root / 'pyproject.toml').read_text().partition('[tool.sketch_lvm.style]')[0]
    (root / 'pyproject.toml').write_text(settings)
    out = run(*style)
    assert out.returncode == 1 and 'double' not in out.stdout and '_own' not in out.stdout
    expected = [
        'half has no docstring',
        'half: no annotation of x, rest',
        'half: what it returns',
        'Box.open has no docstring',
    ]
    assert [x for x in [*expected, 'Box.__init__: no annotation of a', '5 complaint(s)'] if x not in out.stdout] == []
    (root / 'pyproject.toml').write_text(settings + '[tool.sketch_lvm.style]\nexempt = ["00_*.ipynb", "gone/*"]\n')
    out = run(*style)
    assert out.returncode == 0 and 'no longer needed in pyproject.toml: gone/*' in out.stdout
    long = '#| export\n' + 'x = 1\n' * 401
    write(root, '01_long', [cell('# Long\n\n> Long.', 'markdown'), cell('#| default_exp long'), cell(long)])
    assert 'more than 400: make it two rooms' in run(*style).stdout
    short = ['#| export\na = 1', '#| export\nb = 1', '#| test one\nassert True', '#| export\nc = 1', '#| export\nd = 1']
    write(root, '01_long', [cell('# Long\n\n> Long.', 'markdown'), cell('#| default_exp long'), *map(cell, short)])
    said = run(*style).stdout  # a test that is folded away is no word
    assert said.count('exported cells in a row, say a word before it') == 1 and 'two rooms' not in said


def test_jobs_run_side_by_side_and_failures_are_shown():
    "Two at a time and one that waits, the longest first; what fails is shown; what all need is loaded after the early ones"
    sys.path.insert(0, str(ROOT / 'tools'))
    from jobs import LOADING, Job, bundles, next_job, run_jobs, settle, table

    def breaks():
        print('about to break')
        raise ValueError('broken')

    said = []
    jobs = [Job('short', lambda: True, 1.0), Job('long', lambda: time.sleep(0.3) is None, 9.0), Job('odd', breaks, 5.0)]
    done = first = {r.name: r for r in run_jobs([*jobs, Job('no', lambda: False)], 2, said.append)}
    assert {n: r.fine for n, r in done.items()} == dict(short=True, long=True, odd=False, no=False)
    assert 'about to break' in done['odd'].output and 'ValueError: broken' in '\n'.join(said)
    assert said[0].startswith('FAILED odd') and done['long'].seconds >= 0.3 and done['long'].cpu < 0.3
    jobs, loaded, said = [Job('late', lambda: True, 9.0), Job('early', lambda: True, early=True)], [], []
    done = run_jobs(jobs, 1, said.append, lambda: (settle(), loaded.append([line.split()[1] for line in said])))
    assert [r.name for r in done] == ['early', LOADING, 'late'] and 'loading, once for all' in table(done)
    assert (
        loaded == [['early,']] and [line.split()[1] for line in said] == ['early,', 'late,'] and gc.get_freeze_count()
    )
    gc.unfreeze()
    slow = Job('late', lambda: True), Job('early', lambda: True, early=True)
    done = {r.name: r for r in run_jobs(slow, 2, said.append, lambda: time.sleep(1.0))}
    assert done['early'].seconds < 1.0 <= done[LOADING].seconds  # it ended while this process was loading

    def at_second_try():
        "Fails beside others, and alone it does not"
        time.sleep(0.1)
        return False

    said = []
    jobs = [Job('pen', at_second_try, 9.0, again=lambda: True), Job('ink', lambda: False, again=lambda: False)]
    done = run_jobs([*jobs, Job('other', lambda: time.sleep(0.3) is None, 5.0)], 2, said.append)
    tries = [(r.name, r.fine) for r in done]
    assert tries[0] == ('other', True) and sorted(tries[1:]) == [
        ('ink, again and alone', False),
        ('pen, again and alone', True),
    ]
    assert sum('once more at the end' in line for line in said) == 2 and said[-1].startswith(
        ('FAILED ink', 'ok', '---')
    )
    work, browser = [Job(n, lambda: True) for n in 'xyz'], [Job(n, lambda: True, aside=True) for n in 'vw']
    assert next_job([*browser, *work], [], 1) is browser[0]  # it waits more than it works, and takes no worker's place
    assert next_job([browser[1], *work], [browser[0]], 1) is work[0] and next_job(browser, work[:1], 1) is browser[0]
    assert next_job([browser[1], *work[1:]], [browser[0], work[0]], 1) is None
    soon = Job('soon', lambda: True, early=True)
    assert next_job([*browser, soon], work[:1], 1) is None and next_job([*browser, soon], [], 1) is soon
    a, b, c, d = (Path(x) for x in 'abcd')
    assert bundles({a: 0.0, b: 9.0, c: 40.0, d: 7.0}, 15.0) == [[c], [b], [d, a]]  # a long one stays alone
    assert (
        table(first.values(), 2).splitlines()[1].startswith('long') and len(table(first.values(), 2).splitlines()) == 4
    )


def test_long_examples_are_short_unless_slow_is_asked(root):
    "A page run by `make test` finds SKETCH_LVM_SHORT set; with the flag slow it does not, and neither does what follows"
    sys.path.insert(0, str(ROOT / 'tools'))
    from jobs import notebook_job, run_jobs

    write(root, '00_room', [cell('# Room', 'markdown'), cell("import os\nassert os.environ['SKETCH_LVM_SHORT']")])
    page = root / 'nbs' / '00_room.ipynb'
    done = run_jobs([notebook_job(page, root, [], asked, 0.0) for asked in ([], ['slow'])], 1, lambda text: None)
    assert [r.fine for r in done] == [True, False] and 'KeyError' in done[1].output
    assert 'SKETCH_LVM_SHORT' not in os.environ


def test_a_figure_of_a_page_is_laid_out_and_not_painted(root):
    "All artists draw themselves; only with the flag slow the figure is painted as well. Saving works in both"
    sys.path.insert(0, str(ROOT / 'tools'))
    from jobs import notebook_job, run_jobs

    shown = """
from functools import partial
from matplotlib.artist import Artist
from matplotlib.figure import Figure

seen, painted = [], []


class Mark(Artist):
    def draw(self, renderer):
        seen.append(renderer)


def painting(*args, real, **how):
    painted.append(args)
    return real(*args, **how)


fig = Figure()
fig.add_subplot().add_artist(Mark())
fig.canvas.print_figure = partial(painting, real=fig.canvas.print_figure)
fig
"""
    counted = """
import os

assert seen and bool(painted) == ('SKETCH_LVM_SHORT' not in os.environ)
fig.savefig('figure.png')
assert open('figure.png', 'rb').read(4) == bytes([137]) + b'PNG'
"""
    write(root, '00_room', [cell('# Room', 'markdown'), cell(shown), cell(counted)])
    page = root / 'nbs' / '00_room.ipynb'
    done = run_jobs([notebook_job(page, root, [], asked, 0.0) for asked in ([], ['slow'])], 1, lambda text: None)
    assert [r.fine for r in done] == [True, True], done


def test_drift_is_refused_and_nothing_is_overwritten(root):
    assert run_fresh(root, sys.executable, 'tools/check.py', 'drift').returncode == 0
    nb = json.loads((root / 'nbs/00_room.ipynb').read_text())
    nb['cells'][1]['execution_count'] = 7
    by_hand = {'nbs/00_room.ipynb': json.dumps(nb)} | {
        f: (root / f).read_text() + '\n# by hand\n' for f in ('sketch_lvm/room.py', 'tests/test_room.py', 'README.md')
    }
    for f, text in by_hand.items():
        (root / f).write_text(text)
    out = run(root, sys.executable, 'tools/check.py', 'drift')
    assert out.returncode == 1
    for f, text in by_hand.items():
        assert f in out.stdout and (root / f).read_text() == text


def test_readme_hides_and_shows(base):
    text = (base / 'README.md').read_text()
    assert 'secret' not in text and '1 + 1' in text and '# Small' in text
    assert '[a](nbs/a/b.ipynb) ![p](nbs/images/p.png) [w](https://example.org/x) [h](#small)' in text


def test_the_map_names_every_page_with_its_promise(root):
    text = (root / 'nbs/rooms.ipynb').read_text()
    assert '| [Room](00_room.ipynb) | A room. |' in text and 'index.ipynb' not in text
    write(root, '01_mute', [cell('# Mute', 'markdown')])
    out = run(root, sys.executable, 'tools/rooms.py')
    assert out.returncode and '01_mute' in out.stderr and 'promise' in out.stderr
    (root / 'nbs/01_mute.ipynb').unlink()
    (root / 'nbs/attic').mkdir()
    write(root, 'attic/00_old', [cell('# Old\n\n> Old.', 'markdown')])
    assert 'no words for nbs/attic' in run(root, sys.executable, 'tools/rooms.py').stderr


def test_readme_points_at_files():
    links = re.findall(r'\]\(((?!\w+:|#)[^)]+)\)', (ROOT / 'README.md').read_text(encoding='utf-8'))
    assert len(links) > 15 and [k for k in links if not (ROOT / k).exists()] == []


def test_links_of_pages_lead_somewhere():
    seen, lost = 0, []
    for page in (ROOT / 'nbs').rglob('*.ipynb'):
        if '.ipynb_checkpoints' in page.parts:
            continue
        cells = json.loads(page.read_text(encoding='utf-8'))['cells']
        prose = '\n'.join(''.join(c['source']) for c in cells if c['cell_type'] == 'markdown')
        links = re.findall(r'\]\(((?!\w+:|#)[^)\s]+)\)', re.sub(r'```.*?```|`[^`\n]*`', '', prose, flags=re.S))
        seen += len(links)
        lost += [(page.name, k) for k in links if not (page.parent / k.split('#')[0]).exists()]
    assert seen > 60 and lost == []


def test_rooms_of_older_systems_end_with_what_they_change():
    "Whose family has a row in a stored plan shows each of its rows, as far as it is there, under one heading"
    import nbformat

    from sketch_lvm.methods.family import Family
    from sketch_lvm.study.rowresults import stored_plan

    plans = {name: stored_plan(name)[0].rows for name in ('poster', 'poster_features')}
    methods = {(name, row): r.method for name, rows in plans.items() for row, r in rows.items()}
    rooms, mute, shown = sorted((ROOT / 'nbs' / 'methods' / 'classics').glob('*.ipynb')), [], set()
    for page in rooms:
        room = import_module(f'sketch_lvm.methods.classics.{page.stem.partition("_")[2]}')
        values = [getattr(room, name) for name in room.__all__]
        own = {f.name for v in values for f in (v if isinstance(v, tuple) else (v,)) if isinstance(f, Family)}
        cells = nbformat.read(page, 4).cells
        found = [i for i, c in enumerate(cells) if c.cell_type == 'code' and 'rows_so_far(' in c.source]
        calls = [n for i in found for n in ast.walk(ast.parse(cells[i].source)) if isinstance(n, ast.Call)]
        asked = [[ast.literal_eval(a) for a in n.args] for n in calls if getattr(n.func, 'id', '') == 'rows_so_far']
        rows = {(name, row) for name, *more in asked for row in more}
        shown |= rows
        if rows != {k for k, m in methods.items() if m in own}:
            mute.append(page.name)
        for i in found:  # one cell that a reader sees, with its words before it and what it said
            assert not cells[i].source.startswith('#|') and 'what may be said' in str(cells[i].outputs), page.name
            assert cells[i - 1].source.startswith('## What it changes on the mini world\n'), page.name
    assert len(rooms) > 14 and mute == []
    assert {methods[k] for k in methods.keys() - shown} == {None, 'sketch-lvm', 'b-lin'}  # the bases


def test_the_wheel_holds_every_room_and_its_data(tmp_path):
    "Installed elsewhere, without the checkout, the quickstart takes its first step"
    copy = shutil.copytree(
        ROOT,
        tmp_path / 'copy',
        ignore=shutil.ignore_patterns('.git', '.venv*', 'runs', 'build', '*.egg-info', 'nbs', 'tests', 'docs'),
    )
    made = run_fresh(copy, sys.executable, 'setup.py', '-q', 'bdist_wheel', '--dist-dir', tmp_path / 'dist')
    assert made.returncode == 0, made.stderr[-2000:]
    there = tmp_path / 'elsewhere'
    with zipfile.ZipFile(next((tmp_path / 'dist').glob('*.whl'))) as wheel:
        wheel.extractall(there)

    def inside(root):
        return {p.relative_to(root).as_posix() for p in root.rglob('*') if p.is_file() and '__pycache__' not in p.parts}

    assert inside(ROOT / 'sketch_lvm') <= inside(there / 'sketch_lvm') and inside(ROOT / 'data') <= inside(
        there / 'sketch_lvm' / '_data'
    )
    step = run_fresh(
        there,
        sys.executable,
        '-m',
        'sketch_lvm',
        'quickstart',
        '--out',
        tmp_path / 'run',
        '--steps',
        '1',
        '--objects',
        '1',
        '--test-objects',
        '1',
        '--batch',
        '4',
        '--device',
        'cpu',
    )
    assert step.returncode == 0 and (tmp_path / 'run' / 'report.json').exists(), step.stderr[-2000:]


def test_a_browser_test_that_fails_beside_others_is_tried_alone(tmp_path):
    "Of its file only what failed, once, and the first failure stays in what is printed"
    sys.path.insert(0, str(ROOT / 'tools'))
    from jobs import run_jobs, test_job

    first = f"from pathlib import Path\nmark = Path({str(tmp_path / 'tried')!r})\n\n"
    slow = "def test_slow():\n    seen = mark.exists()\n    mark.touch()\n    assert seen, 'too slow'\n\n\n"
    for name, body in (
        ('browser_pen', slow + 'def test_fine():\n    pass\n'),
        ('other', 'def test_no():\n    assert 0\n'),
    ):
        (tmp_path / f'test_{name}.py').write_text(first + body)
    said = []
    jobs = [test_job([tmp_path / f'test_{n}.py'], tmp_path, [], 1.0) for n in ('browser_pen', 'other')]
    done = {r.name: r for r in run_jobs(jobs, 2, said.append)}
    assert done['test_browser_pen.py, again and alone'].fine and 'too slow' in '\n'.join(said)
    assert '1 passed, 1 deselected' in done['test_browser_pen.py, again and alone'].output
    assert not done['test_other.py'].fine and len(done) == 2


def test_the_method_of_the_contributors_guide_trains_and_resumes(tmp_path):
    from sketch_lvm.methods.catalogue import FAMILIES, method
    from sketch_lvm.study.experiments import import_file
    from sketch_lvm.testing.steps import first_step, resumes, same_as_base

    guide = (ROOT / 'CONTRIBUTING.md').read_text(encoding='utf-8')
    (lines,) = re.findall(r'```python\n(.*?)```', guide, re.S)
    (tmp_path / 'close.py').write_text(lines, encoding='utf-8')
    try:
        import_file(tmp_path / 'close.py')
        m = method('close-objective', 'mini')
        assert m.weights == {'triplet': 1.0, 'close': 0.5} and 0 < first_step(m).terms['close'] < 2
        assert same_as_base(m) and resumes(m)
    finally:
        FAMILIES.pop('close-objective', None)
