"""How long it takes from the pen to the painted ranking, in the app: run on a quiet machine, one command a row.

    python tests/latency.py --photos 340
    python tests/latency.py --photos 3000
    python tests/latency.py --photos 340 --backbone ViT-B-32 --weights-from random
    python tests/latency.py --photos 3000 --backbone ViT-B-32 --weights-from random

Drawn photos of the mini world are indexed into a folder that stays (--place), so a second run starts at once. The app is
served in a process of its own, and fifty strokes are drawn with Playwright's mouse, a point each 8 ms. *Drawing*: from
the pen's last point before a question to the frame after its ranking was put in place; *pen up*: the same for the question
that the end of a stroke asks. A row replaces the one of the same photos and encoder in data/results/app_latency.json,
and holds the load of the machine: above 0.5 before the start, the row is refused, unless --anyway.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from browsing import chromium

LOOK = """() => {
  window.took = { drawing: [], up: [] }; let pen = 0, up = false, asked = null;
  const note = (isUp) => (e) => { if (isUp || e.buttons) { pen = performance.now(); up = isUp; } };
  addEventListener('pointermove', note(false), true); addEventListener('pointerup', note(true), true);
  const plain = window.fetch;
  window.fetch = (path, ...more) => {
    if (String(path).startsWith('api/ask')) asked = { pen, kind: up ? 'up' : 'drawing' };
    return plain(path, ...more);
  };
  new MutationObserver(() => {
    if (!asked) return;
    const { pen, kind } = asked; asked = null;
    requestAnimationFrame(() => setTimeout(() => window.took[kind].push(performance.now() - pen)));
  }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-took'] });
}"""


def index(v: argparse.Namespace) -> Path:
    "The gallery's folder: made once"
    from sketch_lvm.data.minisets import mini_set
    from sketch_lvm.show.gallery import is_gallery, make_gallery
    from sketch_lvm.show.index import open_encoder

    out = Path(v.place) / f'{v.photos}-{v.backbone}-{v.weights_from or "usual"}'.replace('/', '_')
    if not is_gallery(out):
        each = -(-v.photos // len(mini_set('unseen', 1).photos.classes))
        items = mini_set('unseen', each).photos
        source = dict(backbone=v.backbone) | (dict(weights_from=v.weights_from) if v.weights_from else {})
        encoder, source = open_encoder(source)
        out.parent.mkdir(parents=True, exist_ok=True)
        make_gallery(encoder, items.take(np.arange(v.photos)), source=source, say=None).save(out)
    return out


def drawn(page, strokes: list) -> None:
    "One drawing, a point each 8 ms; then the pad is cleared"
    box = page.locator('#pad canvas').bounding_box()
    at = lambda x, y: (box['x'] + x / 255 * box['width'], box['y'] + y / 255 * box['height'])
    for xs, ys in strokes:
        page.mouse.move(*at(xs[0], ys[0]))
        page.mouse.down()
        for x, y in zip(xs[1:], ys[1:]):
            page.mouse.move(*at(x, y))
            page.wait_for_timeout(8)
        page.mouse.up()
        page.wait_for_function('() => document.getElementById("rankings").ariaBusy === "false"')
        page.wait_for_timeout(50)
    page.get_by_role('button', name='Clear', exact=True).click()
    page.wait_for_function('() => document.getElementById("rankings").ariaBusy === "false"')


def measure(address: str, strokes: int) -> tuple[dict, str]:
    "Milliseconds of every question, by kind, and the browser's version"
    from playwright.sync_api import sync_playwright
    from sketch_lvm.world.freehand import sketch_strokes

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium(), args=['--no-sandbox', '--disable-gpu'])
        page = browser.new_page(viewport=dict(width=1280, height=860))
        page.add_init_script(f'({LOOK})()')
        page.goto(address)
        page.wait_for_selector('.tile')
        for number, name in enumerate(['pear', 'bicycle', 'castle', 'cat', 'teapot'] * strokes):
            drawing = [s for s in sketch_strokes(name, number)]
            if not number:  # the first drawing warms up what is compiled and loaded on first use
                drawn(page, drawing)
                page.evaluate('() => { took.up = []; took.drawing = []; }')
                continue
            done = page.evaluate('took.up.length')
            if done >= strokes:
                break
            drawn(page, drawing[: strokes - done])
        page.wait_for_timeout(300)
        took, version = page.evaluate('took'), browser.version
        browser.close()
    return took, version


def main() -> None:
    "One row"
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--photos', type=int, default=340)
    p.add_argument('--backbone', default='mini')
    p.add_argument('--weights-from')
    p.add_argument('--strokes', type=int, default=50)
    p.add_argument('--place', default=os.path.join(tempfile.gettempdir(), 'sketch_lvm-latency'))
    p.add_argument('--anyway', action='store_true', help='measure on a busy machine, too')
    v = p.parse_args()
    load = os.getloadavg()[0]
    if load > 0.5 and not v.anyway:
        sys.exit(f'the load of this machine is {load:.1f}: wait until it is below 0.5, or say --anyway.')
    from sketch_lvm.core import data_path, machine, read_json, write_json

    gallery = index(v)
    words = [sys.executable, '-m', 'sketch_lvm', 'app', gallery, '--trust', '--port', '0', '--no-browser']
    env = dict(os.environ, PYTHONUNBUFFERED='1')
    app = subprocess.Popen([*map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)
    try:
        said = ''
        while not (found := re.search(r'http://\S+', said)):
            line = app.stdout.readline()
            assert line, f'the app ended: {said}'
            said += line
        started = time.perf_counter()
        took, version = measure(found[0], v.strokes)
    finally:
        app.terminate()
        app.wait(20)
    row = dict(
        photos=v.photos,
        backbone=v.backbone,
        weights_from=v.weights_from or '',
        command='python tests/latency.py ' + ' '.join(sys.argv[1:]),
        load_before=round(load, 2),
        load_after=round(os.getloadavg()[0], 2),
        seconds=round(time.perf_counter() - started, 1),
    )
    for kind, ms in took.items():
        spread = {f'p{q}': round(float(np.percentile(ms, q)), 1) for q in (50, 95)} if ms else {}
        row[kind] = dict(questions=len(ms)) | spread
    print(json.dumps(row, indent=1))
    out = data_path('results', 'app_latency.json')
    kept = read_json(out) if Path(out).exists() else dict(rows=[])
    same = ('photos', 'backbone', 'weights_from')
    kept['rows'] = [r for r in kept['rows'] if any(r[k] != row[k] for k in same)] + [row]
    write_json(out, kept | dict(conditions=machine() | dict(browser=version)))


if __name__ == '__main__':
    main()
