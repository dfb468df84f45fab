"Nothing opens a file beside the doors without a reason"

from doors import PAGE, page, unargued


def test_every_place_that_opens_a_file_is_argued():
    assert not unargued()


def test_the_page_of_doors_is_written():
    assert PAGE.read_text(encoding='utf-8') == page(), 'python tests/faults/doors.py writes it'
