"Faults that a second look at the list added: odd JSON, links in the way, names that look like one, clocks, renames"

import gzip
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from full_disk import holds_on

from sketch_lvm.core import UserError, atomic_write, read_json, write_json
from sketch_lvm.files import json_lines, open_to_add
from sketch_lvm.plain import plain_json
from sketch_lvm.train.sealed import SEAL, make_seal, read_folder, write_folder

ODD = {
    'NaN': b'{"a": NaN}',
    'infinity': b'{"a": -Infinity}',
    'too large': b'{"a": 1e999}',
    'a million digits': b'{"a": ' + b'9' * 10**6 + b'}',
    'two of one name': b'{"a": {"b": 1, "b": 2}}',
    'brackets': b'{"a": ' + b'[' * 10**5,
    'nothing': b'',
    'no text': b'\xff\xfe',
}


@pytest.mark.parametrize('name', ODD)
def test_odd_json_is_refused_by_every_reader(name, tmp_path):
    from sketch_lvm.measure.report import load_report
    from sketch_lvm.show.drawing import read_strokes
    from sketch_lvm.show.keeping import read_kept
    from sketch_lvm.study.experiments import read_experiment
    from sketch_lvm.train.checkpoints import read_checkpoint
    from sketch_lvm.train.exported import read_about
    from sketch_lvm.train.runs import read_log
    from sketch_lvm.train.share import read_config

    odd, folder, path = ODD[name], tmp_path / 'x', tmp_path / 'x' / 'config.json'
    with pytest.raises(ValueError):
        plain_json(odd)
    folder.mkdir()
    path.write_bytes(odd)
    (folder / 'log.jsonl').write_bytes(odd + b'\n' if name not in ('nothing', 'no text') else b'{\n')

    def sealed(files, read):
        at = write_folder(tmp_path / 'sealed', files)
        return read(at)

    for read in (
        lambda: read_json(path),
        lambda: load_report(path),
        lambda: read_experiment(folder),
        lambda: read_strokes(path),
        lambda: read_log(folder),
        lambda: read_config(odd, path),
        lambda: sealed({'config.json': odd, 'classes.json': b'[]'}, read_kept),
        lambda: sealed({'state.json': odd, 'weights.safetensors': b'', 'optimiser.safetensors': b''}, read_checkpoint),
        lambda: read_about(dict(kind=json.dumps('sketch_lvm image tower'), a=odd.decode('latin-1')), path),
    ):
        with pytest.raises(UserError) as e:
            read()
        assert len(str(e.value)) < 2000


def test_a_seal_with_a_name_twice_is_damaged(tmp_path):
    folder = write_folder(tmp_path / 'x', {'a': b'1'})
    seal = make_seal({'a': b'1'}).decode()
    (folder / SEAL).write_text(seal.replace('"files": {', '"files": {\n  "a": "0",'))
    with pytest.raises(UserError, match='is damaged'):
        read_folder(folder)


def test_links_in_the_way_of_a_writer_are_not_followed(tmp_path):
    other = tmp_path / 'other'
    other.mkdir()
    (other / 'kept').write_bytes(b'mine')

    path = tmp_path / 'out.json'  # an output that is a link: the link goes, its aim stays
    path.symlink_to(other / 'kept')
    write_json(path, 1)
    assert (other / 'kept').read_bytes() == b'mine' and not path.is_symlink() and path.read_text() == '1\n'

    path = tmp_path / 'log.jsonl'  # a log that is a link, or a pipe
    path.symlink_to(other / 'kept')
    with pytest.raises(UserError, match='a link or a pipe'):
        open_to_add(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(UserError, match='a link or a pipe'):
        open_to_add(path)

    for where in ('.sealed.new.tmp', '.sealed.old.tmp', 'sealed'):  # a folder that is a link, or stands beside one
        (tmp_path / where).symlink_to(other)
        for content in (b'1', b'2'):  # the second finds what the first has left
            write_folder(tmp_path / 'sealed', {'a': content})
            assert read_folder(tmp_path / 'sealed') == {'a': content}
        assert not (tmp_path / 'sealed').is_symlink()
        assert os.listdir(other) == ['kept'] and (other / 'kept').read_bytes() == b'mine'
        assert not list(tmp_path.glob('.*'))
        shutil.rmtree(tmp_path / 'sealed')


def test_a_link_that_appears_while_a_file_is_written(tmp_path):
    path, other = tmp_path / 'a', tmp_path / 'other'
    other.write_bytes(b'mine')
    with atomic_write(path) as f:
        path.symlink_to(other)
        f.write(b'new')
    assert other.read_bytes() == b'mine' and path.read_bytes() == b'new' and not path.is_symlink()


def test_the_lock_of_an_index_follows_no_link(tmp_path):
    from sketch_lvm.show.growing import alone, parts_folder

    other, parts = tmp_path / 'other', parts_folder(tmp_path / 'g')
    other.write_bytes(b'mine')
    parts.mkdir(parents=True)
    (parts / 'LOCK').symlink_to(other)
    with pytest.raises(UserError, match='a link or a pipe'), alone(tmp_path / 'g'):
        pass
    assert other.read_bytes() == b'mine'


def test_a_list_that_is_a_bomb_cut_or_no_text(tmp_path):
    from sketch_lvm.data import csvlists
    from sketch_lvm.data.realsets import read_filelist

    whole = gzip.compress(b''.join(b'photo/cat/%d.jpg 3\n' % k for k in range(5000)))
    for name, content in {
        'cut.gz': whole[: len(whole) // 2],
        'flipped.gz': whole[:40] + bytes([whole[40] ^ 255]) + whole[41:],
        'none.gz': b'no gzip',
        'line.gz': gzip.compress(b'a' * 10**6),
        'text': b'\xff\xfe\xfd 1\n',
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        for read in (read_filelist, csvlists.read_csv_list):
            with pytest.raises(UserError, match=name.partition('.')[0]):
                read(path)
    (tmp_path / 'whole.gz').write_bytes(whole)
    assert len(read_filelist(tmp_path / 'whole.gz')) == 5000
    with mock.patch.object(csvlists, 'LONGEST_LIST', 10**4), pytest.raises(UserError, match='longer than any list'):
        read_filelist(tmp_path / 'whole.gz')


def test_weights_without_a_byte_are_called_empty(tmp_path):
    from sketch_lvm.clip.weights import read_weights

    path = tmp_path / 'weights.safetensors'
    path.touch()
    with pytest.raises(UserError, match='is empty'):
        read_weights(path)


def photos_in(folder, names):
    from PIL import Image

    for k, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((9, 9, 3), 40 * k + 20, np.uint8)).save(path, 'PNG')
    return folder


def test_twins_in_unicode_and_names_of_devices_stay_apart(tmp_path):
    "Two spellings of one letter look alike; CON and AUX are files anywhere but on Windows; -x is no option here"
    from sketch_lvm.data.items import SketchPhotoSet

    one, two = (unicodedata.normalize(form, 'café') for form in ('NFC', 'NFD'))
    names = [f'{one}/a.png', f'{two}/a.png', 'CON/AUX.png', 'nul /a .png', '-x/--help.png', 'a/new\nline.png']
    photos_in(tmp_path, names)
    if len(os.listdir(tmp_path)) < 5:
        pytest.skip('this disk takes the two spellings for one')
    items, report = SketchPhotoSet.from_folder(photo=tmp_path)
    assert len(items) == len(set(items.ids)) == len(names) and not report.left_out
    assert len({items.read(r).mean() for r in range(len(items))}) == len(names)
    assert len(set(items.classes)) == 5


def test_a_file_that_is_named_like_an_option(tmp_path):
    done = subprocess.run(
        [sys.executable, '-m', 'sketch_lvm', 'index', '-x'], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2 and 'Traceback' not in done.stderr


def test_lines_that_a_dead_writer_left(tmp_path):
    path = tmp_path / 'rows.jsonl'
    assert json_lines(path) == []
    path.write_bytes(b'{"step": 1}\n{"step": 2}\n{"ste')
    assert json_lines(path) == [dict(step=1), dict(step=2)]
    path.write_bytes(b'{"step": 1}\n{"ste\n{"step": 3}\n')
    with pytest.raises(UserError, match='line 2'):
        json_lines(path)


def test_a_picture_set_that_was_cut_is_drawn_again(tmp_path):
    from sketch_lvm.core import temporary_cache
    from sketch_lvm.world.imagesets import image_set

    with temporary_cache() as place:
        whole = image_set('cat', 2, size=16, workers=1)[0].copy()
        (path,) = place.rglob('*.npy')
        for content in (path.read_bytes()[:-1], b''):
            path.write_bytes(content)
            assert (image_set('cat', 2, size=16, workers=1)[0] == whole).all()


def test_a_caption_that_is_no_text_is_noted(tmp_path):
    from sketch_lvm.data.folders import ScanReport
    from sketch_lvm.data.instances import caption_in, list_stems

    report, path = ScanReport(str(tmp_path)), tmp_path / '1.txt'
    path.write_bytes(b'\xff\xfe\xfd')
    assert caption_in(path, report) == '' and 'cannot be read' in report.notes[0]
    with pytest.raises(UserError, match='cannot be read'):
        list_stems(path)


def test_a_gallery_that_is_moved_while_it_is_open(tmp_path):
    from fuzz import small_gallery

    from sketch_lvm.show.gallery import load_gallery

    small_gallery().save(tmp_path / 'a')
    g = load_gallery(tmp_path / 'a')
    before = [g.ids[0], g.names[0], g.thumbs[0], g.features.sum().item()]
    (tmp_path / 'a').rename(tmp_path / 'b')
    small_gallery().save(tmp_path / 'a')  # and another takes its name
    for name in ('a', 'b'):
        shutil.rmtree(tmp_path / name)  # and both go
    assert [g.ids[0], g.names[0], g.thumbs[0], g.features.sum().item()] == before


USES = {
    'features.npy': lambda g: g.features.sum().item(),
    'thumbs.bin': lambda g: g.thumbs[0],
    'thumbs.ends.npy': lambda g: g.thumbs[-1],
    'ids.bin': lambda g: list(g.ids),
    'names.npy': lambda g: g.names[0],
}


def test_a_small_gallery_that_is_cut_in_place_while_it_is_open(tmp_path):
    from fuzz import small_gallery

    from sketch_lvm.show.gallery import load_gallery
    from sketch_lvm.testing.crash import in_child

    small_gallery().save(tmp_path / 'g')
    g = load_gallery(tmp_path / 'g')
    before = [use(load_gallery(tmp_path / 'g')) for use in USES.values()]
    for file in (tmp_path / 'g').iterdir():
        os.truncate(file, 0)

    def goes_on():
        assert [use(g) for use in USES.values()] == before

    assert os.waitpid(in_child(goes_on), 0)[1] == 0


def test_a_large_gallery_that_is_cut_in_place_while_it_is_open(tmp_path):
    from fuzz import small_gallery

    from sketch_lvm.show.gallery import load_gallery
    from sketch_lvm.testing.crash import in_child

    small_gallery().save(tmp_path / 'g')

    def uses():
        for name, use in USES.items():
            g, file = load_gallery(tmp_path / 'g'), tmp_path / 'g' / name
            content = file.read_bytes()
            use(g)
            os.truncate(file, 0)  # to read on would end the process
            try:
                with pytest.raises(UserError, match=f'{name} was cut while it was open'):
                    use(g)
                with open(file, 'r+b') as f:
                    f.write(content)
                use(g)  # it is all there again
            finally:
                file.write_bytes(content)

    with mock.patch('sketch_lvm.show.gallery.SMALL_FILE', 0):  # all is mapped, as of a gallery of gigabytes
        assert os.waitpid(in_child(uses), 0)[1] == 0


def test_a_large_gallery_that_is_cut_between_two_blocks_of_a_search(tmp_path):
    import torch
    from fuzz import small_gallery

    from sketch_lvm.show import search
    from sketch_lvm.show.keeping import read_kept
    from sketch_lvm.testing.crash import in_child

    many = small_gallery()
    many.features = many.features[torch.arange(10_000) % len(many)]  # many pages
    many.ids, many.names = [f'{k}' for k in range(10_000)], ['a'] * 10_000
    many.thumbs = [many.thumbs[0]] * 10_000
    many.save(tmp_path / 'g')

    def searched():
        features, looks, real = read_kept(tmp_path / 'g').features, [], search.check_whole

        def cuts(x):
            looks.append(x)
            if len(looks) == 3:
                os.truncate(tmp_path / 'g' / 'features.npy', 2**16)
            real(x)

        with mock.patch.object(search, 'check_whole', cuts):
            with pytest.raises(UserError, match='features.npy was cut while it was open'):
                search.top_k(features[0].clone(), features, block=1000)
        assert len(looks) == 3

    assert os.waitpid(in_child(searched), 0)[1] == 0


def test_a_clock_that_jumps_changes_no_training(tmp_path):
    from sketch_lvm.testing.crash import outcome
    from sketch_lvm.testing.toys import toy_learner
    from sketch_lvm.train.loop import train
    from sketch_lvm.train.settings import Settings

    def go(out):
        train(toy_learner(), out, Settings(steps=6, lr=0.03), device='cpu', checkpoint_every=2, workers=0)

    go(tmp_path / 'whole')
    jumps = iter([1e9, 0.0, 4e9, -1e9] * 10**4)
    with mock.patch('time.time', lambda: next(jumps)):
        go(tmp_path / 'jumped')
    assert outcome(tmp_path / 'jumped') == outcome(tmp_path / 'whole')


FULL = """
import os, sys
from pathlib import Path
from full_disk import fill
from fuzz import small_gallery
from sketch_lvm.core import UserError
from sketch_lvm.show.gallery import load_gallery

small, made = Path(sys.argv[1]), small_gallery()
made.save(small / 'g')
before = load_gallery(small / 'g').features.sum().item()
fill(small)
try: made.save(small / 'g')
except (UserError, OSError) as e: said = str(e)
else: raise AssertionError('nothing was refused')
assert 'No space left' in said, said
assert load_gallery(small / 'g').features.sum().item() == before
os.unlink(small / 'filler')
made.save(small / 'g')
assert sorted(p.name for p in small.iterdir()) == ['g'], os.listdir(small)
print('held')
"""


def test_a_disk_that_is_full_while_a_gallery_is_written(tmp_path):
    holds_on('size=400k', tmp_path, FULL, tmp_path)
