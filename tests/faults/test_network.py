"The guard of conftest.py: whatever a test runs, the network stays untouched"

import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_network_raises_here_and_in_processes():
    "192.0.2.1 is an address for documentation, which no machine has"
    for ask in (
        lambda: socket.create_connection(('192.0.2.1', 80), timeout=1),
        lambda: socket.socket().connect_ex(('192.0.2.1', 80)),
        lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53)),
        lambda: socket.getaddrinfo('example.invalid', 80),
        lambda: urlopen('http://example.invalid', timeout=1),
    ):
        with pytest.raises(AssertionError, match='tests use no network'):
            ask()
    code = 'import socket; socket.create_connection(("192.0.2.1", 80), timeout=1)'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and 'tests use no network' in done.stderr, done


NOTEBOOK = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1] + '/tools')
from execnb.nbio import mk_cell, new_nb, write_nb
from jobs import notebook_job, run_jobs

root = Path(sys.argv[1])
path = Path(sys.argv[2]) / 'asks.ipynb'
write_nb(new_nb([mk_cell('import socket'), mk_cell('socket.create_connection(("192.0.2.1", 80), timeout=1)')]), path)
job = notebook_job(path, root, [], [], 0)
done = run_jobs([job], 1, say=lambda text: None)
print(done[0].fine, 'use no network' in done[0].output)
"""


def test_a_notebook_that_asks_the_network_fails(tmp_path):
    pytest.importorskip('nbdev')
    done = subprocess.run(
        [sys.executable, '-c', NOTEBOOK, str(ROOT), str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.split() == ['False', 'True'], done


def test_this_machine_may_talk_to_itself():
    with socket.create_server(('127.0.0.1', 0)) as server:
        with socket.create_connection(('localhost', server.getsockname()[1]), timeout=5) as asks:
            asked = server.accept()[0]
            asks.sendall(b'x')
            assert asked.recv(1) == b'x'
            asked.close()
    here, there = socket.socketpair()
    here.sendall(b'y')
    assert there.recv(1) == b'y'
    here.close()
    there.close()
