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
