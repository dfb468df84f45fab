"""How long it takes from the pen to the painted ranking, in the app and on the pad in JupyterLab.

    python tests/latency.py app --photos 340
    python tests/latency.py pad --photos 3000 --backbone ViT-B-32 --weights-from random

Run it on a quiet machine, one command a row. Drawn photos of the mini world are indexed into a folder that stays
(--place), in the precision that `sketch_lvm index` takes, so a second run starts at once. What answers runs in
processes of its own, and fifty strokes are drawn with Playwright's mouse, a point each 8 ms. *Drawing*: from the pen's
last point before a question to the frame after its ranking was put in place; *pen up*: the same for the question that
the end of a stroke asks. On the pad a question whose answer is the ranking that stands there paints nothing, and is not
counted.

A row replaces the one of the same place, photos and encoder in data/results/latency.json, where `nbs/app/13_web` reads
it. It holds how many cores were kept busy in the five seconds before: above 0.3 it is refused, unless --anyway.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from browsing import (
    FLAGS,
    MINUTES,
    busy_cores,
    chromium,
    draw,
    notebook,
    open_notebook,
    run_notebook,
    started_app,
    started_lab,
    strokes_of,
)

DRAWINGS = ['pear', 'bicycle', 'castle', 'cat', 'teapot']

# Where the pen was last, and what was painted since. `asked` has the questions that are under way, in their order.
PEN = """
  window.took = { drawing: [], up: [] };
  let pen = 0; const asked = [], painted = [];
  for (const kind of ['pointermove', 'pointerup'])
    addEventListener(kind, (e) => { if (e.buttons || kind === 'pointerup') pen = performance.now(); }, true);
  const question = (kind, empty) => asked.push({ pen, kind: empty ? "" : kind });   // a cleared page is no drawing
  const paint = (all) => requestAnimationFrame(() => setTimeout(() => {
    for (const { pen, kind } of all) if (kind) window.took[kind].push(performance.now() - pen);
  }));
"""

# The app asks by `fetch`, one question at a time, and counts up `data-took` once a ranking is in place.
APP = (
    '() => {'
    + PEN
    + """
  let up = false; addEventListener('pointerdown', () => { up = false; }, true);
  addEventListener('pointerup', () => { up = true; }, true);
  const plain = window.fetch;
  window.fetch = (path, ...more) => {
    if (!String(path).startsWith('api/ask')) return plain(path, ...more);
    question(up ? 'up' : 'drawing', /"strokes":\\[\\]/.test(more[0].body));
    return plain(path, ...more).then((answer) => { if (!answer.ok) asked.pop(); return answer; });  // it is asked again
  };
  new MutationObserver(() => paint(asked.splice(0, 1)))  // by now the next question may be under way
    .observe(document, { attributes: true, attributeFilter: ['data-took'], subtree: true });
}"""
)

# The pad asks through the kernel's socket. Python answers in the order of the questions: a new ranking, if it changed,
# then `heard` or `answered`. Each socket is listened to from its birth: the widget puts a ranking into the page while the
# message is dealt with, and whoever listens later hears of it when it is there already, and counts it a question late.
PAD = (
    '() => {'
    + PEN
    + """
  const reader = new TextDecoder(), text = (d) => typeof d === 'string' ? d : reader.decode(d);
  const heard = (said) => {
    if (/"value":/.test(said) && /sketch-found/.test(said) && asked.length) painted.push(asked[0]);
    if (/"heard":|"answered":/.test(said)) asked.shift();
  };
  window.WebSocket = class extends WebSocket {
    constructor(...how) { super(...how); this.addEventListener('message', (e) => heard(text(e.data))); }
    send(data) {
      const said = text(data);
      if (/"moving":/.test(said)) question('drawing');
      else if (/"drawn":/.test(said) && /"request":/.test(said)) question('up', /"drawn":\\[\\]/.test(said));
      super.send(data);
    }
  };
  new MutationObserver((all) => {
    const results = all.some((m) => m.target.nodeType === 1 && m.target.closest('.sketch-results'));
    if (results && painted.length) paint(painted.splice(0));
  }).observe(document, { childList: true, subtree: true });
}"""
)


def index(v: argparse.Namespace) -> Path:
    "The gallery's folder: made once"
    from sketch_lvm.app.indexcommand import choose_precision
    from sketch_lvm.data.minisets import mini_set
    from sketch_lvm.show.gallery import is_gallery, make_gallery
    from sketch_lvm.show.index import open_encoder

    out = Path(v.place) / f'{v.photos}-{v.backbone}-{v.weights_from or "usual"}'.replace('/', '_')
    if not is_gallery(out):
        each = -(-v.photos // len(mini_set('unseen', 1).photos.classes))
        items = mini_set('unseen', each).photos.take(np.arange(v.photos))
        source = dict(backbone=v.backbone) | (dict(weights_from=v.weights_from) if v.weights_from else {})
        encoder, source = open_encoder(source)
        source = choose_precision(encoder, source, 'auto', v.photos, print)
        out.parent.mkdir(parents=True, exist_ok=True)
        make_gallery(encoder, items, source=source, say=None).save(out)
    return out


@contextlib.contextmanager
def app_page(browser, gallery: Path, place: Path) -> Iterator[tuple]:
    "The app over a gallery: (the page, its pad's canvas, what waits for an answer)"
    with started_app(gallery, '--trust') as address:
        page = browser.new_page(viewport=dict(width=1280, height=860))
        page.add_init_script(f'({APP})()')
        page.goto(address)
        page.wait_for_selector('.tile')
        still = '() => document.getElementById("rankings").ariaBusy === "false"'
        yield page, page.locator('#pad canvas'), lambda: page.wait_for_function(still)


@contextlib.contextmanager
def pad_page(browser, gallery: Path, place: Path) -> Iterator[tuple]:
    "The pad in JupyterLab over a gallery: (the page, its canvas, what waits for an answer)"
    from playwright.sync_api import expect

    cells = (
        'from sketch_lvm.show.gallery import load_gallery\nfrom sketch_lvm.show.widgets import live',
        f'live(load_gallery({str(gallery)!r}, trust=True))',
    )
    with started_lab(place) as (address, folder):
        (folder / 'pad.ipynb').write_text(notebook(*cells), encoding='utf-8')
        page = browser.new_page(viewport=dict(width=1280, height=900))
        page.set_default_timeout(2 * MINUTES)
        page.add_init_script(f'({PAD})()')
        open_notebook(page, address % 'pad.ipynb')
        run_notebook(page)
        note = page.locator('.sketch-pad-note')

        def answered() -> None:
            "Wait for the line that says how many strokes were ranked, or for an empty page's empty line"
            expect(note).not_to_have_text('drawing', timeout=MINUTES)
            page.wait_for_timeout(60)
            page.wait_for_function(
                "() => { const t = document.querySelector('.sketch-pad-note').textContent; "
                "return !t.startsWith('drawing') }"
            )

        yield page, page.locator('.sketch-pad canvas'), answered


def measure(page, canvas, answered, strokes: int) -> dict[str, list[float]]:
    "Milliseconds of every question, by kind"

    def after() -> None:
        answered()
        page.wait_for_timeout(120)

    done = 0
    for number, name in enumerate(DRAWINGS * (strokes + 1)):
        drawing = strokes_of(name, number)
        if number:  # the first drawing warms up what is compiled and loaded on first use
            drawing = drawing[: strokes - done]
            done += len(drawing)
        draw(canvas, drawing, 8, after)
        canvas.page.get_by_role('button', name='Clear', exact=True).click()
        after()
        if not number:
            page.evaluate('() => { took.up = []; took.drawing = []; }')
        if done >= strokes:
            break
    page.wait_for_timeout(500)
    return page.evaluate('took')


def main() -> None:
    "One row"
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('where', choices=('app', 'pad'))
    p.add_argument('--photos', type=int, default=340)
    p.add_argument('--backbone', default='mini')
    p.add_argument('--weights-from')
    p.add_argument('--strokes', type=int, default=50)
    p.add_argument('--place', default=os.path.join(tempfile.gettempdir(), 'sketch_lvm-latency'))
    p.add_argument('--anyway', action='store_true', help='measure on a busy machine, too')
    p.add_argument('--out', help='file of the rows; data/results/latency.json if not given')
    v = p.parse_args()
    from playwright.sync_api import sync_playwright
    from sketch_lvm.core import data_path, machine, read_json, write_json

    gallery = index(v)
    busy = busy_cores()
    if busy is not None and busy > 0.3 and not v.anyway:
        sys.exit(f'others keep {busy:.1f} cores of this machine busy: wait, or say --anyway.')
    started = time.perf_counter()
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        with dict(app=app_page, pad=pad_page)[v.where](browser, gallery, Path(place)) as opened:
            took = measure(*opened, v.strokes)
        version = browser.version
        browser.close()
    row = dict(
        where=v.where,
        photos=v.photos,
        backbone=v.backbone,
        weights_from=v.weights_from or '',
        precision=(read_json(gallery / 'config.json').get('source') or {}).get('precision', 'fp32'),
        command='python tests/latency.py ' + ' '.join(sys.argv[1:]),
        busy_before=busy,
        seconds=round(time.perf_counter() - started, 1),
        conditions=machine() | dict(browser=version),
    )
    for kind, ms in took.items():
        spread = {f'p{q}': round(float(np.percentile(ms, q)), 1) for q in (50, 95)} if ms else {}
        row[kind] = dict(questions=len(ms)) | spread
    print(json.dumps(row, indent=1))
    out = Path(v.out or data_path('results', 'latency.json'))
    kept = read_json(out) if out.exists() else dict(rows=[])
    same = ('where', 'photos', 'backbone', 'weights_from')
    kept['rows'] = [r for r in kept['rows'] if any(r[k] != row[k] for k in same)] + [row]
    write_json(out, kept)


if __name__ == '__main__':
    main()
