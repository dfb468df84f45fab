"What may change in the data without changing the answer, and what changes it by a rule"

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sketch_lvm.core import rng
from sketch_lvm.measure.metrics import rank_metrics

few = settings(max_examples=25, derandomize=True, database=None, deadline=None)
cases = given(st.integers(0, 10**6), st.integers(2, 12), st.integers(6, 40), st.integers(2, 5))


def drawn(seed, queries, photos, classes):
    "Vectors and class numbers; every class has a photo, and no two scores are equal"
    r = rng(seed)
    q, g = r.normal(size=(queries, 6)).astype('f'), r.normal(size=(photos, 6)).astype('f')
    return q, g, r.integers(0, classes, queries), np.arange(photos) % classes


def same(a, b, names=None, within=0.0):
    for name in names or a.per_query:
        assert np.allclose(a.per_query[name], b.per_query[name], rtol=0, atol=within, equal_nan=True), name
        assert abs(a.values[name] - b.values[name]) <= 1e-12 + within, name


@few
@cases
def test_order_and_pieces_change_nothing(seed, queries, photos, classes):
    q, g, ql, gl = drawn(seed, queries, photos, classes)
    base, r = rank_metrics(q, g, ql, gl, k=(3, 10)), rng(seed, stream=1)
    p, s = r.permutation(photos), r.permutation(queries)
    same(base, rank_metrics(q, g[p], ql, gl[p], k=(3, 10), chunk=int(r.integers(1, 200))))
    moved = rank_metrics(q[s], g, ql[s], gl, k=(3, 10))
    for name, v in base.per_query.items():
        assert (v[s] == moved.per_query[name]).all() and abs(base.macro[name] - moved.macro[name]) < 1e-12


@few
@cases
def test_names_of_classes_and_scale_change_nothing(seed, queries, photos, classes):
    q, g, ql, gl = drawn(seed, queries, photos, classes)
    base, r = rank_metrics(q, g, ql, gl, k=3), rng(seed, stream=2)
    names = np.array([f'{n} <b>é' for n in r.permutation(classes)])
    renamed = rank_metrics(q, g, names[ql], names[gl], k=3)
    same(base, renamed)
    for c, row in base.per_class.items():
        assert row == renamed.per_class[names[int(c)]]
    signs = r.choice([-1, 1], 6).astype('f')
    same(base, rank_metrics(q * signs, g * signs, ql, gl, k=3))  # all seen in a mirror
    same(base, rank_metrics(q * 4, g * 0.5, ql, gl, k=3))  # only directions count


@few
@cases
def test_doubled_photos_and_queries_follow_the_rule(seed, queries, photos, classes):
    q, g, ql, gl = drawn(seed, queries, photos, classes)
    base = rank_metrics(q, g, ql, gl, k=(2, 4))
    twice = rank_metrics(q, np.repeat(g, 2, 0), ql, np.repeat(gl, 2), k=(4, 8))
    for k in (2, 4):  # the first 2k of a doubled gallery are the first k, each twice
        assert np.allclose(base.per_query[f'P@{k}'], twice.per_query[f'P@{2 * k}'], rtol=0, atol=1e-12)
        assert np.allclose(
            base.per_query[f'P@{k}/min(R,k)'], twice.per_query[f'P@{2 * k}/min(R,k)'], rtol=0, atol=1e-12
        )
    for i, scores in enumerate(q @ (g / np.linalg.norm(g, axis=1, keepdims=True)).T):
        hit = (gl == ql[i])[np.argsort(-scores)]
        rank, found = np.flatnonzero(hit) + 1, np.arange(1, hit.sum() + 1)
        rule = (found / rank + (2 * found - 1) / (2 * rank - 1)).mean() / 2  # the second of a pair, and the first
        assert abs(twice.per_query['mAP@all'][i] - rule) < 1e-9
    asked = rank_metrics(np.repeat(q, 2, 0), g, np.repeat(ql, 2), gl, k=(2, 4))
    assert all(abs(base.values[n] - asked.values[n]) < 1e-12 > abs(base.macro[n] - asked.macro[n]) for n in base.values)


@few
@cases
def test_one_more_relevant_photo_in_front_never_hurts(seed, queries, photos, classes):
    q, g, ql, gl = drawn(seed, 1, photos, classes)
    base = rank_metrics(q, g, ql, gl, k=3).values
    better = rank_metrics(q, np.concatenate([g, q]), ql, np.concatenate([gl, ql]), k=3).values
    worse = rank_metrics(q, np.concatenate([g, q]), ql, np.concatenate([gl, (ql + 1) % classes]), k=3).values
    for name in ('mAP@all', 'P@3'):
        assert worse[name] <= base[name] + 1e-12 and base[name] <= better[name] + 1e-12, name


def test_mirrored_pairs_rank_as_the_pairs_do():
    "Sketches and photos turned over together, for an encoder that looks at every point alike"
    from sketch_lvm.data.items import toy_set

    toys = toy_set(classes=4, size=24)
    sides = [s.images().flatten(0, -4).double() / 255 for s in (toys.sketches, toys.photos)]
    labels = [toys.sketches.names.tolist(), toys.photos.names.tolist()]

    def scores(flip):
        x = [(1 - (s.flip(-1) if flip else s)).flatten(1) for s in sides]
        return rank_metrics(*x, *labels, k=3)

    same(scores(False), scores(True), within=1e-9)
    turned = [1 - sides[0].flip(-1).flatten(1), 1 - sides[1].flatten(1)]
    other = rank_metrics(*turned, *labels, k=3)
    assert abs(other.values['mAP@all'] - scores(False).values['mAP@all']) > 1e-6  # one side alone is another question


def test_a_gallery_answers_alike_however_it_was_made(tmp_path):
    from fuzz import small_gallery
    from sketch_lvm.data.items import toy_set
    from sketch_lvm.show.gallery import load_gallery, make_gallery

    base, toys = small_gallery(), toy_set(size=64)
    encoder, drawing = base.encoder, toys.sketches.read(3)
    want = [(h.id, h.score) for h in base.search(drawing, 20)]

    def alike(gallery, within=2e-5):
        hits = [(h.id, h.score) for h in gallery.search(drawing, 20)]
        assert {i for i, _ in hits} == {i for i, _ in want}
        known = dict(want)
        assert all(abs(score - known[i]) < within for i, score in hits), within
        for (_, high), (_, low) in zip(hits, hits[1:]):
            assert high >= low
        return hits

    for batch in (1, 7, 64):
        alike(make_gallery(encoder, toys, batch=batch, say=None))
    order = rng(0).permutation(len(toys.photos))
    alike(make_gallery(encoder, toys.photos.take(order), say=None))
    base.save(tmp_path / 'whole')
    base.save(tmp_path / 'half', half=True)
    assert alike(load_gallery(tmp_path / 'whole', encoder), 1e-12) == want
    alike(load_gallery(tmp_path / 'half', encoder), 1e-3)
    doubled = make_gallery(encoder, toys.photos.take(np.repeat(np.arange(len(toys.photos)), 2)), say=None)
    hits = doubled.search(drawing, 20)
    assert [h.copies for h in hits] == [2] * len(hits) and {h.id for h in hits} == {i for i, _ in want}


def test_a_loss_does_not_care_about_the_order_of_a_batch():
    from sketch_lvm.methods.losses import text_classification, triplet

    r = rng(4)
    z = torch.nn.functional.normalize(torch.from_numpy(r.normal(size=(3, 12, 8))), dim=-1)
    texts = torch.nn.functional.normalize(torch.from_numpy(r.normal(size=(5, 8))), dim=-1)
    labels, p = torch.from_numpy(r.integers(0, 5, 12)), torch.from_numpy(r.permutation(12))
    mirror = torch.tensor([1.0, -1.0] * 4, dtype=torch.float64)
    torch.testing.assert_close(triplet(*z), triplet(*z[:, p]))
    torch.testing.assert_close(triplet(*z), triplet(*(z * mirror)))
    before = text_classification(z[0], labels, texts, 0.1)
    torch.testing.assert_close(before, text_classification(z[0, p], labels[p], texts, 0.1))
    swapped = torch.from_numpy(r.permutation(5))  # classes under other numbers
    place = torch.empty(5, dtype=torch.long)
    place[swapped] = torch.arange(5)
    torch.testing.assert_close(before, text_classification(z[0], place[labels], texts[swapped], 0.1))
