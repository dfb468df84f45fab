"The table of faults names tests that are there, and its page is what the table says"

from faults import FAULTS, PAGE, absent, page, words_for


def test_every_fault_has_a_test_that_is_there():
    assert absent() == []
    assert all(f.fault and f.expected for f in FAULTS) and len(FAULTS) > 100
    assert len({f.fault for f in FAULTS}) == len(FAULTS)


def test_the_page_is_written_from_the_table():
    assert PAGE.read_text(encoding='utf-8') == page(), 'python tests/faults/faults.py writes it anew'


def test_a_run_without_the_flag_leaves_what_a_run_with_it_saw():
    named, slow = ['tests/a::b', 'tests/c::d'], {'c::d': 'passed'}
    first = words_for(named, slow, {}, 'slow', '1234567890')
    assert first == {'a::b': 'skipped', 'c::d': 'passed at 1234567890'}
    assert words_for(named, {'a::b': 'passed'}, first, '', '2234567890') == {'a::b': 'passed', 'c::d': first['c::d']}
    assert words_for(named, {'c::d': 'failed'}, first, 'slow', '2234567890')['c::d'] == 'failed'
    assert words_for(named, {}, {'a::b': 'passed'}, '', '2234567890')['a::b'] == 'skipped'
    assert words_for(named, {}, {'a::b': 'failed', 'c::d': 'error'}, '', '2234567890') == {'a::b': 'failed', 'c::d': 'error'}
