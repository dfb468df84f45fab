"A browser for tests: Chromium or Chrome through Playwright, and a folder for screenshots"

import os
import shutil
from pathlib import Path

import pytest

MINUTES = 60_000  # Playwright counts milliseconds; waits are generous, machines are busy
HOSTILE = '<img src=x onerror="window.hacked=1">'


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
        b = p.chromium.launch(executable_path=path, args=['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'])
        yield b
        b.close()


@pytest.fixture
def shots(tmp_path):
    folder = Path(os.environ.get('SKETCH_LVM_SHOTS') or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
