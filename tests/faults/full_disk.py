"A file system of 400 kB and a script that fills it: for the tests of disks that are really full"

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MOUNT = 'mount -t tmpfs -o size=400k small "$1" && shift && exec "$@"'


def fill(folder: Path) -> None:
    "Write into a folder until its file system has no byte left; `folder/filler` can be removed to make room"
    with open(folder / 'filler', 'ab', buffering=0) as f:
        try:
            while f.write(bytes(1000)):
                pass
        except OSError as e:
            assert e.errno == 28, e


def holds_on_a_small_disk(script: str, folder: Path) -> None:
    "Run a script with a small file system mounted on `folder`, its first argument; it must end by printing 'held'"
    as_root = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', MOUNT, 'sh', str(folder)]
    if not shutil.which('unshare') or subprocess.run([*as_root, 'true'], capture_output=True).returncode:
        pytest.skip('this system mounts nothing without privileges')
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here.parents[1]), str(here), os.environ.get('PYTHONPATH', '')])
    done = subprocess.run(
        [*as_root, sys.executable, '-c', script, str(folder)],
        env=os.environ | dict(PYTHONPATH=path, OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.strip().endswith('held'), done.stderr[-3000:]
