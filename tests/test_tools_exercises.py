"Exercises: blanks run and fail their checks with a sentence, the student's version follows from the lesson"

import json
import runpy
import sys
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import exercises  # noqa: E402
from jobs import notebook_job, run_jobs  # noqa: E402


def cell(source, kind='code', outputs=()):
    extra = dict(outputs=list(outputs), execution_count=None) if kind == 'code' else {}
    return dict(cell_type=kind, id=f'c{abs(hash(source)) % 10**8}', metadata={}, source=source, **extra)


def exercise(name, solution='answer = double(3)', check="assert answer == 6, 'answer is not twice 3: see double'"):
    task = f'### Exercise {name}: twice\n*5 minutes, importance 3 of 5*\n\nDouble three.'
    done = f'#| exercise {name}\nstart = 3\n# your code\n{solution}\n# end of your code\nprint(start)'
    return [cell(task, 'markdown'), cell(done, outputs=['6']), cell(f'#| check {name}\n{check}', outputs=['ok'])]


@pytest.fixture
def lesson(tmp_path):
    "A lesson with one exercise in it"

    def made(*cells):
        path = tmp_path / 'nbs' / 'tutorials' / '2_small.ipynb'
        path.parent.mkdir(parents=True, exist_ok=True)
        first = [cell('# Small\n\n> Small.', 'markdown'), cell('def double(x):\n    return 2 * x', outputs=['kept'])]
        text = dict(cells=first + sum(cells, []), metadata={}, nbformat=4, nbformat_minor=5)
        path.write_text(json.dumps(text))
        return path

    return made


def sources(nb, kind='code'):
    return [''.join(c['source']) for c in nb['cells'] if c['cell_type'] == kind]


def test_a_solution_becomes_a_blank_and_is_folded_below(lesson):
    nb = exercises.student(lesson(exercise('2.1')))
    _, blank, check = sources(nb)
    assert blank == '#| exercise 2.1\nstart = 3\n# your code\nanswer = None\n...\n# end of your code\nprint(start)'
    assert sources(nb, 'markdown')[-1].startswith('<details>') and 'answer = double(3)' in sources(nb, 'markdown')[-1]
    kinds = [c['cell_type'] for c in nb['cells']]
    assert kinds == ['markdown', 'code', 'markdown', 'code', 'code', 'markdown']
    assert [c['outputs'] for c in nb['cells'] if c['cell_type'] == 'code'] == [['kept'], [], []]
    folded = [c['metadata'].get('jupyter', {}).get('source_hidden', False) for c in nb['cells']]
    assert folded == [False] * 4 + [True, False]  # the check knows the answer


def test_outputs_end_where_a_reader_is_to_predict(lesson):
    told = [cell('How many? Where it says *Predict*, write it down.', 'markdown'), cell('print(1)', outputs=['one'])]
    asked = [cell('So.\n\n**Predict.** How many?', 'markdown'), cell('print(2)', outputs=['two'])]
    nb = exercises.student(lesson(told, asked, exercise('2.1')))
    assert [c['outputs'] for c in nb['cells'] if c['cell_type'] == 'code'] == [['kept'], ['one'], [], [], []]


@pytest.mark.parametrize(
    ('check', 'told'),
    [
        ("assert answer == 6, 'answer is not twice 3: see double'", 0),
        ("wanted = 6\nassert answer == wanted, f'it is {wanted}, not {answer}'", 1),
        ("assert answer == 21_693_696, f'{answer:,}; 12 x 4 + 768 = 21,693,696.'", 1),
        ("assert abs(answer - 0.805) < 1e-9, 'it should be .805, said the check'", 1),
        ("assert abs(answer - gain / 3) < 1e-9, f'R: {gain / 3:.3f} and not {answer}'", 1),
        ("assert abs(answer - 0.805) < 1e-9, f'{answer}: at most 161 of 200 places can be right.'", 0),
        ("wanted = 6\nassert answer == wanted, f'{answer} is not it: twice, with double'", 0),
    ],
)
def test_a_check_does_not_tell_the_answer(check, told):
    assert len(exercises.gives_away(check)) == told


def test_a_lesson_whose_check_tells_the_answer_is_refused(lesson):
    loud = exercise('2.1', check="wanted = 6\nassert answer == wanted, f'it is {wanted}, not {answer}'")
    (said,) = exercises.complaints(lesson(loud, *(exercise(f'2.{i}') for i in range(2, 6))))
    assert said.startswith('check 2.1 gives the answer away')


@pytest.mark.parametrize(
    ('solution', 'blank'),
    [
        ('a = 1\nb = a\n', 'b = None\n...'),  # only what is read afterwards
        ('def f(x):\n    "Why"\n    y = x\n    return y\n', 'def f(x):\n    "Why"\n    ...'),
        ('def f(x):\n    # how\n    return x\n\nb = f(1)\n', 'b = None\n\ndef f(x):\n    ...'),
        ('g = lambda x: x\nfor f in range(3):\n    b = f\n', 'b = None\n...'),
        ('b, c = 1, 2\nwith open(1) as d:\n    e = 1\n', 'b = None\n...'),
        (
            'class M(N):\n    "A"\n    def g(self):\n        return 1\n',
            'class M(N):\n    "A"\n\n    def g(self):\n        ...',
        ),
    ],
)
def test_blanks_keep_heads_and_bind_names(solution, blank):
    assert '\n'.join(exercises.blank(solution, {'b', 'f'})) == blank


def test_a_blank_may_stand_inside_a_function():
    source = '#| exercise 1.1\ndef f(x):\n    # your code\n    y = 2 * x\n    # end of your code\n    return y'
    assert exercises.blanked(source, '', 'here').endswith('    y = None\n    ...\n    # end of your code\n    return y')


def test_links_still_lead_somewhere_and_lessons_have_twins():
    text = '[a](../clip/x.ipynb) [b](2_small.ipynb) [c](own_encoder.ipynb) [d](https://example.org/x)'
    assert exercises.elsewhere(text, Path('2_small.ipynb')) == text.replace('(own', '(../tutorials/own')


def test_what_is_wrong_with_an_exercise_is_said(lesson, capsys):
    task, done, check = exercise('2.1')
    path = lesson(*(exercise(f'2.{i}') for i in range(1, 6)))
    root = path.parents[2]
    assert exercises.check(root) == 1  # nothing is written yet
    exercises.write(root)
    assert exercises.check(root) == 0 and (root / 'nbs/exercises/.notest').exists()
    lesson([cell('### Exercise 2.1: easy', 'markdown'), done, check])
    capsys.readouterr()
    assert exercises.check(root)
    said = capsys.readouterr().out
    assert 'as its second line' in said and 'at least 5' in said and 'run tools/exercises.py' in said
    lesson([task, cell('#| exercise 2.1\nanswer = 6'), check])
    with pytest.raises(SystemExit, match='one "# your code"'):
        exercises.check(root)


def test_minutes_that_a_lesson_promises_are_those_of_its_exercises(lesson):
    promise = 'Half an hour; the exercises ask for {} minutes more, those of importance 5 alone for 0.'
    five = [exercise(f'2.{i}') for i in range(1, 6)]
    assert exercises.complaints(lesson([cell(promise.format(25), 'markdown')], *five)) == []
    (said,) = exercises.complaints(lesson([cell(promise.format(30), 'markdown')], *five))
    assert '30' in said and '[25, 0]' in said
    for path in exercises.lessons():
        assert sum(bool(exercises.PROMISE.search(x)) for x in sources(exercises.read(path), 'markdown')) == 1, path


def test_blanks_are_tried_and_must_fail_with_a_sentence(lesson):
    costly = [cell('raise ValueError("nothing here needs this cell")')]
    assert exercises.try_blanks(lesson(costly, exercise('2.1'))) == {'2.1': 'answer is not twice 3: see double'}
    with pytest.raises(SystemExit, match='accepts a blank'):
        exercises.try_blanks(lesson(exercise('2.1', check="assert start == 3, 'the start has changed'")))
    with pytest.raises(SystemExit, match='helps nobody'):
        exercises.try_blanks(lesson(exercise('2.1', check='assert answer == 6')))
    with pytest.raises(NameError):  # a blank that breaks what stands below it is no blank
        exercises.try_blanks(lesson(exercise('2.1', check='assert nowhere == 6')))
    later = exercise('2.2', 'two = double(answer)', "assert two == 12, 'two is not twice the answer'")
    assert len(exercises.try_blanks(lesson(exercise('2.1'), later))) == 2  # the second needs the first one's solution


def test_the_tool_runs_as_a_command(monkeypatch):
    monkeypatch.setattr(sys, 'argv', ['exercises.py', '--check'])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / 'tools' / 'exercises.py'), run_name='__main__')
    assert end.value.code == 0


@pytest.mark.slow  # `tools/check.py` tries them where it runs the lessons
@pytest.mark.parametrize('path', exercises.lessons(), ids=lambda p: p.stem)
def test_blanks_of_a_lesson_fail_their_checks_with_a_sentence(path, monkeypatch):
    monkeypatch.setenv('MPLBACKEND', 'agg')
    said = exercises.try_blanks(path)
    assert len(said) >= exercises.FEWEST and all(said.values())


def test_a_lesson_is_run_with_its_blanks(lesson, capfd):
    def run(path):
        job = notebook_job(path, path.parent, [], [], 0, partial(exercises.trying, path))
        return run_jobs([job], 1, lambda line: None)[0]

    done = run(lesson(exercise('2.1')))
    assert done.fine and '2.1: answer is not twice 3: see double' in done.output
    assert 'accepts a blank' in (done := run(lesson(exercise('2.1', check='assert start == 3')))).output
    assert not done.fine
    hidden = exercise('2.1')
    for c in hidden[1:]:
        c['source'] = c['source'].replace('\n', '\n#| eval: false\n', 1)
    assert 'no cell was run for 2.1' in (done := run(lesson(hidden))).output and not done.fine
# ---- the first cell, in Colab and in Binder


def first_cell(path):
    return next(c for c in sources(exercises.read(path)) if exercises.ADDRESS.search(c))


def test_lessons_begin_alike_and_with_the_address_of_settings():
    cells = {p.name: first_cell(p) for p in exercises.lessons()}
    assert len(cells) == 6 and len(set(cells.values())) == 1
    assert f'REPOSITORY = {exercises.address()!r}' in cells['1_draw_and_find.ipynb']
    assert all(sources(exercises.read(p))[0] == cells[p.name] for p in exercises.lessons())


def test_the_address_is_written_into_lessons(lesson):
    path = lesson([cell("REPOSITORY = ''  # where\nassert 1")], exercise('2.1'))
    root = path.parents[2]
    (root / 'settings.ini').write_text('[DEFAULT]\nuser = a\ngit_url = file:///home/%(user)s/project\n')
    exercises.write(root)
    assert first_cell(path) == "REPOSITORY = 'file:///home/a/project'  # where\nassert 1"
    assert first_cell(root / 'nbs/exercises' / path.name) == first_cell(path)
    before = path.read_bytes()
    exercises.write(root)
    assert path.read_bytes() == before


def run_first_cell(monkeypatch, installed, environ, colab=False, address=''):
    "What the first cell of a lesson would do on another machine: its commands"
    import importlib.util
    import subprocess
    import types

    done, output = [], types.SimpleNamespace(enable_custom_widget_manager=lambda: done.append('widgets'))
    if colab:
        monkeypatch.setitem(sys.modules, 'google', types.ModuleType('google'))
        monkeypatch.setitem(sys.modules, 'google.colab', types.SimpleNamespace(output=output))
    for k, v in environ.items():
        monkeypatch.setenv(k, v)
    monkeypatch.setattr(importlib.util, 'find_spec', lambda name: object() if installed else None)
    monkeypatch.setattr(subprocess, 'run', lambda command, check: done.append(' '.join(command)))
    text = exercises.ADDRESS.sub(f'REPOSITORY = {address!r}', first_cell(exercises.lessons()[0]))
    exec(compile(text, 'first cell', 'exec'), {})
    return done


def test_the_first_cell_installs_where_the_project_is_missing(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run_first_cell(monkeypatch, False, {}) == []  # at home
    with pytest.raises(ValueError, match='into REPOSITORY'):
        run_first_cell(monkeypatch, False, {}, colab=True)
    clone, install, widgets = run_first_cell(monkeypatch, False, {}, colab=True, address='file:///somewhere')
    assert clone == 'git clone -q --depth 1 file:///somewhere project'
    assert install == f'{sys.executable} -m pip install -q ./project' and widgets == 'widgets'
    (tmp_path / 'project').mkdir()  # a second try
    assert len(run_first_cell(monkeypatch, False, {}, colab=True, address='file:///somewhere')) == 2
    assert run_first_cell(monkeypatch, True, {}, colab=True) == []


def test_the_first_cell_takes_the_address_that_binder_knows(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    done = run_first_cell(monkeypatch, False, dict(BINDER_REPO_URL='file:///there'))
    assert done[0].split()[-2:] == ['file:///there', 'project'] and len(done) == 2


def test_what_binder_runs_installs_this_project(tmp_path):
    "With a python that only notes what it is asked for"
    import os
    import subprocess

    folder = ROOT / '.binder'
    python = (folder / 'runtime.txt').read_text().strip()
    assert python in ('python-3.11', 'python-3.12', 'python-3.13')
    (tmp_path / 'python').write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / 'python').chmod(0o755)
    assert os.access(folder / 'postBuild', os.X_OK)
    done = subprocess.run(
        [folder / 'postBuild'],
        env=dict(PATH=f'{tmp_path}{os.pathsep}{os.environ["PATH"]}'),
        capture_output=True,
        text=True,
        check=True,
    )
    install, warm = done.stdout.splitlines()
    assert install.endswith('-c constraints.txt -e .') and (ROOT / 'constraints.txt').exists()
    compile(warm.removeprefix('-c '), 'postBuild', 'exec')
    assert 'whl/cpu' in install and 'whl/cpu' in (ROOT / 'nbs/tutorials/guide.ipynb').read_text(encoding='utf-8')
