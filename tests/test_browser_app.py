"""The app as a person meets it: `sketch_lvm app` over a folder of photos, drawn on with mouse, finger, pen and keys.

Written by hand, since it is about no single room. What it needs is told in `test_browser.py`.
"""

import io
import json
import re
import shutil
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import numpy as np
import pytest
import torch
from browsing import HOSTILE, MINUTES, draw, places, started_app, strokes_of
from PIL import Image

from sketch_lvm.app.web import page_to

pytestmark = pytest.mark.browser


BICYCLE = 'bicycle', 1  # a drawing that the frozen mini CLIP reads well: the tests are of the page


@pytest.fixture(scope='module')
def app(tmp_path_factory):
    "The address of an app over a gallery of files; a class has a hostile name, and a secret lies next door"
    from sketch_lvm.data.minisets import mini_set
    from sketch_lvm.show.gallery import make_gallery
    from sketch_lvm.show.index import open_encoder

    home = tmp_path_factory.mktemp('app')
    items = mini_set(
        'unseen', 6, classes=['bicycle', 'castle', 'cat', 'pear', 'scissors', 'cup', 'tree', 'windmill']
    ).photos
    for row, one in enumerate(items.ids):
        path = home / 'photos' / f'{one}.png'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(items.read(row)).resize((300, 300)).save(path)
    odd = home / 'photos' / HOSTILE.replace('/', '') / 'x.png'
    odd.parent.mkdir()
    Image.fromarray(np.full((64, 64, 3), 128, np.uint8)).save(odd)
    Image.fromarray(np.full((64, 64, 3), 255, np.uint8)).save(home / 'secret.png')
    for name in ('a/first.png', 'b/again.png', 'c/once more.png'):  # one photo three times, and another
        (home / 'twice' / name).parent.mkdir(parents=True)
        shutil.copy(home / 'photos' / f'{items.ids[0]}.png', home / 'twice' / name)
    shutil.copy(home / 'photos' / f'{items.ids[-1]}.png', home / 'twice' / 'b' / 'other.png')
    encoder, source = open_encoder()
    make_gallery(encoder, home / 'photos', source=source, say=None).save(home / 'gallery')
    with started_app(
        home / 'gallery', '--trust', '--also', home / 'photos' / 'cat', '--also', home / 'twice'
    ) as address:
        yield address


class App:
    "The page"

    def __init__(self, browser, address, **context):
        context = browser.new_context(**{'viewport': dict(width=1280, height=860), **context})
        context.grant_permissions(['clipboard-read', 'clipboard-write'])
        self.page, self.errors, self.asked = context.new_page(), [], []
        self.page.set_default_timeout(MINUTES // 2)
        self.page.on('pageerror', lambda e: self.errors.append(str(e)))
        self.page.on('console', lambda m: self.errors.append(m.text) if m.type == 'error' else None)
        self.page.on(
            'request',
            lambda r: self.asked.append(json.loads(r.post_data)) if urlsplit(r.url).path.endswith('/ask') else None,
        )
        self.page.goto(address)
        self.page.wait_for_selector('.tile')

    def places(self, strokes):
        "Where the points of strokes lie on the screen"
        return places(self.canvas, strokes)

    @property
    def canvas(self):
        return self.page.locator('#pad canvas')

    def draw(self, strokes):
        "With the mouse"
        draw(self.canvas, strokes)
        self.settled()

    def touch(self, strokes):
        "With a finger"
        client = self.page.context.new_cdp_session(self.page)
        for points in self.places(strokes):
            spots = [dict(x=x, y=y) for x, y in points]
            client.send('Input.dispatchTouchEvent', dict(type='touchStart', touchPoints=[spots[0]]))
            for spot in spots[1:]:
                client.send('Input.dispatchTouchEvent', dict(type='touchMove', touchPoints=[spot]))
            client.send('Input.dispatchTouchEvent', dict(type='touchEnd', touchPoints=[]))

    def says(self, pattern):
        from playwright.sync_api import expect

        expect(self.page.locator('#status')).to_have_text(re.compile(pattern), timeout=MINUTES)

    def settled(self):
        "Wait until nothing is asked any more"
        self.page.wait_for_function('() => document.getElementById("rankings").ariaBusy === "false"')

    def found(self):
        return self.page.locator('.tile b').all_inner_texts()

    def rows(self):
        return self.page.eval_on_selector_all('.tile', 'all => all.map(t => +t.dataset.row)')

    def button(self, name):
        return self.page.get_by_role('button', name=name, exact=True)

    def close(self, expected='no such error'):
        "Close it; no script failed, nothing was blocked"
        assert [e for e in self.errors if expected not in e] == []
        self.page.context.close()


def test_the_file_that_the_browser_is_opened_with_leads_to_the_page(browser, app):
    "What the guard sees then is a page from elsewhere; the token is in a cookie afterwards, and in no address"
    with page_to(app) as file:
        a = App(browser, file)
    home = app.partition('?')[0]
    assert a.page.url == home and a.page.evaluate('document.cookie') == ''
    a.page.reload()
    a.page.wait_for_selector('.tile')
    stranger = browser.new_context().new_page()  # another user's browser
    assert stranger.goto(home).status == 403 and not stranger.query_selector('.tile')
    assert not a.errors, a.errors


def test_the_mouse_draws_and_the_ranking_follows(browser, app, shots):
    a = App(browser, app)
    a.says('49 photos')
    before = a.rows()
    strokes = strokes_of(*BICYCLE)
    points = [p for s in a.places(strokes[:1]) for p in s]
    a.page.mouse.move(*points[0])
    a.page.mouse.down()
    for p in points[1:]:
        a.page.mouse.move(*p)
        a.page.wait_for_timeout(5)
    a.page.wait_for_function(
        'old => [...document.querySelectorAll(".tile")].some((t, i) => +t.dataset.row !== old[i])', arg=before
    )
    a.says('^49 photos\\.')  # the pen is still down: photos move, words wait
    a.page.mouse.up()
    a.draw(strokes[1:])
    a.says('ranked in .* First: bicycle')
    first = a.rows()
    assert a.found()[:3] == ['bicycle'] * 3 and len(first) == 24
    a.page.screenshot(path=str(shots / 'app-1-drawn.png'))
    a.canvas.focus()
    a.page.keyboard.press('Control+z')
    a.settled()
    a.page.keyboard.press('Control+y')
    a.settled()
    assert a.rows() == first
    a.button('More photos').click()
    a.page.wait_for_function('() => document.querySelectorAll(".tile").length === 48')
    assert a.rows()[:24] == first
    a.button('Clear').click()
    a.says('^49 photos\\.')
    assert a.rows() == before
    a.button('Undo').click()
    a.says('First: bicycle')
    a.page.reload()
    a.page.wait_for_selector('#earlier button')
    a.page.locator('#earlier button').first.click()
    a.says('First: bicycle')
    assert a.rows() == first
    a.close()


def test_a_stroke_that_is_given_up_takes_its_ranking_with_it(browser, app):
    a = App(browser, app)
    a.settled()
    before, strokes = a.rows(), strokes_of(*BICYCLE)
    points = [p for s in a.places(strokes[:3]) for p in s]
    a.page.mouse.move(*points[0])
    a.page.mouse.down()
    for point in points[1:]:
        a.page.mouse.move(*point)
    a.page.wait_for_function(
        'rows => [...document.querySelectorAll(".tile")].some((t, i) => +t.dataset.row !== rows[i])', arg=before
    )
    a.page.keyboard.press('Escape')
    a.page.mouse.up()
    a.page.wait_for_function(
        'rows => [...document.querySelectorAll(".tile")].every((t, i) => +t.dataset.row === rows[i])', arg=before
    )
    assert a.asked[-1]['strokes'] == []
    a.close()


def test_what_another_page_left_in_the_browser_stops_nothing(browser, app):
    "Earlier drawings lie where any page of this address can write; a full store still lets one draw"
    a = App(browser, app)
    for left in (
        '[[5]]',
        '[[]]',
        '[[[[], []]]]',
        '[[[["x"], ["y"]]]]',
        '[[[1, 2]]]',
        '[[[[1], [1, 2]]]]',
        '{}',
        'null',
        '7',
        'no JSON',
    ):
        a.page.evaluate('left => localStorage.setItem("drawings", left)', left)
        a.page.reload()
        a.page.wait_for_selector('.tile')
        assert not a.page.locator('#history').is_visible(), left
    full = '() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; }'
    a.page.add_init_script(f'({full})()')
    a.page.reload()
    a.page.wait_for_selector('.tile')
    a.draw(strokes_of(*BICYCLE))
    a.says('First: bicycle')
    a.close()


def test_another_folder_is_opened_from_the_page(browser, app, shots):
    a = App(browser, app)
    a.draw(strokes_of(*BICYCLE))
    a.says('First: bicycle')
    first, place = a.rows(), a.page.locator('#place')
    assert place.locator('option').all_inner_texts() == ['gallery', 'cat', 'twice']
    place.select_option('cat')
    a.says('^6 photos ranked')  # read now; the drawing is still there, and asks these
    assert len(a.rows()) == 6 and all(re.fullmatch(r'\d+\.png', name) for name in a.found())
    a.page.screenshot(path=str(shots / 'app-9-another.png'))
    a.page.locator('.tile').nth(2).click()
    a.page.wait_for_function('() => document.getElementById("large-image").naturalWidth === 300')
    assert re.search(r'photos/cat/\d+\.png$', a.page.locator('#large-path').inner_text())
    third = a.rows()[2]
    a.button('More like this').click()
    a.page.wait_for_function('row => +document.querySelector(".tile").dataset.row === row', arg=third)
    other = App(browser, app)  # another page still sees the first gallery
    other.says('^49 photos')
    other.close()
    opened = []
    a.page.on('request', lambda r: opened.append(r.post_data) if r.url.endswith('api/open') else None)
    a.page.locator('h1').click()
    while a.page.evaluate('document.activeElement.id') != 'place':  # the keys alone reach it
        a.page.keyboard.press('Tab')
    for key in ('ArrowUp', 'ArrowDown', 'ArrowUp'):  # past the one that is open: only where the keys rest is opened
        a.page.keyboard.press(key)
    a.says('^49 photos ranked')
    assert a.rows() == first and a.page.evaluate('document.activeElement.id') == 'place'
    assert opened == ['{"place":0}']
    a.page.screenshot(path=str(shots / 'app-9-keys.png'))
    a.close()
    a = App(browser, app, viewport=dict(width=390, height=844), has_touch=True, is_mobile=True)
    for menu in ('#place', '#within'):
        box = a.page.locator(menu).bounding_box()
        assert box['height'] >= 44 and box['x'] >= 0 and box['x'] + box['width'] <= 390
        assert box['width'] >= 150, menu  # a name can be read
    assert a.page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    a.page.screenshot(path=str(shots / 'app-10-phone-places.png'))
    a.page.locator('#place').tap()
    a.page.locator('#place').select_option('cat')
    a.says('^6 photos')
    a.touch(strokes_of(*BICYCLE)[:2])
    a.says('^6 photos ranked')
    a.page.screenshot(path=str(shots / 'app-10-phone-drawn.png'))
    a.close()


def test_a_photo_large_and_more_like_it(browser, app, shots):
    a = App(browser, app)
    a.draw(strokes_of(*BICYCLE))
    a.says('First: bicycle')
    second = a.rows()[1]
    a.page.locator('.tile').nth(1).click()
    image = a.page.locator('#large-image')
    a.page.wait_for_function(
        '() => document.getElementById("large-image").naturalWidth === 300'
    )  # the file, not the tile
    assert image.get_attribute('alt') == 'bicycle' and '2 of 24' in a.page.locator('#large-rank').inner_text()
    path = a.page.locator('#large-path').inner_text()
    assert re.search(r'photos/bicycle/\d+\.png$', path)
    a.button('Copy path').click()
    a.page.get_by_text('Copied').wait_for()
    assert a.page.evaluate('navigator.clipboard.readText()') == path
    a.page.keyboard.press('ArrowRight')
    assert '3 of 24' in a.page.locator('#large-rank').inner_text()
    a.page.keyboard.press('ArrowLeft')
    a.page.screenshot(path=str(shots / 'app-2-large.png'))
    a.button('More like this').click()
    a.page.wait_for_function('row => +document.querySelector(".tile").dataset.row === row', arg=second)
    assert not a.page.locator('dialog').is_visible() and a.asked[-1]['like'] == second
    a.close()


COLOURED = """c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, n = [0, 0];
  for (let i = 0; i < d.length; i += 4) { n[0] += d[i + 2] - d[i] > 60; n[1] += d[i] - d[i + 2] > 60; } return n }"""


def test_why_this_photo(browser, app, shots):
    "The strokes of the drawing in the colour of what they do for the photo that is shown large"
    from playwright.sync_api import expect

    a = App(browser, app)
    strokes = strokes_of(*BICYCLE)
    a.draw(strokes)
    a.says('First: bicycle')
    whys = []
    a.page.on('request', lambda r: whys.append(json.loads(r.post_data)) if '/why' in r.url else None)
    a.page.locator('.tile').nth(1).click()
    why, page, said = a.button('Why this photo?'), a.page.locator('#reason-page'), a.page.locator('#reason-said')
    assert why.get_attribute('aria-expanded') == 'false' and not page.is_visible() and whys == []
    why.click()
    expect(said).to_have_text(re.compile(r'Most for it: stroke \d+, \+0\.\d{3}'), timeout=MINUTES)
    assert why.get_attribute('aria-expanded') == 'true' and whys[0]['row'] == a.rows()[1] and whys[0]['model'] == ''
    assert ('With more than eight strokes' in said.inner_text()) == (len(strokes) > 8)
    blue, orange = page.evaluate(COLOURED)
    assert blue > 100 and (orange > 100) == ('Most against it' in said.inner_text())
    first = page.get_attribute('aria-label')
    assert re.match(r'Your drawing: stroke 1 [+\u2212]0\.\d{3}, stroke 2 ', first)
    a.page.screenshot(path=str(shots / 'app-11-why.png'))
    a.page.keyboard.press('ArrowRight')
    a.page.wait_for_function(
        'old => document.getElementById("reason-page").ariaLabel !== old && !/…/.test(document.getElementById("reason-said").textContent)',
        arg=first,
    )
    assert '3 of 24' in a.page.locator('#large-rank').inner_text() and whys[-1]['row'] == a.rows()[2]
    why.click()
    assert not page.is_visible() and why.get_attribute('aria-expanded') == 'false'
    why.click()
    a.button('Close').click()
    a.page.locator('#words').fill('castle')
    a.says('ranked in')
    a.settled()
    with a.page.expect_response(lambda r: '/why' in r.url) as told:
        a.page.locator('.tile').first.click()  # still wanted, and now the words are in the score
    assert told.value.ok and whys[-1]['words'] == 'castle'
    expect(said).to_have_text(re.compile('Blue speaks for this photo'), timeout=MINUTES)
    a.button('More like this').click()
    a.settled()
    a.page.locator('.tile').nth(1).click()
    a.page.locator('dialog').wait_for()
    assert not why.is_visible() and not page.is_visible()  # no strokes found this one
    a.close()
    for scheme, size in (('dark', dict(width=1280, height=860)), ('light', dict(width=390, height=844))):
        a = App(browser, app, color_scheme=scheme, viewport=size, has_touch=size['width'] < 500)
        a.draw(strokes)
        a.says('First: bicycle')
        a.page.locator('.tile').first.click()
        a.button('Why this photo?').click()
        expect(a.page.locator('#reason-said')).to_have_text(re.compile('Most for it'), timeout=MINUTES)
        assert a.page.evaluate('document.documentElement.scrollWidth <= innerWidth')
        box = a.page.locator('dialog').bounding_box()
        assert box['x'] >= 0 and box['x'] + box['width'] <= size['width'] and box['height'] <= size['height']
        assert a.page.evaluate(
            '() => { const d = document.querySelector("dialog"); return d.scrollWidth <= d.clientWidth }'
        )
        a.page.screenshot(path=str(shots / f'app-11-why-{size["width"]}.png'))
        a.close()


def test_copies_are_one_tile(browser, app, shots):
    a = App(browser, app)
    a.page.locator('#place').select_option('twice')
    a.says(r'^4 photos\.')
    assert len(a.rows()) == 4  # nothing is asked: all that is there
    a.draw(strokes_of(*BICYCLE))
    a.says('^4 photos ranked')
    assert len(a.rows()) == 2 and not a.button('More photos').is_visible()
    folded = a.page.locator('.tile', has_text='and 2 copies')
    assert folded.count() == 1 and folded.get_attribute('aria-label').endswith(', and 2 copies')
    a.page.screenshot(path=str(shots / 'app-12-copies.png'))
    folded.click()
    copies = a.page.locator('#large-copies')
    a.page.get_by_text('and 2 copies:').wait_for()
    assert re.search(r'twice/b/again\.png\n.*twice/c/once more\.png$', copies.inner_text())
    assert a.page.locator('#large-path').inner_text().endswith('twice/a/first.png')
    a.page.screenshot(path=str(shots / 'app-12-copies-large.png'))
    a.page.keyboard.press('ArrowLeft' if '2 of 2' in a.page.locator('#large-rank').inner_text() else 'ArrowRight')
    assert not copies.is_visible()
    a.page.keyboard.press('Escape')
    a.button('Clear').click()
    a.says(r'^4 photos\.')
    assert len(a.rows()) == 4 and a.page.locator('.tile em:not(:empty)').count() == 0
    a.close()


SLIDES = """window.slid = []; const plain = Element.prototype.animate;
  Element.prototype.animate = function (...how) { window.slid.push(how[1].duration); return plain.apply(this, how); };
  window.requestAnimationFrame = (f) => setTimeout(() => f(performance.now()), %d);"""


def test_where_frames_come_late_tiles_do_not_slide_while_the_pen_moves(browser, app):
    for late in (0, 60):
        a = App(browser, app)
        a.page.add_init_script(SLIDES % late)
        a.page.reload()
        a.page.wait_for_selector('.tile')
        a.settled()
        points = [p for s in a.places(strokes_of(*BICYCLE)) for p in s]
        a.page.mouse.move(*points[0])
        a.page.mouse.down()
        for k, point in enumerate(points[1:]):
            a.page.mouse.move(*point)
            a.page.wait_for_timeout(25)
            if len(a.asked) >= 12 and k >= len(points) // 2:
                break
        a.page.evaluate('slid.length = 0')
        asked, before = len(a.asked), a.rows()
        for point in points[: len(points) // 2]:
            a.page.mouse.move(*point)
            a.page.wait_for_timeout(25)
        assert len(a.asked) > asked and a.rows() != before
        slid = a.page.evaluate('slid')
        assert (slid == []) == bool(late), (late, slid)
        a.page.mouse.up()
        a.page.mouse.move(0, 0)
        a.draw(strokes_of('castle', 3))
        a.settled()
        assert a.page.evaluate('slid.includes(220)')  # when the pen is up they do
        a.close()


def test_names_of_a_large_gallery_come_with_the_answer(browser, tmp_path):
    from dataclasses import replace

    from sketch_lvm.core import torch_rng
    from sketch_lvm.data.minisets import mini_set
    from sketch_lvm.show.gallery import make_gallery
    from sketch_lvm.show.index import open_encoder

    encoder, source = open_encoder()
    few = make_gallery(encoder, mini_set('unseen', 1), source=source, say=None)
    times = -(-3100 // len(few))
    n = times * len(few)
    noise = 0.02 * torch.randn(n, few.features.shape[1], generator=torch_rng(4))  # no two are copies
    many = replace(
        few,
        features=torch.nn.functional.normalize(few.features.repeat(times, 1) + noise, dim=1),
        ids=[f'{k:04d}/{few.ids[k % len(few)]}' for k in range(n)],
        names=[few.names[k % len(few)] for k in range(n)],
        thumbs=list(few.thumbs) * times,
        items=None,
    )
    many.save(tmp_path / 'many')
    with started_app(tmp_path / 'many') as address:
        a = App(browser, address)
        again = []
        a.page.on('request', lambda r: again.append(r.url) if '/api/names' in r.url else None)
        a.draw(strokes_of(*BICYCLE))
        a.says(f'^{n:,} photos ranked')
        assert len(a.rows()) == 24 and all(a.found()) and again == []
        a.button('More photos').click()
        a.page.wait_for_function('() => document.querySelectorAll(".tile").length === 48')
        assert all(a.found()) and again == []
        a.close()


def test_the_app_alone_shows_a_run_beside_the_frozen_model(browser, tmp_path, shots):
    from sketch_lvm.app.quickstart import quick_experiment
    from sketch_lvm.study.fit import fit

    fit(quick_experiment(steps=2, n_train=2, n_test=2, batch=4), tmp_path / 'runs' / 'mine', 'cpu', progress=False)
    with started_app(cwd=tmp_path) as address:
        a = App(browser, address)
        a.draw(strokes_of(*BICYCLE))
        a.says('frozen: .* prompted: ')
        titles = a.page.locator('.ranking h2').all_inner_texts()
        assert [t.split()[0] for t in titles] == ['frozen', 'prompted'] and len(a.rows()) == 48
        a.page.screenshot(path=str(shots / 'app-13-alone.png'))
        a.page.locator('.ranking').nth(1).locator('.tile').first.click()
        a.button('Why this photo?').click()
        a.page.get_by_text('Most for it').wait_for()  # asked of the model in whose list it was
        a.close()


def test_words_and_classes(browser, app, shots):
    a = App(browser, app)
    a.page.keyboard.press('/')
    a.page.keyboard.type('castle')
    a.says('First: castle')
    assert a.found()[:3] == ['castle'] * 3
    a.draw(strokes_of(*BICYCLE))
    a.page.locator('#weight').fill('0')
    a.says('First: bicycle')
    a.page.locator('#weight').fill('1')
    a.says('First: castle')
    a.page.locator('#words').fill('zyzzyva')
    a.page.get_by_text("has never met 'zyzzyva'").wait_for()
    a.page.locator('#words').fill('')
    a.page.locator('#within').select_option('cat')
    a.says('^6 photos ranked')
    assert set(a.found()) == {'cat'} and not a.button('More photos').is_visible()
    odd = a.page.locator('#within option', has_text='onerror')
    assert odd.count() == 1
    a.page.locator('#within').select_option(
        index=a.page.locator('#within option').all_inner_texts().index(odd.inner_text())
    )
    a.says('^1 photo ranked')
    assert a.found() == [HOSTILE.replace('/', '')]
    a.page.wait_for_timeout(300)
    assert a.page.evaluate('window.hacked') is None
    a.page.screenshot(path=str(shots / 'app-3-names.png'))
    a.close(expected='400')  # a word that the model has never met


def test_a_finger_on_a_telephone(browser, app, shots):
    a = App(browser, app, viewport=dict(width=390, height=844), has_touch=True, is_mobile=True, device_scale_factor=2)
    inside = "s => { const r = document.querySelector(s).getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.left >= 0 }"
    place = a.canvas.bounding_box()
    a.touch(strokes_of(*BICYCLE))
    a.says('First: bicycle')
    assert a.canvas.bounding_box() == place  # the finger did not scroll, and what was found did not move the page
    a.page.wait_for_timeout(400)
    a.page.screenshot(path=str(shots / 'app-4-phone.png'))
    # what was found is seen while drawing
    assert a.page.evaluate(inside, '#pad canvas') and a.page.evaluate(inside, '.tile')
    assert a.page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    for name in ('Undo', 'Redo', 'Clear'):
        assert a.button(name).bounding_box()['height'] >= 44
    strip = a.page.locator('.tiles')
    strip.evaluate('e => { e.scrollLeft = e.scrollWidth }')
    a.page.wait_for_function('() => document.querySelectorAll(".tile").length === 48')
    a.page.locator('.tile').first.scroll_into_view_if_needed()
    a.page.locator('.tile').first.tap()
    a.page.locator('dialog').wait_for()
    a.page.screenshot(path=str(shots / 'app-5-phone-large.png'))
    a.close()


def test_keys_alone(browser, app, shots):
    a = App(browser, app)
    press = a.page.keyboard.press
    while not a.canvas.evaluate('c => c === document.activeElement'):
        press('Tab')
    press('ArrowLeft'), press('ArrowUp')
    press(' ')  # the pen is down
    for key in ('ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'):
        for _ in range(3):
            press(f'Shift+{key}')
    assert a.page.locator('.sketch-pad-aside').inner_text() == 'Pen down'
    a.page.screenshot(path=str(shots / 'app-6-keys.png'))
    press(' ')
    a.says('ranked in')
    square = [q['strokes'] for q in a.asked if q.get('strokes')][-1]
    assert len(square) == 1 and len(square[0][0]) == 13 and max(square[0][0]) == 193.5
    assert all(axis[0] == axis[-1] == 121.5 for axis in square[0])
    assert a.page.locator('#status').get_attribute('role') == 'status'
    while not a.page.evaluate('document.activeElement.classList.contains("tile")'):
        press('Tab')
    press('ArrowRight')
    assert a.page.evaluate('document.activeElement.ariaLabel').startswith('2. ')
    press('Enter')
    a.page.locator('dialog').wait_for()
    press('ArrowRight')
    assert '3 of' in a.page.locator('#large-rank').inner_text()
    press('Escape')
    a.page.wait_for_function('() => document.activeElement.ariaLabel?.startsWith("3. ")')  # back at the photo it showed
    assert not a.page.locator('dialog').is_visible()
    names = a.page.evaluate(
        "() => [...document.querySelectorAll('button, input, select, [tabindex]')].filter(e => e.offsetParent)"
        ".filter(e => !(e.ariaLabel || e.textContent.trim() || e.labels?.length || e.title)).map(e => e.outerHTML)"
    )
    assert names == []  # whatever can be reached has a name
    a.close()


def test_a_pen_presses(browser, app):
    a = App(browser, app)
    ink = "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i] < 60; return n }"
    client, dark = a.page.context.new_cdp_session(a.page), []
    for force in (0.15, 0.9):
        (points,) = a.places([[[40, 120, 200], [100, 140, 100]]])
        for kind, (x, y) in zip(('mousePressed', 'mouseMoved', 'mouseReleased'), points):
            what = dict(type=kind, x=x, y=y, button='left', buttons=1, clickCount=1, pointerType='pen', force=force)
            client.send('Input.dispatchMouseEvent', what)
        a.says('ranked in')
        dark.append(a.canvas.evaluate(ink))
        a.button('Clear').click()
        a.says('Draw')
    assert dark[1] > 1.5 * dark[0] > 0, dark
    sent = [s for q in a.asked for s in q.get('strokes', [])]
    # how hard it pressed is not told: the model knows lines of one width
    assert sent and all(len(s) == 2 for s in sent)
    a.close()


def test_a_picture_of_a_drawing(browser, app, shots):
    from sketch_lvm.world.strokes import rasterize

    a = App(browser, app)
    drawn = rasterize(strokes_of(*BICYCLE), 900, 4 / 900).astype(float)
    light = 0.95 - 0.5 * np.mgrid[:900, :900][1] / 900  # photographed: bright on the left, dark on the right
    out = io.BytesIO()
    Image.fromarray((drawn * 0.75 * light + 50 * light).clip(0, 255).astype(np.uint8)).save(out, 'JPEG')
    a.page.locator('#file').set_input_files(dict(name='x.jpg', mimeType='image/jpeg', buffer=out.getvalue()))
    a.says('First: bicycle')
    assert a.page.locator('#sent-page').is_visible() and not a.canvas.is_visible() and 'picture' in a.asked[-1]
    a.page.screenshot(path=str(shots / 'app-7-picture.png'))
    a.page.locator('#file').set_input_files(dict(name='x.jpg', mimeType='image/jpeg', buffer=b'<svg onload=alert(1)>'))
    a.page.get_by_text('no picture that the browser can read').wait_for()
    a.button('Remove the picture').click()
    a.says('^49 photos\\.')
    assert a.canvas.is_visible()
    a.close()


def test_themes(browser, app, shots):
    for scheme in ('light', 'dark'):
        a = App(browser, app, color_scheme=scheme)
        colour = "() => getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]"
        assert (int(a.page.evaluate(colour)) < 80) == (scheme == 'dark')
        a.draw(strokes_of(*BICYCLE))
        a.says('First: bicycle')
        a.page.screenshot(path=str(shots / f'app-8-{scheme}.png'))
        other = 'dark' if scheme == 'light' else 'light'
        while a.page.evaluate('document.documentElement.dataset.theme') != other:
            a.page.locator('#theme').click()
        assert (int(a.page.evaluate(colour)) < 80) == (other == 'dark')
        a.close()


def test_strangers_at_the_door(app):
    "As the server itself answers, not only the app inside it"

    home, _, token = app.partition('?token=')
    known = {'Cookie': f'sketch_lvm_{urlsplit(home).port}={token}'}

    def ask(path, headers=None, data=None):
        request = urllib.request.Request(home + path, data, known | (headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as e:
            return e.code, e.read(), dict(e.headers)

    status, page, headers = ask('')
    assert status == 200 and b'Draw and find' in page and 'server' not in {k.lower() for k in headers}
    assert ask('', {'Host': 'evil.example'})[0] == 421
    assert ask('', {'Cookie': ''})[0] == ask('api/about', {'Cookie': ''})[0] == 403
    assert ask('api/about', {'Origin': 'http://evil.example'})[0] == 403
    assert ask('api/ask', {'Content-Type': 'text/plain'}, b'{}')[0] == 415
    long = {'Content-Type': 'application/json', 'Content-Length': '99999999'}
    assert ask('api/ask', long, b'{}')[0] == 413  # refused before it comes
    mark = json.loads(ask('api/about')[1])['mark']
    for path in (
        '../secret.png',
        '%2e%2e/secret.png',
        f'photos/{mark}/../../../secret.png',
        f'photos/{mark}/..%2f..%2fsecret.png',
    ):
        assert ask(path)[0] == 404, path
