"""The explorer as a person meets it: one file opened from the disk, with the network off.

Written by hand, since it is about a page and no single room. See `browsing.py` for what it needs.
"""

import numpy as np
import pytest
from browsing import HOSTILE, MINUTES, busy_cores

pytestmark = pytest.mark.browser
BLUE = 'rgb(33, 102, 172)'


@pytest.fixture(scope='module')
def small_page(tmp_path_factory):
    "A page of 400 points in ten classes, one of them with a name that wants to be more"
    from sketch_lvm.show.explorer import Explorer, made_up_scene

    scene = made_up_scene(400, 10, 3)
    scene = scene._replace(names=np.where(scene.names == 'class 003', HOSTILE, scene.names))
    return Explorer(scene).save(tmp_path_factory.mktemp('explorer') / 'small.html'), scene


def opened(browser, path, end='', **how):
    "The page in a context that refuses every request; (page, what went wrong)"
    context = browser.new_context(**{'viewport': dict(width=1280, height=800), 'offline': True, **how})
    page, wrong = context.new_page(), []
    page.set_default_timeout(2 * MINUTES)
    page.on('pageerror', lambda e: wrong.append(str(e)))
    page.on('console', lambda m: wrong.append(m.text) if m.type == 'error' else None)
    asked = []
    page.on('request', lambda r: asked.append(r.url))
    page.goto(path.as_uri() + end)
    page.wait_for_function('window.explorer && window.explorer.drawn() > 0')
    page.asked = asked
    return page, wrong


def where(page, i):
    "Where a point is on the screen"
    x, y = page.evaluate('i => explorer.toScreen(explorer.at(i))', i)
    box = page.locator('.over').bounding_box()
    return box['x'] + x, box['y'] + y


def alone(page, kind):
    "A point of this kind that no other covers"
    return page.evaluate(
        """sketch => { const e = explorer, n = e.data.n, at = [...Array(n).keys()].map(i => e.toScreen(e.at(i)));
        return [...Array(n).keys()].find(i => (i < e.data.sketches) === sketch && e.data.own[i] !== undefined | !sketch &&
          at.every(([x, y], j) => j === i || Math.hypot(x - at[i][0], y - at[i][1]) > 6)) }""",
        kind == 'sketch',
    )


def test_pointing_clicking_and_circling(browser, small_page, shots):
    path, scene = small_page
    page, wrong = opened(browser, path)
    i = alone(page, 'sketch')
    page.mouse.move(*where(page, i))
    page.wait_for_selector('.tip:not([hidden])')
    assert scene.names[i] in page.locator('.tip').inner_text()
    page.mouse.click(*where(page, i))
    assert page.evaluate('explorer.state.picked') == i
    cards = page.locator('aside .card')
    assert [c.get_attribute('title') for c in cards.all()][:10] == [scene.ids[j] for j in scene.answers[2][i]]
    right = page.locator('aside .card.right').count()
    assert right == (scene.names[scene.answers[2][i]] == scene.names[i]).sum()
    page.screenshot(path=str(shots / 'explorer-1-picked.png'))
    cards.first.click()  # on to the first answer, a photo
    assert page.evaluate('explorer.state.picked') == scene.answers[2][i][0]

    page.keyboard.press('Escape')
    box = page.locator('.over').bounding_box()
    page.get_by_role('button', name='Lasso').click()
    corners = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]
    to = lambda a, b: (box['x'] + a * box['width'], box['y'] + b * box['height'])
    page.mouse.move(*to(*corners[0]))
    page.mouse.down()
    for c in corners[1:]:
        page.mouse.move(*to(*c), steps=4)
    page.screenshot(path=str(shots / 'explorer-2-lasso.png'))
    page.mouse.up()
    meant = page.evaluate(
        """([w, h]) => [...Array(explorer.data.n).keys()].filter(i => { const [x, y] = explorer.toScreen(explorer.at(i));
        return x > .1 * w && x < .9 * w && y > .1 * h && y < .9 * h }).length""",
        [box['width'], box['height']],
    )
    assert page.evaluate('explorer.state.listed.length') == meant > 50
    assert len(page.locator('aside textarea').input_value().splitlines()) == meant
    assert page.evaluate('window.hacked') is None and page.locator('aside img, header img').count() == 0
    assert wrong == [] and all(u.startswith(('file:', 'blob:', 'data:')) for u in page.asked)
    page.context.close()


def test_everything_is_reached_with_keys(browser, small_page, shots):
    page, wrong = opened(browser, small_page[0])
    page.locator('.over').focus()
    page.keyboard.press('ArrowRight')
    first = page.evaluate('explorer.state.hover')
    assert first >= 0
    page.keyboard.press('ArrowUp')
    second = page.evaluate('explorer.state.hover')
    up = page.evaluate('([a, b]) => explorer.at(b)[1] < explorer.at(a)[1]', [first, second])
    assert second != first and up
    page.keyboard.press('Enter')
    assert page.evaluate('explorer.state.picked') == second and page.locator('aside h2').is_visible()
    assert 'selected' in page.locator('.told').inner_text()
    before = page.evaluate('explorer.view.zoom')
    page.keyboard.press('+')
    assert page.evaluate('explorer.view.zoom') > before
    page.keyboard.press('Escape')
    assert page.evaluate('explorer.state.picked') == -1
    page.get_by_role('combobox', name='Show').select_option('class 004')
    assert 'in the list' in page.locator('aside h2').inner_text()
    slider = page.get_by_label('Step of the training')
    slider.focus()
    page.keyboard.press('ArrowLeft')
    assert page.evaluate('explorer.state.step') == 1 and slider.get_attribute('aria-valuetext') == 'step 10'
    assert 'neighbours' in page.locator('.steady').inner_text()
    assert wrong == []
    page.context.close()


def test_colours_and_themes(browser, small_page, shots):
    path, scene = small_page
    page, wrong = opened(browser, path, color_scheme='dark')
    for k, name in enumerate(('sketch or photo', 'seen or unseen', 'right or wrong', 'class')):
        page.get_by_role('combobox', name='Colour').select_option(name)
        assert page.locator('.legend .entry').count() == [2, 2, 3, 10][k]
        page.screenshot(path=str(shots / f'explorer-3-{k}.png'))
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role('button', name='Dark or light').click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.get_by_role('button', name='class 004').click()
    page.screenshot(path=str(shots / 'explorer-4-light.png'))
    assert page.evaluate('explorer.state.listed.length') == (scene.names == 'class 004').sum()
    assert wrong == []
    page.context.close()
    page, wrong = opened(browser, path, viewport=dict(width=390, height=844), has_touch=True, is_mobile=True)
    page.touchscreen.tap(*where(page, alone(page, 'sketch')))
    page.wait_for_function('explorer.state.picked >= 0')
    page.screenshot(path=str(shots / 'explorer-5-phone.png'), full_page=True)
    assert page.evaluate('document.documentElement.scrollWidth') <= 390 and wrong == []
    page.context.close()


def processor_seconds(browser):
    "What the browser and all its processes have used of the processor: other programs do not count, as by the clock"
    asked = browser.new_browser_cdp_session()
    used = sum(p['cpuTime'] for p in asked.send('SystemInfo.getProcessInfo')['processInfo'])
    asked.detach()
    return used


def test_many_points(browser, tmp_path, shots):
    "Fifty thousand points; what a frame takes and how many a second are shown, for both painters, without a GPU"
    import os

    from sketch_lvm.core import data_path, machine, write_json
    from sketch_lvm.show.explorer import Explorer, made_up_scene

    frames, counted, busy = {}, {}, busy_cores(2)
    file = Explorer(made_up_scene(50_000)).save(tmp_path / 'many.html')
    for end in ('#webgl', ''):
        page, wrong = opened(browser, file, end)
        page.evaluate('explorer.time(10)')  # the browser compiles what runs often
        took = sorted(page.evaluate('explorer.time(60)'))
        kind = page.evaluate('explorer.kind')
        print(f'{kind}: median {took[30]:.1f} ms, p95 {took[57]:.1f} ms, {1000 / took[30]:.0f} frames a second')
        counted[kind] = round(page.evaluate('explorer.counted(3)'), 1)
        print(f'{kind}: {counted[kind]} frames a second were shown, {busy} cores busy before')
        before = processor_seconds(browser)
        page.evaluate('explorer.turn(60)')
        cpu = 1000 * (processor_seconds(browser) - before) / 60
        print(f'{kind}: {cpu:.1f} ms of processor time a frame that is shown, in all processes of the browser')
        frames[kind] = dict(
            least=round(took[0], 1), median=round(took[30], 1), p95=round(took[57], 1), processor=round(cpu, 1)
        )
        assert cpu < 1000 and counted[kind] > 0 and wrong == []  # by the clock a busy machine takes as long as it likes
        if end:
            page.context.close()
    measured = dict(
        command='SKETCH_LVM_SAVE=1 pytest --flags browser tests/test_browser_explorer.py -k many',
        conditions=machine() | dict(browser=browser.version, load=os.getloadavg()[0], busy_before=busy),
        points=50_000,
        canvas=page.evaluate('(c => [c.width, c.height])(document.querySelector("canvas"))'),
        milliseconds=frames,
        frames_a_second=counted,
    )
    write_json(shots / 'explorer_frames.json', measured)
    if os.environ.get('SKETCH_LVM_SAVE'):  # on a quiet machine: the bar is 30 frames a second, by the clock
        write_json(data_path('results', 'explorer_frames.json'), measured)
    page.get_by_role('combobox', name='Colour').select_option('seen or unseen')
    page.screenshot(path=str(shots / 'explorer-6-many.png'))
    found = page.evaluate(
        'async () => { const t = performance.now(); for (let i = 0; i < 200; i++) explorer.find(3 * i, 2 * i); return (performance.now() - t) / 200 }'
    )
    assert found < 20 and wrong == []
    page.context.close()


def test_a_plain_canvas_paints_what_webgl_does(browser, small_page):
    "Same colours at the middle of points that no other covers, whichever paints"
    path, _ = small_page
    seen = []
    for end in ('#webgl', ''):
        page, wrong = opened(browser, path, end)
        points = [alone(page, 'sketch'), alone(page, 'photo')]
        seen.append(
            page.evaluate(
                """points => new Promise(done => { explorer.go(0, explorer.state.step, false);  // asks for a frame
                requestAnimationFrame(() => {  // in the same frame, after it was drawn
                  const from = document.querySelector('canvas'), c = document.createElement('canvas');
                  c.width = from.width; c.height = from.height;
                  const g = c.getContext('2d'); g.drawImage(from, 0, 0);
                  const ratio = from.width / from.clientWidth;
                  done(points.map(i => explorer.toScreen(explorer.at(i)).map(v => Math.round(v * ratio)))
                    .map(([x, y]) => [...g.getImageData(x, y, 1, 1).data])) }) })""",
                points,
            )
        )
        assert wrong == []
        page.context.close()
    assert np.abs(np.subtract(*seen)).max() <= 3 and np.array(seen)[..., 3].min() > 200
