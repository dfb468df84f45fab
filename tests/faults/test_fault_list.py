"The table of faults names tests that are there, and its page is what the table says"

from faults import FAULTS, PAGE, absent, page


def test_every_fault_has_a_test_that_is_there():
    assert absent() == []
    assert all(f.fault and f.expected for f in FAULTS) and len(FAULTS) > 100
    assert len({f.fault for f in FAULTS}) == len(FAULTS)


def test_the_page_is_written_from_the_table():
    assert PAGE.read_text(encoding='utf-8') == page(), 'python tests/faults/faults.py writes it anew'
