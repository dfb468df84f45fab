"File systems of one's own, small or read-only, and a script that meets them: for the tests of disks that are really full"

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MOUNT = 'mount -t tmpfs -o "$1" own "$2" && shift 2 && exec "$@"'


def fill(folder: Path) -> None:
    "Write into a folder until its file system has no byte left; `folder/filler` can be removed to make room"
    with open(folder / 'filler', 'ab', buffering=0) as f:
        try:
            while f.write(bytes(1000)):
                pass
        except OSError as e:
            assert e.errno == 28, e


def read_only(folder: Path) -> None:
    "In a script that `holds_on` runs: from now on nothing can be written there"
    subprocess.run(['mount', '-o', 'remount,ro', str(folder)], check=True)


def holds_on(options: str, folder: Path, script: str, *args: object) -> subprocess.CompletedProcess:
    "Run a script with a tmpfs of these options mounted on `folder`; it must end by printing 'held'"
    # a process of its own: a child of pytest may hold threads (gRPC starts its own anew after a fork), and the system
    # gives no user namespace to a process of several
    as_root = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', MOUNT, 'sh', options, str(folder)]
    if not shutil.which('unshare'):
        pytest.skip('there is no program unshare here')
    if (tried := subprocess.run([*as_root, 'true'], capture_output=True, text=True)).returncode:
        pytest.skip(f'this system mounts nothing without privileges: {tried.stderr.strip()}')
    here = Path(__file__).resolve().parent
    path = os.pathsep.join([str(here.parents[1]), str(here), os.environ.get('PYTHONPATH', '')])
    done = subprocess.run(
        [*as_root, sys.executable, '-c', script, *map(str, args)],
        env=os.environ | dict(PYTHONPATH=path, OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout.strip().endswith('held'), done.stderr[-3000:]
    return done
