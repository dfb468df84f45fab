"""Damage pictures in every way a disk or a line does, and count what is seen. Usage: damage.py [format ...] --count 1000

A damaged file is a pure function of (format, seed, number). Each is looked at three times: `quick` is the look at header
and end that every scan does, `read` is what `read_image` refuses, `close` is `datasets verify --decode`. A file whose
pixels came out as they were has lost nothing; *silent* are those that pass the close look with other pixels.
Pictures of the mini world are drawn for it; --folder takes photos of yours.
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
KINDS = ('one bit', 'cut', 'half with an end', 'block of zeros', 'block of another file')
ENDS = {'JPEG': b'\xff\xd9', 'PNG': b'\0\0\0\0IEND\xaeB`\x82', 'GIF': b'\0\x3b'}


def pictures(folder: str | None, many: int = 20) -> list[np.ndarray]:
    "Photos to damage"
    if folder:
        paths = sorted(p for p in Path(folder).rglob('*') if p.suffix.lower() in ('.jpg', '.jpeg'))
        return [read_image(p) for p in (paths[i] for i in rng(0).choice(len(paths), min(many, len(paths)), False))]
    from sketch_lvm.data.minisets import mini_set

    items = mini_set(objects=1, size=128, workers=1)
    return [items.read(row) for row in np.flatnonzero(items.modality == 'photo')[:many]]


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


def measure(name: str, numbers: range, seed: int, originals: list[np.ndarray]) -> dict[str, dict[str, int]]:
    "By kind of damage: files, and how many each look saw, and how many passed with other pixels"
    format, options = FORMATS[name]
    whole = []
    for pixels in originals:
        f = io.BytesIO()
        Image.fromarray(pixels).save(f, format, **options)
        whole.append(f.getvalue())
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
    p.add_argument('formats', nargs='*', help=f'{"; ".join(FORMATS)}; all if none is named')
    p.add_argument('--count', type=int, default=1000, help='files of each format [1000]')
    p.add_argument('--seed', type=int, default=0)
    p.add_argument('--folder', help='of JPEG photos to damage, in the place of drawn ones')
    p.add_argument('--keep', metavar='TITLE', help=f'write the counts into {KEPT.name} under a title')
    asked = p.parse_args(args)
    originals = pictures(asked.folder)
    for name in asked.formats or FORMATS:
        kinds = measure(name, range(asked.count), asked.seed, originals)
        for kind, n in kinds.items():
            print(f'{name}, {kind}: {json.dumps(n)}', flush=True)
        if asked.keep:
            kept = json.loads(KEPT.read_text(encoding='utf-8')) if KEPT.exists() else {}
            how = dict(count=asked.count, seed=asked.seed, date=str(datetime.date.today()), device=platform.machine())
            kept.setdefault(asked.keep, {})[name] = how | dict(kinds=kinds)
            KEPT.write_text(json.dumps(kept, indent=1) + '\n', encoding='utf-8')
    return 0


if __name__ == '__main__':
    sys.exit(main())
