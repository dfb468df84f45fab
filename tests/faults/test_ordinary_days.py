"Faults that an ordinary day brings: a folder is moved, a drive goes away, a terminal closes, two people start one thing"

import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from commands import command, forked, in_one_place

ROOT = Path(__file__).resolve().parents[2]


def toy_run(out, on_step=None):
    from sketch_lvm.testing.toys import toy_learner
    from sketch_lvm.train.loop import train
    from sketch_lvm.train.settings import Settings

    train(toy_learner(), out, Settings(steps=12, lr=0.03), device='cpu', checkpoint_every=3, workers=0, on_step=on_step)


@pytest.mark.parametrize('how', ['moved', 'removed'])
def test_a_run_whose_folder_goes_away_says_so(how, tmp_path):
    "It is not begun anew beside its log; where it was moved to it goes on to the same bits"
    from sketch_lvm.core import UserError
    from sketch_lvm.testing.crash import in_child, outcome

    def lose(run, row):
        if run.step == 5:
            run.out.rename(tmp_path / 'moved') if how == 'moved' else shutil.rmtree(run.out)

    def begin():
        with pytest.raises(UserError, match='was moved or removed .* from step 3'):
            toy_run(tmp_path / 'run', lose)

    assert os.waitstatus_to_exitcode(os.waitpid(in_child(begin), 0)[1]) == 0
    assert not (tmp_path / 'run').exists()
    if how == 'moved':
        toy_run(tmp_path / 'whole')
        toy_run(tmp_path / 'moved')
        assert outcome(tmp_path / 'moved') == outcome(tmp_path / 'whole')


def test_two_that_fill_one_table(tmp_path):
    "Each keeps the whole table: the second would write the rows of the first away"
    from sketch_lvm.core import UserError
    from sketch_lvm.study.reproduce import reproduce
    from sketch_lvm.study.tableplan import TablePlan
    from sketch_lvm.train.runs import lock

    plan = TablePlan(
        data=dict(name='mini', n_train=1, n_test=2), weights_from='random', rows=('frozen CLIP',), steps=1, trials=0
    )
    with lock(tmp_path), pytest.raises(UserError, match='is in use by process'):
        reproduce(plan, tmp_path, 'cpu', None)
    assert not list(tmp_path.iterdir())
    assert [*reproduce(plan, tmp_path, 'cpu', None)['rows']] == ['frozen CLIP'] and not (tmp_path / 'LOCK').exists()


def test_a_name_of_a_process_need_not_be_text(tmp_path):
    from sketch_lvm.train.runs import process_start

    odd = tmp_path / os.fsdecode(b'sl\xff\xe9p) Z')
    shutil.copy(shutil.which('sleep'), odd)
    process = subprocess.Popen([odd, '60'])
    try:
        while os.readlink(f'/proc/{process.pid}/exe') != str(odd):
            time.sleep(0.01)
        assert process_start(process.pid) > 0
    finally:
        process.kill()
        process.wait()


def test_a_folder_that_is_gone_under_ones_feet(tmp_path):
    (tmp_path / 'gone').mkdir()
    done = command('methods', cwd=tmp_path / 'gone', before='rmdir ../gone')
    assert done.returncode == 2 and 'The folder in which this was started is not there' in done.stderr, done


def some_photos(folder, n=6):
    import numpy as np
    from PIL import Image

    from sketch_lvm.core import rng

    for k in range(n):
        path = folder / f'caf\u00e9 {k % 2}' / f'{k}\nphoto.jpg'
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng(k).integers(0, 255, (20, 30, 3), np.uint8)).save(path)
    page = np.full((64, 64), 255, np.uint8)
    page[20:40, 20:40] = 0
    Image.fromarray(page).save(folder.parent / 'drawing.png')


ODD_PLACES = {  # what a child does first, or the variables that Python itself finds at its start
    'few open files': dict(first=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))),
    'private files': dict(first=lambda: os.umask(0o077)),
    'no locale': dict(LC_ALL='C', LANG=None),
    'no temporary folder': dict(first=lambda: os.environ.update(TMPDIR='/nowhere') or setattr(tempfile, 'tempdir', None)),
    'asserts left out': dict(PYTHONOPTIMIZE='2'),
    'nothing at home': dict(HOME='/dev/null', SKETCH_LVM_CACHE=None, LANG=None),
}


@pytest.mark.parametrize('name', ODD_PLACES)
def test_photos_are_indexed_and_found_wherever(name, tmp_path):
    some_photos(tmp_path / 'photos')
    how = dict(cwd=tmp_path, **ODD_PLACES[name])
    index = ['index', 'photos', '--backbone', 'mini', '--out', 'g']
    search = ['search', 'g', 'drawing.png', '--top', 3, '--json']
    if 'first' in how:
        found = [forked(*words, **how) for words in (index, search)]
    else:
        found = in_one_place(index, search, **how)
    assert found[0].returncode == 0 and '6 photos: 6 new' in found[0].stdout, found[0]
    assert found[1].returncode == 0 and len(json.loads(found[1].stdout.splitlines()[-1])['hits']) == 3, found[1]


def test_no_gallery_among_its_photos(tmp_path):
    "Its files would be taken for drawings when the photos are indexed again"
    some_photos(tmp_path / 'photos')
    done = forked('index', 'photos', '--backbone', 'mini', '--out', 'photos/../photos/gallery', cwd=tmp_path)
    assert done.returncode == 2 and 'lies among the photos' in done.stderr and 'Traceback' not in done.stderr, done
    assert not (tmp_path / 'photos' / 'gallery').exists()


def test_lists_that_another_editor_saved(tmp_path):
    "A mark of the byte order before the first name, two characters at each line's end"
    from sketch_lvm.data.csvlists import read_csv_list
    from sketch_lvm.data.realsets import read_filelist

    for start in (b'', b'\xef\xbb\xbf'):
        for end in (b'\n', b'\r\n'):
            (tmp_path / 'list.txt').write_bytes(start + end.join([b'photo/cat/1.jpg 3', b'photo/a b/2.jpg 4', b'']))
            assert read_filelist(tmp_path / 'list.txt') == [('photo/cat/1.jpg', 3), ('photo/a b/2.jpg', 4)]
            lines = [b'img_path,text,m1,m2,label', b'x/cat/1.jpg,,0,0,3', b'x/cat/2.png,,1,0,3', b'']
            (tmp_path / 'test.csv').write_bytes(start + end.join(lines))
            assert read_csv_list(tmp_path / 'test.csv') == ([('x/cat/2.png', 3)], [('x/cat/1.jpg', 3)])


def ask(port, path, body=None, cookie=''):
    "`(status, content)` of a request to the app"
    import urllib.error
    import urllib.request

    told = {'content-type': 'application/json', 'cookie': cookie}
    request = urllib.request.Request(f'http://127.0.0.1:{port}{path}', body, told)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as e:
        return e.code, e.read()


def test_an_app_whose_photos_go_away_and_that_is_stopped_with_pages_open(tmp_path):
    "The gallery is answered from, photos are shown small; nobody who holds a connection keeps the app from ending"
    some_photos(tmp_path / 'photos')
    assert forked('index', 'photos', '--backbone', 'mini', '--out', 'g', cwd=tmp_path).returncode == 0
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        free.listen()
        port = free.getsockname()[1]
        refused = forked('app', 'photos', '--backbone', 'mini', '--no-browser', '--port', port, cwd=tmp_path)
    assert refused.returncode == 2 and 'Take another --port' in refused.stderr, refused
    assert '6 photos' not in refused.stdout  # said before any was embedded
    words = ['app', 'g', '--also', 'photos', '--trust', '--no-browser', '--port', str(port)]
    app = subprocess.Popen(
        [sys.executable, '-m', 'sketch_lvm', *words],
        cwd=tmp_path,
        env=os.environ | dict(PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    held = []
    try:
        while f':{port}' not in (line := app.stdout.readline()):
            assert app.poll() is None, app.stderr.read()
        cookie = f'sketch_lvm_{port}={line.strip().partition("?token=")[2]}'
        assert ask(port, '/')[0] == ask(port, '/api/about')[0] == 403  # another user of this machine
        mark = json.loads(ask(port, '/api/about', cookie=cookie)[1])['mark']
        (tmp_path / 'photos').rename(tmp_path / 'away')
        shutil.rmtree(tmp_path / 'g')
        drawn = dict(strokes=[[[1, 200], [1, 200]]], count=2, words='', weight=0.5, within='', start=0)
        said = {
            path: ask(port, path, body, cookie)
            for path, body in (
                ('/api/ask', json.dumps(drawn | dict(picture='', like=None)).encode()),
                (f'/thumbs/{mark}/0', None),
                (f'/photos/{mark}/0', None),
                ('/api/open', b'{"place": 1}'),
            )
        }
        assert [status for status, _ in said.values()] == [200, 200, 200, 400], said
        assert b'that folder is not where it was' in said['/api/open'][1]
        head = f'Host: 127.0.0.1:{port}\r\ncontent-type: application/json\r\nCookie: {cookie}\r\n'
        for sent in (
            f'GET / HTTP/1.1\r\n{head}\r\n',
            f'POST /api/ask HTTP/1.1\r\n{head}content-length: 9\r\n\r\n[',
            'G',
        ):
            held.append(socket.create_connection(('127.0.0.1', port)))
            held[-1].sendall(sent.encode())
        time.sleep(0.5)
        app.send_signal(signal.SIGINT)
        _, errors = app.communicate(timeout=40)
        assert app.returncode == 0 and 'Traceback' not in errors, errors
    finally:
        app.kill()
        for connection in held:
            connection.close()
