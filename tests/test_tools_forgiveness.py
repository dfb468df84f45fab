"The stored runs of lesson 3: how a good rate is searched, and that the file holds what its rule says"

import sys
from pathlib import Path

import numpy as np
import pytest

from sketch_lvm.study.stored import read_rows

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / 'tools'))
import forgiveness  # noqa: E402


def search(judge, path, what='norms'):
    return forgiveness.best_rate(what, path, judge)


@pytest.mark.parametrize(
    'best, tried',
    [(3e-3, [1e-3, 3e-3, 1e-2]), (0.03, [1e-3, 3e-3, 1e-2, 0.03, 0.09]), (3e-4, [1e-3, 3e-3, 1e-2, 3e-4, 9e-5])],
)
def test_a_search_goes_on_while_the_best_is_at_an_edge(tmp_path, best, tried):
    path = tmp_path / 'rows.jsonl'
    path.write_text('')
    asked = []

    def judge(rate):
        asked.append(rate)
        return -abs(np.log(rate / best))

    assert search(judge, path) == best and asked == tried
    assert search(judge, path) == best and asked == tried  # what was tried is read


def test_a_search_ends_where_no_rate_is_best(tmp_path):
    path = tmp_path / 'rows.jsonl'
    path.write_text('')
    search(lambda rate: rate, path)
    assert len(read_rows(path)) == forgiveness.MOST_RATES


def test_the_stored_runs_are_those_of_the_rule():
    frozen, *rows = read_rows(forgiveness.STORED)
    assert frozen['kind'] == 'frozen' and frozen['steps'] == forgiveness.STEPS
    for what, first in forgiveness.FIRST_RATES.items():
        tried = {d['rate']: d['mAP'] for d in rows if d['kind'] == 'tuning' and d['what'] == what}
        assert set(first) <= set(tried) and forgiveness.next_rate(first, tried) is None
        for factor in (1, 10):
            runs = [d for d in rows if d['kind'] == 'run' and (d['what'], d['factor']) == (what, factor)]
            assert [d['seed'] for d in runs] == list(forgiveness.SEEDS)
            assert {d['rate'] for d in runs} == {max(tried, key=tried.get) * factor}
            for d in runs:
                for part, names in frozen['names'].items():
                    assert len(d['AP'][part]) == len(names) and len(d['mAP'][part]) == len(forgiveness.LOOKS)
                    assert abs(np.mean(d['AP'][part]) - d['mAP'][part][-1]) < 1e-3
