"""Damage pictures in every way a disk or a line does, and count what is seen. Usage: damage.py [format ...] --count 1000

A damaged file is a pure function of (format, seed, number). Each is looked at three times: `quick` is the look at header
and end that every scan does, `read` is what `read_image` refuses, `close` is `datasets verify --decode`. A file whose
pixels came out as they were has lost nothing; *silent* are those that pass the close look with other pixels.
Pictures of the mini world are drawn for it; --folder takes JPEG photos of yours, writes their pixels anew in every
format, and damages the very files too (*JPEG, as found*). Nothing of them is kept but the counts.
"""

import argparse
import datetime
import io
import json
import platform
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from sketch_lvm.core import rng
from sketch_lvm.data.damage import check_files, check_image
from sketch_lvm.data.images import BadImage, read_image

KEPT = Path(__file__).with_name('damage.json')
FORMATS: dict[str, tuple[str, dict]] = {
    'JPEG': ('JPEG', dict(quality=90)),
    'JPEG, progressive': ('JPEG', dict(quality=90, progressive=True)),
    'PNG': ('PNG', {}),
    'WEBP': ('WEBP', dict(quality=85)),
    'WEBP, lossless': ('WEBP', dict(lossless=True)),
    'BMP': ('BMP', {}),
    'GIF': ('GIF', {}),
}
FOUND = 'JPEG, as found'  # the bytes of photos that somebody else wrote
KINDS = ('one bit', 'cut', 'half with an end', 'block of zeros', 'block of another file')
ENDS = {'JPEG': b'\xff\xd9', 'PNG': b'\0\0\0\0IEND\xaeB`\x82', 'GIF': b'\0\x3b'}


class Original(NamedTuple):
    "A picture before it is damaged"

    pixels: np.ndarray
    found: bytes = b''  # its file, if it is one


def pictures(folder: str | None) -> list[Original]:
    "Photos to damage"
    if folder:
        paths = sorted(p for p in Path(folder).rglob('*') if p.suffix.lower() in ('.jpg', '.jpeg'))
        chosen = rng(0).choice(len(paths), min(201, len(paths)), False)  # no multiple of the kinds: each meets each
        return [Original(read_image(paths[i]), paths[i].read_bytes()) for i in chosen]
    from sketch_lvm.data.minisets import mini_set

    items = mini_set(objects=1, size=128, workers=1)
    return [Original(items.read(row)) for row in np.flatnonzero(items.modality == 'photo')[:20]]


def written(original: Original, name: str) -> bytes:
    "The file of a picture in a format"
    if name == FOUND:
        return original.found
    format, options = FORMATS[name]
    f = io.BytesIO()
    Image.fromarray(original.pixels).save(f, format, **options)
    return f.getvalue()


def damaged(data: bytes, other: bytes, format: str, kind: str, r: np.random.Generator) -> bytes:
    "A file with one thing done to it; its first sixteen bytes stay, or it would be no picture at all"
    at = int(r.integers(16, len(data)))
    block = at // 512 * 512 if at > 512 else 16  # of a disk; the very first keeps the name of the format
    match kind:
        case 'one bit':
            return data[:at] + bytes([data[at] ^ 1 << int(r.integers(0, 8))]) + data[at + 1 :]
        case 'cut':
            return data[:at]
        case 'half with an end':
            return data[:at] + ENDS.get(format, b'')
        case 'block of zeros':
            return data[:block] + bytes(min(512, len(data) - block)) + data[block + 512 :]
    return data[:block] + other[block : block + 512].ljust(min(512, len(data) - block), b'\0') + data[block + 512 :]


def refused(look: object, data: bytes) -> bool:
    "Does a look say that this is no whole picture?"
    try:
        look(data)
    except BadImage:
        return True
    return False


def measure(name: str, numbers: range, seed: int, originals: list[Original]) -> dict[str, dict[str, int]]:
    "By kind of damage: files, and how many each look saw, and how many passed with other pixels"
    format, whole = name.partition(',')[0], [written(x, name) for x in originals]
    as_read = [read_image(data) for data in whole]
    assert not any(refused(check_image, data) for data in whole)
    seen = {kind: Counter(files=0, same=0, quick=0, read=0, close=0, silent=0) for kind in KINDS}
    with tempfile.TemporaryDirectory() as d:
        paths, changed = [], []
        for number in numbers:
            r, which, kind = rng(seed, index=number), number % len(whole), KINDS[number % len(KINDS)]
            data = damaged(whole[which], whole[which - 1], format, kind, r)
            if data == whole[which]:
                seen[kind]['same'] += 1  # zeros over zeros
                continue
            paths.append(Path(d) / f'{number}.{format.lower()}')
            paths[-1].write_bytes(data)
            gone = refused(read_image, data)
            pixels = None if gone else read_image(data)
            differs = gone or pixels.shape != as_read[which].shape or (pixels != as_read[which]).any()
            changed.append((kind, bool(differs)))
            seen[kind].update(files=1, quick=refused(check_image, data), read=gone)
        assert not check_files(
            [write(Path(d) / f'whole{i}', data) for i, data in enumerate(whole)], decode=True, workers=1
        )
        found = check_files(paths, decode=True, workers=1)
        for i, (kind, differs) in enumerate(changed):
            seen[kind]['close'] += i in found
            seen[kind]['silent'] += differs and i not in found
    return {kind: dict(counts) for kind, counts in seen.items()}


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def main(args: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('formats', nargs='*', help=f'{"; ".join(FORMATS)}; of a folder also {FOUND}; all if none is named')
    p.add_argument('--count', type=int, default=1000, help='files of each format [1000]')
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--folder', help='of JPEG photos to damage, in the place of drawn ones')
    p.add_argument('--keep', metavar='TITLE', help=f'write the counts into {KEPT.name} under a title')
    asked = p.parse_args(args)
    originals = pictures(asked.folder)
    command = 'damage.py' + ' --folder PHOTOS' * bool(asked.folder) + f' --count {asked.count} --seed {asked.seed}'
    for name in asked.formats or [*FORMATS, *([FOUND] if asked.folder else [])]:
        kinds = measure(name, range(asked.count), asked.seed, originals)
        for kind, n in kinds.items():
            print(f'{name}, {kind}: {json.dumps(n)}', flush=True)
        if asked.keep:
            kept = json.loads(KEPT.read_text(encoding='utf-8')) if KEPT.exists() else {}
            how = dict(count=asked.count, seed=asked.seed, date=str(datetime.date.today()), device=platform.machine())
            how |= dict(command=command, originals=len(originals))
            kept.setdefault(asked.keep, {})[name] = how | dict(kinds=kinds)
            KEPT.write_text(json.dumps(kept, indent=1) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
