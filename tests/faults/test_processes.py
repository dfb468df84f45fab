"The command as a real process, in places and with streams that something is wrong with"

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from commands import command, forked

ROOT = Path(__file__).resolve().parents[2]
TEXT = ['train', '--help']


def test_streams_may_be_closed_full_or_narrow():
    for behind in ('>&-', '2>&- <&-'):
        done = command(*TEXT, behind=behind)
        assert done.returncode == 0 and 'Traceback' not in done.stderr, (behind, done)
    if os.path.exists('/dev/full'):
        done = command(*TEXT, behind='>/dev/full')
        assert done.returncode == 1 and 'cannot be written: No space' in done.stderr and 'Traceback' not in done.stderr
    done = command(*TEXT, PYTHONIOENCODING='ascii', LC_ALL='C', PYTHONUTF8='0')
    assert done.returncode == 0 and 'usage: sketch_lvm train' in done.stdout and done.stdout.isascii()
    done = command('train', '--method', 'm\u00e9\x1b[31m', '--out', 'x', PYTHONIOENCODING='ascii')
    assert done.returncode == 2 and 'Traceback' not in done.stderr and '\x1b' not in done.stderr, done
    assert done.stderr.isascii() and 'm\\xe9' in done.stderr


def test_half_a_launch_and_no_home_are_sentences():
    for env in (dict(RANK='1'), dict(WORLD_SIZE='x'), dict(RANK='', WORLD_SIZE='2')):
        done = command('methods', '--json', **env)
        assert done.returncode == 2 and 'torchrun' in done.stderr and 'Traceback' not in done.stderr, (env, done)
        assert '"exit": 2' in done.stdout.splitlines()[-1], (env, done)
    for home in (None, '/dev/null'):
        done = command(*TEXT, HOME=home)
        assert done.returncode == 0 and not done.stderr, (home, done)


def test_outputs_that_cannot_be_written_are_said_before_any_work(tmp_path):
    (tmp_path / 'file').write_text('kept')
    os.mkfifo(tmp_path / 'pipe')
    (tmp_path / 'loop').symlink_to('loop')
    for out in ('file/run', 'pipe', 'loop', 'n' * 300):
        done = forked('train', '--out', str(tmp_path / out))
        assert done.returncode == 2 and 'Traceback' not in done.stderr and str(tmp_path) in done.stderr, (out, done)
    assert sorted(p.name for p in tmp_path.iterdir()) == ['file', 'loop', 'pipe']
    assert (tmp_path / 'file').read_text() == 'kept'


def test_a_reader_that_leaves_is_no_error():
    p = subprocess.Popen(
        [sys.executable, '-m', 'sketch_lvm', *TEXT],
        env=os.environ | dict(PYTHONPATH=str(ROOT)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    p.stdout.close()
    assert b'Traceback' not in p.stderr.read() and p.wait() in (0, 1)
    p.stderr.close()


def test_a_limit_on_sizes_is_a_full_disk(tmp_path):
    "What the system refuses in the middle of a file leaves the old one"
    from sketch_lvm.core import atomic_write
    from sketch_lvm.testing.crash import in_child
    from sketch_lvm.train.sealed import read_folder, write_folder

    write_folder(tmp_path / 'sealed', {'a': b'old'})
    (tmp_path / 'r.json').write_bytes(b'old')

    def within(work):
        def limited():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
            with pytest.raises(OSError, match='too large'):
                work()

        return os.waitstatus_to_exitcode(os.waitpid(in_child(limited), 0)[1])

    def write_file():
        with atomic_write(tmp_path / 'r.json') as f:
            f.write(bytes(5000))

    assert within(write_file) == 0 and within(lambda: write_folder(tmp_path / 'sealed', {'a': bytes(5000)})) == 0
    assert (tmp_path / 'r.json').read_bytes() == b'old' and read_folder(tmp_path / 'sealed') == {'a': b'old'}
    assert sorted(p.name for p in tmp_path.iterdir()) == ['r.json', 'sealed']
