"""The system to be touched, as a person meets it: one file opened from the disk, with the network off.

Written by hand, since it is about a page and no single room. See `browsing.py` for what it needs.
"""

import base64

import numpy as np
import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module')
def written(tmp_path_factory):
    "A page of made-up numbers: two sketches, twenty photos, three steps"
    from sketch_lvm.core import rng
    from sketch_lvm.show.explorer import sprite_sheets
    from sketch_lvm.show.livesystem import LiveSystem
    from sketch_lvm.show.search import png

    draw, names = rng(0), ['cow', 'bat'] * 10
    pictures = draw.integers(0, 255, (20, 48, 48, 3)).astype(np.uint8)
    sketch = base64.b64encode(png(draw.integers(0, 255, (64, 64, 3)).astype(np.uint8))).decode()
    data = dict(size=64, grid=8, layers=4, width=192, dim=128, prompts=3, about='made up', steps=[0, 10, 20])
    data |= dict(moved=[dict(prompts=p, norms=p / 10) for p in (0, 0.5, 0.75)], names=names, columns=5, side=48)
    data |= dict(vectors=draw.normal(size=(3, 2, 16)).tolist(), cosines=draw.random((3, 2, 20)).tolist())
    data |= dict(ap=draw.random((3, 2)).tolist(), sheet=base64.b64encode(sprite_sheets(pictures, 48, 5)[0]).decode())
    data |= dict(queries=[dict(name=n, own=i, image=sketch) for i, n in enumerate(('cow', 'bat'))])
    return LiveSystem(data).save(tmp_path_factory.mktemp('live') / 'live.html'), data


def opened(browser, path, **how):
    "The page without a network; (page, what went wrong or was asked for)"
    context = browser.new_context(**{'viewport': dict(width=980, height=800), 'offline': True, **how})
    page, wrong = context.new_page(), []
    page.on('pageerror', lambda e: wrong.append(str(e)))
    page.on('console', lambda m: wrong.append(m.text) if m.type == 'error' else None)
    page.on('request', lambda r: wrong.append(r.url) if not r.url.startswith(('file:', 'data:')) else None)
    page.goto(path.as_uri())
    page.wait_for_function('window.live')
    return page, wrong


def first_photo(page):
    "The number of the photo that stands in the first place"
    return page.evaluate(
        '[...document.querySelectorAll(".ranking div")].findIndex(e => e.style.transform === "translate(0px, 0px)")'
    )


def test_stations_speak_and_the_slider_ranks_again(browser, written, shots):
    path, data = written
    page, wrong = opened(browser, path)
    said, slider = page.locator('.said'), page.locator('#step')
    for name, words in (('patches', '[64, 3, 8, 8]'), ('tokens', '[1, 68, 192]'), ('cosine', '[1, 20]')):
        page.locator('.station', has_text=name).hover()
        assert words in said.inner_text(), name
    page.locator('.station', has_text='blocks').hover()
    assert '7.5 %' in said.inner_text()  # what the LayerNorms moved in twenty steps
    found = []
    slider.focus()
    for step in (2, 1, 0):
        assert first_photo(page) == int(np.argmax(data['cosines'][step][0]))
        found.append(page.locator('.key').first.inner_text())
        page.keyboard.press('ArrowLeft')
    assert f'{data["ap"][0][0]:.3f}' in found[2] and 'frozen' in found[2]
    page.locator('.station', has_text='tokens').hover()
    assert 'no prompts' in said.inner_text()  # at step zero
    page.get_by_role('button', name='a sketch of bat').click()
    assert first_photo(page) == int(np.argmax(data['cosines'][0][1]))
    page.screenshot(path=shots / 'live-system.png', full_page=True)
    assert wrong == []
    page.context.close()


def test_it_fits_a_phone_and_answers_to_touch(browser, written, shots):
    path, data = written
    page, wrong = opened(browser, path, viewport=dict(width=390, height=800), has_touch=True)
    assert page.evaluate('document.documentElement.scrollWidth') <= 390
    page.locator('.station', has_text='one vector').tap()
    assert '[1, 128]' in page.locator('.said').inner_text()
    page.get_by_role('button', name='a sketch of bat').tap()
    assert first_photo(page) == int(np.argmax(data['cosines'][2][1])) and wrong == []
    page.screenshot(path=shots / 'live-system-phone.png', full_page=True)
    page.context.close()
