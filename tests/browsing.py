"""A browser for tests and for `latency.py`: Chromium or Chrome through Playwright, a mouse that draws, an app and a
JupyterLab to open in it, and a folder for screenshots"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MINUTES = 60_000  # Playwright counts milliseconds; waits are generous, machines are busy
HOSTILE = '<img src=x onerror="window.hacked=1">'
FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']
READY = '''() => { const s = window.jupyterapp?.shell.currentWidget?.sessionContext, k = s?.session?.kernel;
                     return s?.isReady && k?.connectionStatus === "connected" && k.status === "idle" }'''
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells').then(fine => { window.ran = !!fine }) }"


def chromium():
    named = os.environ.get('SKETCH_LVM_CHROMIUM')
    return named or next(
        filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'))), None
    )


@pytest.fixture(scope='module')
def browser():
    sync = pytest.importorskip('playwright.sync_api', reason='Playwright is not installed: pip install playwright')
    path = chromium()
    if not path:
        pytest.skip('no Chromium or Chrome here: apt-get install chromium, or set SKETCH_LVM_CHROMIUM')
    with sync.sync_playwright() as p:
        b = p.chromium.launch(executable_path=path, args=FLAGS)
        yield b
        b.close()


@pytest.fixture
def shots(tmp_path):
    folder = Path(os.environ.get('SKETCH_LVM_SHOTS') or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def busy_cores(seconds: float = 5) -> float | None:
    "How many cores are kept busy, over the next seconds; None where the system does not say (it is Linux that does)"

    def ticks() -> list[int]:
        return [int(n) for n in Path('/proc/stat').read_text().split('\n')[0].split()[1:9]]

    if not Path('/proc/stat').exists():
        return None
    before = ticks()
    time.sleep(seconds)
    spent = [b - a for a, b in zip(before, ticks())]
    return round((os.cpu_count() or 1) * (1 - sum(spent[3:5]) / max(1, sum(spent))), 2)  # idle, and waiting for a disk


# ---- drawing


def strokes_of(name: str, number: int) -> list:
    "A drawing of the mini world's, as plain numbers"
    from sketch_lvm.world.freehand import sketch_strokes

    return [[axis.round(1).tolist() for axis in s] for s in sketch_strokes(name, number)]


def places(canvas, strokes: list) -> list[list[tuple[float, float]]]:
    "Where the points of strokes lie on the screen; a page that still moves is waited for, or the pen slips off it"
    canvas.scroll_into_view_if_needed()
    box = still = canvas.bounding_box()
    for _ in range(50):
        canvas.page.wait_for_timeout(100)
        box, still = canvas.bounding_box(), box
        if box == still:
            break
    else:
        raise AssertionError(f'the page to draw on keeps moving: {still}, then {box}')
    k = (box['width'] - 2) / 255  # a border of one pixel
    return [[(box['x'] + 1 + x * k, box['y'] + 1 + y * k) for x, y in zip(*s)] for s in strokes]


def draw(
    canvas,
    strokes: list,
    pause: float = 0,  # milliseconds between two points
    after: Callable[[], object] = lambda: None,  # called after each stroke
) -> None:
    "With the mouse; without a pause faster than a person"
    mouse = canvas.page.mouse
    for points in places(canvas, strokes):
        mouse.move(*points[0])
        mouse.down()
        for p in points[1:]:
            mouse.move(*p)
            if pause:
                canvas.page.wait_for_timeout(pause)
        mouse.up()
        after()


# ---- what is opened


def stop(process: subprocess.Popen) -> None:
    "End a process that was started here"
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def started_app(*words, cwd: Path | None = None) -> Iterator[str]:
    "`sketch_lvm app` in a process of its own, on a port that is free; its address"
    words = [sys.executable, '-m', 'sketch_lvm', 'app', *words, '--port', '0', '--no-browser']
    env = dict(os.environ, PYTHONUNBUFFERED='1')
    how = dict(stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, cwd=cwd)
    process = subprocess.Popen([*map(str, words)], **how)
    try:
        said = ''
        while not (found := re.search(r'http://\S+', said)):
            line = process.stdout.readline()
            assert line, f'the app ended: {said}'
            said += line
        yield found[0]
    finally:
        stop(process)


@contextlib.contextmanager
def started_lab(home: Path) -> Iterator[tuple[str, Path]]:
    "JupyterLab on a folder of its own below `home`; (its address, with a place for a notebook's name; the folder)"
    folder = home / 'work'
    folder.mkdir(parents=True, exist_ok=True)
    quiet = home / 'settings' / '@jupyterlab' / 'apputils-extension'
    quiet.mkdir(parents=True, exist_ok=True)
    (quiet / 'notification.jupyterlab-settings').write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        port = s.getsockname()[1]
    env = {
        **os.environ,
        'PYTHONPATH': str(ROOT),
        'JUPYTER_CONFIG_DIR': str(home / 'config'),
        'JUPYTER_RUNTIME_DIR': str(home / 'runtime'),
        'IPYTHONDIR': str(home / 'ipython'),
        'JUPYTERLAB_SETTINGS_DIR': str(home / 'settings'),
        'JUPYTERLAB_WORKSPACES_DIR': str(home / 'workspaces'),
    }
    words = [
        '--no-browser',
        '--allow-root',
        '--ServerApp.ip=127.0.0.1',
        f'--ServerApp.port={port}',
        '--ServerApp.port_retries=0',
        '--IdentityProvider.token=drawn',
        f'--ServerApp.root_dir={folder}',
        '--LabApp.expose_app_in_browser=True',
    ]
    with open(home / 'server.log', 'wb') as log:
        server = subprocess.Popen(
            [sys.executable, '-m', 'jupyterlab', *words], env=env, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(240):
            if server.poll() is not None:
                break
            with (
                contextlib.suppress(urllib.error.URLError, ConnectionError),
                urllib.request.urlopen(f'http://127.0.0.1:{port}/api?token=drawn') as r,
            ):
                if r.status == 200:
                    break
            time.sleep(0.5)
        else:
            raise TimeoutError('JupyterLab did not answer:\n' + (home / 'server.log').read_text()[-2000:])
        if server.poll() is not None:
            raise RuntimeError('JupyterLab ended:\n' + (home / 'server.log').read_text()[-2000:])
        yield f'http://127.0.0.1:{port}/lab/tree/%s?token=drawn&reset', folder
    finally:
        stop(server)


def open_notebook(page, address: str) -> None:
    "Open a notebook in JupyterLab, and wait for its kernel"
    page.goto(address, wait_until='domcontentloaded')
    page.wait_for_selector('.jp-Notebook .jp-Cell', state='visible')
    page.wait_for_function(READY)


def run_notebook(page) -> None:
    "Run every cell of the notebook that is open; none may fail"
    page.evaluate(RUN)
    page.wait_for_function('window.ran !== undefined', timeout=6 * MINUTES)
    failed = page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    assert page.evaluate('window.ran') and failed.count() == 0, failed.all_inner_texts() or 'the notebook stopped'
    page.wait_for_selector('.sketch-pad canvas', state='attached')


def notebook(*cells: str) -> str:
    "A notebook of these cells, as text"
    import json

    made = [
        dict(cell_type='code', id=f'c{i}', source=c.strip(), metadata={}, outputs=[], execution_count=None)
        for i, c in enumerate(cells)
    ]
    kernel = dict(kernelspec=dict(name='python3', display_name='python3', language='python'))
    return json.dumps(dict(cells=made, metadata=kernel, nbformat=4, nbformat_minor=5))
