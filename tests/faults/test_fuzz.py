"The short form of fuzz.py, its judge, and the inputs that once got through"

import resource
import time
from unittest import mock

import numpy as np
import pytest
import fuzz as program
from fuzz import MEMORY, ROOM, TARGETS, crashed, fuzz, judged, limited, replay

COUNTS = dict(
    ndjson=400,
    bin=400,
    configuration=200,
    report=150,
    pad=150,
    archive=100,
    checkpoint=60,
    gallery=60,
    app=60,
    lock=150,
    shard=60,
    encoder=30,
    exported=30,
    perquery=150,
    strokes=300,
)
@pytest.mark.parametrize('target', TARGETS)
def test_damaged_input_is_answered_or_refused(target):
    refused, bad = fuzz(target, range(COUNTS[target]))
    assert not bad, bad
    assert bool(refused) == (target not in ('pad', 'archive', 'app', 'shard')), (
        'these answer by themselves, the others refuse much'
    )


def test_what_once_got_through_stays_refused():
    "By its bytes: they are the same whatever the generators draw today"
    assert len(crashed()) >= 6
    for kept in crashed():
        refused, bad = replay(kept)
        assert refused == kept['refused'] and not bad, (kept['target'], kept['what'], bad)


def test_the_judge_sees_what_no_input_may_do():
    from sketch_lvm.core import UserError

    def says(text):
        raise UserError(text)

    def spends():
        deadline = time.process_time() + 0.1
        while time.process_time() < deadline:
            pass

    assert judged(lambda x: None, {}) == (False, []) and judged(lambda x: says('no'), {}) == (True, [])
    for text in ('', ' ', '\x1b[2J'):
        with mock.patch.object(UserError, '__str__', lambda e: text):
            assert 'empty or commands a terminal' in judged(lambda x: says(text), {})[1][0]
    assert 'ZeroDivisionError' in judged(lambda x: 1 / 0, {})[1][0]
    with mock.patch.object(program, 'SECONDS', 0.05):
        assert 'seconds' in judged(lambda x: spends(), {})[1][0]
    if not program.forget_peak():
        pytest.skip('this system does not say what memory a process had at most')
    for _ in range(2):  # an earlier peak hides none
        assert 'MB of memory' in judged(lambda x: b'x' * (MEMORY + (32 << 20)), {})[1][0]
    assert judged(lambda x: b'x' * (MEMORY // 2), {}) == (False, [])
    free = resource.getrlimit(resource.RLIMIT_AS)
    with limited():
        assert 'MemoryError' in judged(lambda x: np.empty(2 * ROOM, np.uint8), {})[1][0]
    assert resource.getrlimit(resource.RLIMIT_AS) == free


@pytest.mark.slow
@pytest.mark.parametrize('target', TARGETS)
def test_a_hundred_thousand_inputs(target, request):
    refused, bad = fuzz(target, range(request.config.getoption('--inputs')), 2)
    assert not bad, bad
