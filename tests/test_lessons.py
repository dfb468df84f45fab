"What holds for all six lessons: few names of the package before the thing is built, one palette"

import ast
import json
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import exercises  # noqa: E402

# what a reader builds, by lesson
THINGS = dict(zip('123456', ('average_precision', 'TinyCLIP', 'deep', 'terms', 'encode', 'four')))
MOST = 5  # names of the package before that


def lesson(number):
    "The cells of a lesson"
    (path,) = (ROOT / 'nbs' / 'tutorials').glob(f'{number}_*.ipynb')
    return json.loads(path.read_text(encoding='utf-8'))['cells']


def cells(number):
    "The code of a lesson that a reader reads, in order; checks are folded"
    for cell in lesson(number):
        found = exercises.mark(cell)
        if (source := exercises.code(cell)) and not source.startswith('#| hide') and (found or ' ')[0] != 'check':
            yield source


@pytest.mark.parametrize('number', THINGS)
def test_few_names_of_the_package_come_before_the_thing_is_built(number):
    names = []
    for source in cells(number):
        tree = exercises.tree(source)
        if THINGS[number] in exercises.bound(tree.body):
            break
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module.startswith('sketch_lvm')]
        names += [a.name for n in imports for a in n.names]
    else:
        pytest.fail(f'no cell of lesson {number} binds {THINGS[number]}')
    assert 1 <= len(names) <= MOST, names


def test_the_lessons_have_one_palette_in_which_orange_learns():
    plt = pytest.importorskip('matplotlib.pyplot')
    from sketch_lvm.show.system import LEARNS

    with plt.style.context('sketch_lvm.show.lesson'):
        colours = ['#' + c.lstrip('#') for c in plt.rcParams['axes.prop_cycle'].by_key()['color']]
    assert colours[1] == LEARNS and len(set(colours)) == 6
    for number in THINGS:
        text = '\n'.join(cells(number))
        assert "plt.style.use('sketch_lvm.show.lesson')" in text and 'rcParams' not in text
        values = dict(BLUE='C0', ORANGE='C1', GREEN='C2', RED='C3', PINK='C4', GREY='C5')
        line = next(line for line in text.splitlines() if line.startswith('BLUE, '))
        names, given = line.partition('  #')[0].split(' = ')
        assert [values[n] for n in names.split(', ')] == list(ast.literal_eval(given)), number


def test_what_is_wrong_is_red_everywhere():
    plt = pytest.importorskip('matplotlib.pyplot')
    from sketch_lvm.show import plots

    with plt.style.context('sketch_lvm.show.lesson'):
        red = plt.matplotlib.colors.to_hex('C3')
    assert plots.WRONG == red
    files = ('livesystem.css', 'onefile.css', 'explorer.js')
    show = {name: Path(plots.__file__).with_name(name).read_text(encoding='utf-8') for name in files}
    assert f'--wrong: {red};' in show['livesystem.css'] and f'--miss: {red};' in show['onefile.css']
    numbers = [int(red[i : i + 2], 16) for i in (1, 3, 5)]
    assert f'RED = {numbers};' in show['explorer.js']
    assert '["first photo is of another", RED]' in show['explorer.js'] and '(right ? BLUE : RED)' in show['explorer.js']
    for name in ('before-and-after', 'by-lot'):  # the frames of the front page
        picture = Image.open(ROOT / 'nbs' / 'images' / f'{name}.png').convert('RGB')
        assert dict((c, n) for n, c in picture.getcolors(10**6)).get(tuple(numbers), 0) > 10_000, name


def test_each_lesson_shows_where_it_stands_in_the_system():
    sizes = set()
    for number in THINGS:
        head = ''.join(''.join(c['source']) for c in lesson(number)[:2])
        assert f'](../images/here-{number}.png)' in head
        sizes.add((ROOT / 'nbs' / 'images' / f'here-{number}.png').read_bytes())
    assert len(sizes) == len(THINGS) and max(map(len, sizes)) < 150_000
