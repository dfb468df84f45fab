"The short form of fuzz.py, and the inputs that once got through"

import pytest
from fuzz import TARGETS, fuzz

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
)
FOUND = [  # target, seed, number: what happened
    ('gallery', 0, 36, 'a header of an array without an end was a TokenError'),
    ('archive', 1, 1398, 'an entry of a zip file without a name was an IndexError'),
    ('configuration', 2, 6747, 'a backbone whose name is longer than any file name was an OSError'),
    ('shard', 3, 126, 'a header of an array without an end was a TokenError here, too'),
    ('report', 0, 9, 'a sentence repeated the escape sequence of a name'),
    ('gallery', 4, 19213, 'a gallery said the name of its encoder with an escape sequence in it'),
]
ANSWERED = {('archive', 1398), ('configuration', 6747), ('shard', 126), ('gallery', 19213)}  # the others are refused


@pytest.mark.parametrize('target', TARGETS)
def test_damaged_input_is_answered_or_refused(target):
    refused, bad = fuzz(target, range(COUNTS[target]))
    assert not bad, bad
    assert bool(refused) == (target not in ('pad', 'archive', 'app', 'shard')), (
        'these answer by themselves, the others refuse much'
    )


@pytest.mark.parametrize('target, seed, number, what', FOUND)
def test_what_once_got_through_stays_refused(target, seed, number, what):
    refused, bad = fuzz(target, range(number, number + 1), seed)
    assert bool(refused) == ((target, number) not in ANSWERED) and not bad, (what, bad)


@pytest.mark.slow
@pytest.mark.parametrize('target', TARGETS)
def test_a_hundred_thousand_inputs(target, request):
    refused, bad = fuzz(target, range(request.config.getoption('--inputs')), 2)
    assert not bad, bad
