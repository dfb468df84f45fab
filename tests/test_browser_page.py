"""The page with a model inside as a person meets it: one file opened from the disk, with the network off.

Written by hand, since it is about a page and no single room. See `browsing.py` for what it needs.
"""

import numpy as np
import pytest

pytestmark = pytest.mark.browser
STROKES = [[(0.2, 0.3), (0.8, 0.3), (0.8, 0.8), (0.2, 0.8), (0.2, 0.3)], [(0.3, 0.3), (0.5, 0.1), (0.7, 0.3)]]


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    "A page of random prompts over a few photos, and the encoder in it"
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.clip.encoder import make_encoder
    from sketch_lvm.clip.prompts import DeepPrompts
    from sketch_lvm.data.minisets import mini_set
    from sketch_lvm.show.onefile import page_data, page_html

    b = load_backbone()
    encoder = make_encoder(b, DeepPrompts(3, b.layers, b.width, std=0.5))
    data = page_data(encoder, mini_set('unseen', 3), 40)
    path = tmp_path_factory.mktemp('page') / 'draw.html'
    path.write_text(page_html(data), encoding='utf-8')
    return path, encoder


def opened(browser, path, **how):
    "The page without a network; (page, what went wrong, what it asked for)"
    context = browser.new_context(**{'viewport': dict(width=1180, height=860), 'offline': True, **how})
    page, wrong, asked = context.new_page(), [], []
    page.on('pageerror', lambda e: wrong.append(str(e)))
    page.on('console', lambda m: wrong.append(m.text) if m.type == 'error' else None)
    page.on('request', lambda r: asked.append(r.url) if r.url.startswith(('http', 'ws')) else None)
    page.goto(path.as_uri())
    page.wait_for_selector('[data-ready]')
    return page, wrong, asked


def on_canvas(page):
    "From parts of the pad's side to the screen"
    box = page.locator('.sketch-pad canvas').bounding_box()
    return lambda x, y: (box['x'] + x * box['width'], box['y'] + y * box['height'])


def tiles(page):
    "The rows of the photos that both rankings show"
    return page.evaluate('onefile.views.map(v => v.tiles.map(t => +t.li.dataset.row))')


def test_the_mouse_draws_and_python_would_rank_so(browser, written, shots):
    from sketch_lvm.study.runs import frozen_encoder
    from sketch_lvm.show.drawing import read_drawing
    from sketch_lvm.show.pad import clean_strokes

    path, encoder = written
    page, wrong, asked = opened(browser, path)
    at, before = on_canvas(page), tiles(page)
    for stroke in STROKES:
        page.mouse.move(*at(*stroke[0]))
        page.mouse.down()
        for point in stroke[1:]:
            page.mouse.move(*at(*point), steps=5)
        page.mouse.up()
    page.evaluate('onefile.settled()')
    strokes = clean_strokes(page.evaluate('onefile.state.drawing'))
    pixels = encoder.backbone.pixels(read_drawing(strokes, 64)[None])
    queries = page.evaluate('onefile.state.answers.map(a => [...a.query])')
    for e, query, shown in zip((frozen_encoder(encoder.backbone), encoder), queries, tiles(page)):
        assert e.embed(pixels, 'sketch')[0].numpy() @ np.array(query) > 1 - 1e-5
        assert len(set(shown)) == 12
    assert tiles(page) != before and len(strokes) == 2
    assert page.locator('.status').inner_text().startswith('40 photos ranked twice')
    page.screenshot(path=str(shots / 'page-1-mouse.png'))

    page.keyboard.press('Control+z')
    page.evaluate('onefile.settled()')
    assert page.evaluate('onefile.state.drawing.length === 1')
    one = tiles(page)
    page.keyboard.press('Control+y')
    page.evaluate('onefile.settled()')
    assert page.evaluate('onefile.state.drawing.length === 2')
    page.get_by_role('button', name='Clear').click()
    page.evaluate('onefile.settled()')
    assert page.evaluate('!onefile.state.drawing.length')
    assert tiles(page) == before != one and 'empty page' in page.locator('.status').inner_text()
    assert wrong == [] == asked


def test_keys_draw_and_the_list_knows_right_from_wrong(browser, written, shots):
    page, wrong, asked = opened(browser, written[0], color_scheme='dark')
    page.locator('.sketch-pad canvas').focus()
    for key in ('Space', *['Shift+ArrowRight'] * 3, *['Shift+ArrowDown'] * 3, 'Space'):
        page.keyboard.press(key)
    page.evaluate('onefile.settled()')
    assert page.evaluate('onefile.state.drawing.length === 1')
    page.locator('.desk select').select_option(label='pear')
    page.evaluate('onefile.settled()')
    assert page.evaluate('onefile.state.drawing.length !== 1')
    names = page.evaluate('onefile.views.map(v => v.tiles.map(t => t.name.textContent))')
    for i, shown in enumerate(names):
        box = page.locator('.ranking').nth(i)
        assert box.locator('li.hit').count() == shown.count('pear') and box.locator(
            'li.miss'
        ).count() == 12 - shown.count('pear')
        assert f'{shown.count("pear")} of the first 12' in box.inner_text()
    page.screenshot(path=str(shots / 'page-2-dark.png'))
    dark = page.evaluate('getComputedStyle(document.body).backgroundColor')
    page.get_by_role('button', name='Dark or light').click()
    assert page.evaluate('getComputedStyle(document.body).backgroundColor') != dark
    assert wrong == [] == asked


def test_a_finger_draws_on_a_telephone(browser, written, shots):
    page, wrong, asked = opened(
        browser, written[0], viewport=dict(width=390, height=844), has_touch=True, is_mobile=True
    )
    at, client = on_canvas(page), page.context.new_cdp_session(page)
    touch = lambda kind, *points: client.send(
        'Input.dispatchTouchEvent', dict(type=kind, touchPoints=[dict(x=x, y=y) for x, y in points])
    )
    for stroke in STROKES:
        touch('touchStart', at(*stroke[0]))
        for point in stroke[1:]:
            touch('touchMove', at(*point))
        touch('touchEnd')
    page.evaluate('onefile.settled()')
    assert page.evaluate('onefile.state.drawing.length === 2')
    assert page.evaluate('scrollY') == 0 and page.evaluate('document.documentElement.scrollWidth') <= 390
    small = 'b => [...b].filter(e => e.getBoundingClientRect().height < 40).length'
    assert page.locator('.sketch-pad button, .theme').evaluate_all(small) == 0
    page.screenshot(path=str(shots / 'page-3-telephone.png'), full_page=True)
    assert wrong == [] == asked
