"Slides of the lessons: what becomes one, what stays out, and that a deck opens from the disk without a network"

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import exercises  # noqa: E402
import slides  # noqa: E402

DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='


def text(source):
    return dict(cell_type='markdown', source=source)


def ran(source, said='', picture=False):
    outputs = [dict(output_type='stream', name='stdout', text=said)] * bool(said)
    outputs += [dict(output_type='display_data', data={'image/png': DOT, 'text/plain': '<Figure>'})] * picture
    return dict(cell_type='code', source=source, outputs=outputs)


def deck(*cells):
    return slides.Deck(dict(cells=[text('# Small\n\n> A promise.'), *cells])).slides


def bare(slide):
    return ' '.join(re.sub('<[^>]+>', ' ', ' '.join(slide.parts)).split())


def test_headings_begin_slides_and_the_rest_of_the_prose_is_notes():
    first, second = deck(
        text('Before all.'), text('## A\n\nOne is. Two is. Three is.\n\nMore.\n\n**Predict.** What? Why?\n\n- x\n- y')
    )
    assert (first.kind, first.heading, bare(first), first.notes) == ('title', 'Small', 'A promise.', ['Before all.'])
    assert (second.heading, bare(second)) == ('A', 'One is. Two is. Predict. What? Why? x y')
    assert second.notes == ['Three is.', 'More.']


def test_a_picture_takes_its_numbers_and_its_caption():
    code, picture = deck(
        text('## A\n\nLook.'),
        ran('x = 1', 'one'),
        ran('draw()', '2 dots', picture=True),
        ran('print(3)', 'three'),
        text('Two dots. They say little.\n\n**Predict.** Next?'),
    )[1:3]
    assert (code.kind, bare(code)) == ('text', 'Look. x = 1 one')
    assert (picture.kind, picture.continues, bare(picture)) == ('picture', True, '2 dots three Two dots.')
    assert picture.notes == ['They say little.'] and DOT in picture.parts[0]
    alone = deck(text('## A\n\nLook.'), ran('draw()', picture=True))[1]
    assert (alone.kind, alone.continues, bare(alone)) == ('picture', False, 'Look.')  # one sentence and a picture


def test_exercises_show_the_task_alone_and_the_section_goes_on():
    told = '### Exercise 1.1: add\n*5 minutes, importance 3 of 5*\n\nAdd them. Write `s`.'
    done = '#| exercise 1.1\n# your code\ns = 1 + 1\n# end of your code\nprint(s)'
    found = deck(text('## A\n\nx.'), text(told), ran(done, '2'), ran('#| check 1.1\nassert s'), text('**So.** Two.'))
    assert [s.kind for s in found[1:]] == ['text', 'exercise', 'text']
    assert bare(found[2]) == '5 minutes, importance 3 of 5 Add them. Write s .'
    assert (found[3].heading, found[3].continues, bare(found[3])) == ('A', True, 'So. Two.')


def test_code_is_shown_unless_it_only_prepares_or_is_long():
    long = '\n'.join(f'x{i} = f({i})' for i in range(slides.LONGEST + 1))
    cells = [
        ran("import os\nplt.style.use('a')\nBLUE = 1", 'no'),
        ran('#| hide\nf(1)'),
        ran(long),
        ran('y = f(2)\nassert y\nprint(y)', '2'),
    ]
    found = deck(ran('z = f(0)'), text('## A'), *cells)[1:]
    assert [bare(s).replace(' ', '') for s in found] == ['no', 'y=f(2)print(y)2']


def test_formulas_are_drawn_and_links_lead_to_slides():
    made = slides.prose(
        r'$$\tfrac12\Big[\sqrt 3 + \text{own}\Big]$$ and $B_v$, [a](2_clip_in_sixty_lines.ipynb), [b](../x.ipynb)'
    )
    assert made.count('<svg class="formula"') == 2 and made.count('class="display"') == 1 and '$' not in made
    assert 'href="2_clip_in_sixty_lines.html"' in made and '.ipynb' not in made
    assert slides.prose('So: ![where](../images/x.png) here') == '<p>So:  here</p>\n'  # a slide carries no files
    assert '<th>' in slides.prose('| a | b |\n|---|---|\n| 1 | 2 |')


class Loads(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.pictures = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.found += [a[k] for k in ('src', 'data') if k in a and not a[k].startswith('data:')] + [tag] * (
            tag == 'link'
        )
        self.pictures += tag == 'img'


@pytest.mark.parametrize('path', exercises.lessons(), ids=lambda p: p.stem)
def test_a_lesson_is_one_file_with_all_its_pictures_and_no_solutions(path):
    nb, made = exercises.read(path), slides.page(path)
    stored = [o for c in nb['cells'] for o in c.get('outputs', []) if 'image/png' in o.get('data', {})]
    loads = Loads(made)
    assert loads.found == [] and loads.pictures == len(stored) > 2 and 'your code' not in made
    shown = slides.deck(path)
    assert 20 <= len(shown) <= 45 and sum(s.kind == 'exercise' for s in shown) >= exercises.FEWEST
    assert not any('$' in slides.prose(n) for s in shown for n in s.notes)


@pytest.mark.browser
def test_slides_turn_fit_their_pages_and_ask_for_nothing(tmp_path, browser, shots):
    (path,) = slides.write(tmp_path, [ROOT / 'nbs' / 'tutorials' / '4_this_pear.ipynb'])
    context = browser.new_context(viewport=dict(width=1280, height=720), offline=True)
    page, wrong, asked = context.new_page(), [], []
    page.on('pageerror', lambda e: wrong.append(str(e)))
    page.on('request', lambda r: asked.append(r.url))
    page.goto(path.as_uri())
    shown = slides.deck(ROOT / 'nbs' / 'tutorials' / '4_this_pear.ipynb')
    figure = next(i for i, s in enumerate(shown) if s.kind == 'picture')
    seen = []
    for i in range(len(shown)):
        now = page.locator('section.now')
        assert now.count() == 1 and page.url.endswith(f'#{i + 1}') or i == 0
        box = now.locator('.page').evaluate(
            'p => [p.scrollHeight - p.clientHeight, p.scrollWidth - p.clientWidth, parseInt(p.style.fontSize)]'
        )
        seen.append(box)
        if i in (0, figure):
            page.screenshot(path=shots / f'slides-{i}.png')
        page.keyboard.press('ArrowRight')
    assert [i + 1 for i, (down, aside, size) in enumerate(seen) if down > 0 or aside > 0 or size < 60] == []
    assert page.locator('section.now img').count() == 0 and page.locator('output').inner_text().startswith(
        f'{len(shown)} /'
    )
    page.keyboard.press('Home')
    assert not page.locator('section.now aside').is_visible()
    page.keyboard.press('n')
    assert 'Where it says Predict' in page.locator('section.now aside').inner_text()
    page.goto(path.as_uri() + f'#{figure + 1}')
    picture = page.locator('section.now img').bounding_box()
    assert picture['height'] > 250 and picture['y'] + picture['height'] < 720
    assert wrong == [] and [u for u in asked if not u.startswith(('file:', 'data:'))] == []
    context.close()
