"""The sketch pad as a person meets it: JupyterLab in a browser, a notebook run from top to bottom, a mouse.

Written by hand, since it is about no single room. It needs Playwright (`pip install playwright`, or the extra `browser`) and a
Chromium or Chrome; `SKETCH_LVM_CHROMIUM` can name one. `SKETCH_LVM_SHOTS` names a folder that keeps the screenshots.
"""

import re

import pytest
from browsing import HOSTILE, MINUTES, READY, ROOT, draw, notebook, open_notebook, run_notebook, started_lab

pytestmark = pytest.mark.browser
FIRST = [
    """
from sketch_lvm.clip.backbone import load_backbone
from sketch_lvm.study.runs import frozen_encoder
from sketch_lvm.show.gallery import make_gallery
from sketch_lvm.methods.catalogue import method
from sketch_lvm.methods.building import build_encoder
from sketch_lvm.data.minisets import mini_set
from sketch_lvm.show.widgets import retrieve_live
mini = load_backbone('mini')
frozen, prompted = frozen_encoder(mini), build_encoder(method('sketch-lvm', 'mini'), mini)
gallery = make_gallery(frozen, mini_set('unseen', 20).photos)
""",
    "retrieve_live({'frozen': frozen, 'prompted': prompted}, gallery)",
]

NAMES = [
    """
import numpy as np
from sketch_lvm.clip.backbone import load_backbone
from sketch_lvm.data.items import SketchPhotoSet, toy_set
from sketch_lvm.study.runs import frozen_encoder
from sketch_lvm.show.widgets import retrieve_live
items = toy_set(size=64).photos
photos = SketchPhotoSet.from_arrays(np.stack([items.read(r) for r in range(8)]), [%r, 'b']*4, 'photo')
retrieve_live({%r: frozen_encoder(load_backbone('mini', weights_from='random'))}, photos, n=8)
"""
    % (HOSTILE, HOSTILE)
]

# Nothing is trained and no photo drawn: what these pages are about is the pad.
PLAIN = [
    """
from sketch_lvm.clip.backbone import load_backbone
from sketch_lvm.data.items import toy_set
from sketch_lvm.study.runs import frozen_encoder
from sketch_lvm.world.freehand import sketch_strokes
from sketch_lvm.show.gallery import make_gallery
from sketch_lvm.show.widgets import explore, retrieve_live
models = {f'model {seed}': frozen_encoder(load_backbone('mini', weights_from='random', seed=seed)) for seed in range(2)}
live = retrieve_live(models, toy_set(size=64).photos, n=8, start=sketch_strokes('teapot', 3), say=None)
""",
    "live",
    """
@explore(count=(1, 9))
def lines(count): print(count, 'lines')
""",
]


@pytest.fixture(scope='module')
def lab(tmp_path_factory):
    "A JupyterLab server on a folder of its own; gives (its address with token, the folder)"
    with started_lab(tmp_path_factory.mktemp('lab')) as (address, folder):
        tutorial = ROOT / 'nbs' / 'tutorials' / '1_draw_and_find.ipynb'
        first = tutorial.read_text(encoding='utf-8') if tutorial.exists() else notebook(*FIRST)
        (folder / 'first.ipynb').write_text(first, encoding='utf-8')
        (folder / 'names.ipynb').write_text(notebook(*NAMES), encoding='utf-8')
        for name in ('keys', 'follow', 'saved', 'restart', 'wide', 'long'):
            (folder / f'{name}.ipynb').write_text(notebook(*PLAIN), encoding='utf-8')
        yield address, folder


class Lab:
    "A page of JupyterLab with one notebook in it"

    def __init__(self, page, lab, name, shots):
        self.page, self.shots, self.errors = page, shots, []
        page.set_default_timeout(2 * MINUTES)
        page.on('pageerror', lambda e: self.errors.append(str(e)))
        self.address = lab[0] % name
        self.open()

    def open(self):
        open_notebook(self.page, self.address)

    def run_all(self):
        "Every cell, and no cell may fail"
        run_notebook(self.page)

    @property
    def pad(self):
        return self.page.locator('.sketch-pad').first

    @property
    def canvas(self):
        return self.pad.locator('canvas')

    @property
    def note(self):
        return self.pad.locator('.sketch-pad-note')

    def says(self, pattern):
        "Wait until the line under the page matches"
        from playwright.sync_api import expect

        expect(self.note).to_have_text(re.compile(pattern), timeout=MINUTES)

    def clear(self):
        "Click Clear, and wait until Python has heard of it"
        from playwright.sync_api import expect

        self.pad.get_by_role('button', name='Clear').click(force=True)  # on an empty page it counts as disabled
        expect(self.page.locator('.sketch-live').get_by_text('Nothing drawn yet.').first).to_be_visible(timeout=MINUTES)

    def draw(self, strokes):
        "With the mouse, at a person's speed or faster"
        draw(self.canvas, strokes)

    def found(self):
        "The class names that each model shows, best first"
        views = self.page.locator('.sketch-live .sketch-found')
        return [[t.split('\n')[0].strip() for t in v.locator('figcaption').all_inner_texts()] for v in views.all()]

    def ink(self):
        "How many of the canvas's pixels are dark"
        return self.canvas.evaluate(
            "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 0; i < d.length; i += 4) n += d[i] < 60; return n }"
        )

    def shot(self, name):
        self.page.screenshot(path=str(self.shots / f'{name}.png'))

    def theme(self, name):
        self.page.evaluate(f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: {name!r}}})")


def clearest(names):
    "The strokes of a category whose drawing the frozen model reads best: the test is of the pad, not of the model"
    from sketch_lvm.clip.backbone import load_backbone
    from sketch_lvm.study.runs import frozen_encoder
    from sketch_lvm.world.freehand import sketch_strokes
    from sketch_lvm.show.gallery import make_gallery
    from sketch_lvm.data.minisets import mini_set

    g = make_gallery(frozen_encoder(load_backbone('mini')), mini_set('unseen', 20, classes=names).photos)
    best = (-1.0,)
    for c in names:
        for i in range(4):
            strokes = [[s[0].round(1).tolist(), s[1].round(1).tolist()] for s in sketch_strokes(c, i)]
            hits = list(g.search(strokes, len(g)))
            best = max(best, (hits[0].score - next(h.score for h in hits if h.name != c), c, strokes))
    return best


def test_drawing_finds_photos(browser, lab, shots):
    from sketch_lvm.world.miniworld import mini_split

    margin, category, strokes = clearest(mini_split()['unseen'])
    assert margin > 0.02, 'no drawing is read clearly enough to test with'
    context = browser.new_context(viewport=dict(width=1280, height=900), device_scale_factor=2)
    page = Lab(context.new_page(), lab, 'first.ipynb', shots)
    page.run_all()
    page.canvas.scroll_into_view_if_needed()
    page.shot('1-start')
    page.clear()  # the tutorial begins with a drawing
    n_cells, empty = page.page.locator('.jp-Notebook .jp-Cell').count(), page.ink()
    page.draw(strokes)
    page.says(f'^{len(strokes)} strokes, ranked in')
    page.shot('2-drawn')
    found = page.found()
    assert len(found) >= 1 and all(len(f) == len(found[0]) > 0 for f in found)
    assert found[0][0] == category, (category, found)
    full = page.ink()
    assert full > empty + 100

    page.pad.get_by_role('button', name='Undo').click()
    page.says(f'^{len(strokes) - 1} stroke')
    assert page.ink() < full
    page.canvas.focus()
    page.page.keyboard.press('Control+z')
    page.says(f'^{len(strokes) - 2} stroke' if len(strokes) > 2 else '^$')
    page.clear()
    page.says('^$')
    assert page.ink() <= empty and page.found()[0] == []
    page.page.keyboard.press('Control+z')
    page.says('^[0-9]+ stroke')  # a cleared page comes back
    page.canvas.focus()
    page.page.keyboard.press('Delete')
    page.says('^$')
    assert page.page.locator('.jp-Notebook .jp-Cell').count() == n_cells  # Delete meant the page, not the cell

    page.draw(strokes)
    page.says(f'^{len(strokes)} strokes')
    page.theme('JupyterLab Dark')
    page.page.wait_for_function(
        "parseInt(getComputedStyle(document.querySelector('.jp-Notebook')).backgroundColor.match(/\\d+/)) < 80"
    )
    page.canvas.focus()
    page.shot('3-dark')
    assert page.found() == found and page.errors == []
    context.close()


def test_names_stay_text(browser, lab, shots):
    context = browser.new_context(viewport=dict(width=1000, height=700))
    page = Lab(context.new_page(), lab, 'names.ipynb', shots)
    page.run_all()
    page.draw([[[40, 200, 120, 40], [200, 200, 40, 200]]])
    page.says('^1 stroke, ranked')
    assert HOSTILE in page.found()[0] and page.page.locator('text=onerror').count() >= 4
    page.page.wait_for_timeout(500)  # an image that fails needs a moment to do so
    assert page.page.evaluate('window.hacked') is None and page.page.locator('.jp-OutputArea img[src="x"]').count() == 0
    page.shot('4-names')
    assert page.errors == []
    context.close()


TRIANGLE = [[[40, 200, 120, 40], [200, 200, 40, 200]]]
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(c => [c.model.id, c.model.type, c.model.sharedModel.getSource()].join())"""
DIRTY = "() => window.jupyterapp.shell.currentWidget.context.model.dirty"


def plain_page(browser, lab, shots, name, **context):
    "A notebook with a pad for two models, run to its end"
    context = browser.new_context(**{'viewport': dict(width=1280, height=900), **context})
    page = Lab(context.new_page(), lab, f'{name}.ipynb', shots)
    page.run_all()
    page.canvas.scroll_into_view_if_needed()
    return page


def test_keys_stay_with_the_pad(browser, lab, shots):
    page = plain_page(browser, lab, shots, 'keys')
    page.clear()
    page.draw(TRIANGLE)
    page.says('^1 stroke, ranked')
    cells = page.page.evaluate(CELLS)
    upload = page.page.locator('.widget-upload').first
    for place in (page.canvas, page.pad.get_by_role('button', name='Undo'), upload):
        for key in ('x', 'b', 'a', 'm', 'y', 'r', 'd', 'd', 'z', 'c', 'v', '1', 'Shift+M', 'Shift+V', 'ArrowDown', 'j'):
            place.focus()
            page.page.keyboard.press(key)
        page.page.wait_for_timeout(200)
        assert page.page.evaluate(CELLS) == cells, place
        assert page.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.mode") == 'command'
    page.canvas.focus()
    page.page.keyboard.press('Control+z')
    page.says('^$')  # the pad's own key, and only the pad's
    assert page.page.evaluate(CELLS) == cells
    page.draw(TRIANGLE)
    page.says('^1 stroke')
    page.page.wait_for_function(DIRTY)
    page.canvas.focus()
    page.page.keyboard.press('Control+s')
    page.page.wait_for_function(DIRTY.replace('() => ', '() => !'), timeout=MINUTES)  # saved
    handle = page.page.locator('.noUi-handle').first  # and a slider says its name
    handle.scroll_into_view_if_needed()
    page.page.wait_for_function("() => document.querySelector('.noUi-handle').ariaLabel === 'count'")
    handle.focus()
    page.page.keyboard.press('ArrowRight')
    page.page.wait_for_selector('text=6 lines')
    assert page.errors == []
    page.page.context.close()


def test_the_ranking_follows_the_pen(browser, lab, shots):
    page = plain_page(browser, lab, shots, 'follow')
    page.clear()
    box = page.canvas.bounding_box()
    at = lambda x, y: (box['x'] + x * box['width'] / 255, box['y'] + y * box['height'] / 255)
    page.page.mouse.move(*at(40, 200))
    page.page.mouse.down()
    page.page.mouse.move(*at(200, 200), steps=12)
    page.says('^drawing, ranked in')  # the pen is still down
    first = page.found()
    assert all(len(f) == 8 for f in first)
    page.page.mouse.move(*at(120, 40), steps=12)
    page.page.mouse.up()
    page.says('^1 stroke, ranked in')
    assert page.errors == []
    page.page.context.close()


def test_a_saved_pad_reopens_as_a_picture(browser, lab, shots):
    page = plain_page(browser, lab, shots, 'saved')
    picture = page.page.locator('[data-pad]')
    assert picture.count() == 1 and not picture.is_visible()  # the pad itself is there
    began = picture.locator('img[alt=drawing]').get_attribute('src')
    page.clear()
    page.draw(TRIANGLE)
    page.says('^1 stroke, ranked')
    drawn = picture.locator('img[alt=drawing]').get_attribute('src')
    assert drawn != began and picture.count() == 1 and not picture.is_visible()  # the picture follows, unseen
    page.page.evaluate(
        "async () => { const w = window.jupyterapp.shell.currentWidget; await w.context.save(); await w.sessionContext.shutdown() }"
    )
    page.page.context.close()
    context = browser.new_context(viewport=dict(width=1280, height=900))
    page = Lab(context.new_page(), lab, 'saved.ipynb', shots)
    page.page.wait_for_selector('[data-pad] figure', state='visible')
    page.page.wait_for_timeout(3000)  # the widget manager tries
    page.page.locator('[data-pad]').scroll_into_view_if_needed()
    page.shot('5-reopened')
    assert page.page.locator('[data-pad] figure').count() == 17 and page.page.locator('.sketch-pad').count() == 0
    assert page.page.locator('[data-pad] img[alt=drawing]').get_attribute('src') == drawn
    first = page.page.locator('.jp-Cell').nth(1)
    assert 'model not found' not in first.inner_text() and 'Loading widget' not in first.inner_text(), (
        first.inner_text()
    )
    page.run_all()
    page.draw(TRIANGLE)
    page.says('ranked in')
    assert not page.page.locator('[data-pad]').is_visible()
    context.close()


def test_a_lost_kernel_is_said(browser, lab, shots):
    page = plain_page(browser, lab, shots, 'restart')
    page.clear()
    page.draw(TRIANGLE)
    page.says('^1 stroke, ranked')
    page.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.page.wait_for_function(READY)
    page.draw([[[30, 220], [128, 128]]])
    page.says('No answer from Python.*run this cell again')
    assert 'ranked' not in page.note.inner_text()
    page.shot('6-lost')
    page.run_all()
    page.draw([[[30, 220], [128, 128]]])
    page.says('ranked in')
    page.page.context.close()


def test_layout(browser, lab, shots):
    "At a laptop's width a model's photos are one row, and both models are seen; on a phone what was found is seen while drawing"
    page = plain_page(browser, lab, shots, 'wide')
    page.shot('7-wide')
    tops = "() => [...document.querySelectorAll('.sketch-live .sketch-found')].map(f => new Set([...f.querySelectorAll('figure')].map(t => Math.round(t.getBoundingClientRect().top))).size)"
    assert page.page.evaluate(tops) == [1, 1]
    inside = lambda selector: page.page.evaluate(
        "s => [...document.querySelectorAll(s)].every(e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.width > 0 })",
        selector,
    )
    assert inside('.sketch-live .sketch-found, .sketch-pad canvas')
    edge = page.canvas.evaluate("c => getComputedStyle(c).borderTopColor")
    assert edge == 'rgb(118, 118, 118)'  # 4.5:1 on white
    page.page.context.close()
    page = plain_page(
        browser,
        lab,
        shots,
        'wide',
        viewport=dict(width=390, height=844),
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
    )
    page.page.evaluate(
        "() => { window.jupyterapp.shell.collapseLeft(); window.jupyterapp.shell.mode = 'single-document' }"
    )
    page.page.locator('.sketch-live').first.evaluate("e => e.scrollIntoView({ block: 'start' })")
    page.page.wait_for_timeout(500)
    page.shot('8-phone')
    assert inside('.sketch-live .sketch-found, .sketch-pad canvas')
    for button in (*page.pad.get_by_role('button').all(), page.page.locator('.widget-upload').first):
        assert button.bounding_box()['height'] >= 44
    page.page.context.close()


def test_strokes_over_the_edge_and_long_ones(browser, lab, shots):
    page = plain_page(browser, lab, shots, 'long')
    page.clear()
    page.draw([[[128, 300, 300, 128], [60, 60, 200, 200]]])
    page.says('^2 strokes, ranked')  # out and in again: two lines on the page
    border = page.canvas.evaluate(
        "c => { const d = c.getContext('2d').getImageData(c.width - 3, c.height * .35, 2, c.height * .3).data; return Math.min(...d.filter((v, i) => i % 4 === 0)) }"
    )
    assert border == 255
    page.clear()
    frames = page.canvas.evaluate("""async c => {
      const r = c.getBoundingClientRect(), took = [];
      const say = (kind, i) => c.dispatchEvent(new PointerEvent(kind, { pointerId: 1, isPrimary: true, button: 0, bubbles: true,
        clientX: r.left + 20 + (i * 7) % 240, clientY: r.top + 20 + (i * 3) % 240 }));
      c.setPointerCapture = () => {};
      say("pointerdown", 0);
      for (let i = 1; i < 4000; i++) { const t = performance.now(); say("pointermove", i); if (i > 3500) took.push(performance.now() - t); }
      say("pointerup", 4000);
      return took.sort((a, b) => a - b)[Math.floor(took.length / 2)];
    }""")
    assert frames < 5, f'a pointer move in a stroke of 4,000 points takes {frames:.1f} ms'
    page.says('^1 stroke, ranked')
    page.shot('9-long')
    page.page.context.close()
