"""Every place of the package that opens, reads or replaces a file by itself, and why it may. `doors.py` writes the page
nbs/testing/doors.md. A place that is not named here fails test_doors.py: it belongs behind one of the doors, or its
reason into this table."""

import ast
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / 'nbs' / 'testing' / 'doors.md'
CALLS = {'open', 'io.open', 'os.open', 'os.fdopen', 'gzip.open', 'Image.open', 'zipfile.ZipFile', 'tarfile.open'}
CALLS |= {'json.loads', 'json.load', 'torch.load', 'pickle.load', 'pickle.loads', 'np.load', 'np.fromfile', 'np.memmap'}
CALLS |= {'os.replace', 'os.rename', 'load', 'load_file', 'save_file', 'safe_open'}  # the bare ones are of safetensors
METHODS = {'read_text', 'read_bytes', 'write_text', 'write_bytes', 'savefig', 'to_csv', 'extractall'}
DOORS = """
core | open os.open os.replace os.fdopen read_text | a door: `atomic_write` into a new file, `sha256`, `read_json`; what the system says of the processor
plain | open os.open json.loads np.load zipfile.ZipFile | a door: `regular_bytes` waits for no pipe and reads no more than may be; `plain_json` refuses NaN, names that come twice, endless brackets; `open_array` and `read_arrays` take an array whose head is as numpy writes it, without object
files | open os.open os.fdopen savefig | a door: `open_to_add` follows no link, and looks for the end of the last line; `save_figure` goes through `atomic_write`
data/images | open Image.open | the door for pictures: formats that are allowed, caps on the file and on its pixels before decoding
data/archives | open zipfile.ZipFile tarfile.open os.rename | the door for archives: caps, no links, exclusive files
train/sealed | open os.rename load | the door for sealed folders; exclusive files, safetensors after `refuse_pickle`
train/mapped | open np.memmap | the same for large ones; arrays by `open_array`
train/runs | os.open json.loads read_bytes read_text | the log of a run, and its lock, which holds by `flock`: O_NOFOLLOW; what the system says of a process; `json.loads` copies plain data
train/checkpoints | open | nine bytes, to name a pickle
train/share | open | nine bytes, to name a pickle
train/export | os.fdopen os.replace load_file | an exclusive file beside its place, tested, flushed, then named; PyTorch's own file is read back
train/exported | load | a file that somebody names: no pickle, metadata by `plain_json`, finite tensors
show/keeping | open | files of a gallery inside `new_folder`, exclusive
show/milvus | json.loads | what a collection says of itself; any error is a sentence, every entry is checked
show/onefile | json.loads read_text | what the page's own program answers, in a test
show/pad | read_text | the pad's program, of this package
show/explorer | read_text savefig | the explorer's program, of this package; a picture in memory
show/livesystem | read_text | the program and the style of the page, of this package
app/web | read_bytes write_text | the app's page, of this package; the page that leads a browser there, in a folder made for it that nobody else can open
app/terminal | open os.open | /dev/null
app/quickstart | Image.open savefig | a figure in memory
app/infocommands | write_bytes | a trial file in the cache
clip/backbone | load_file | the mini CLIP that comes with the package: its hash is compared first
clip/names | read_text | the revision that a hub's cache calls the main one, at most 64 letters, for a sentence
clip/weights | open load_file torch.load | a weights file that a user names: safetensors, or PyTorch's reader that runs no code (`weights_only`)
clip/pretrain | json.loads load_file safe_open | the state of a pretraining of one's own; damage is a sentence
clip/realpretrain | json.loads load_file safe_open | the same
clip/realmodel | read_bytes | the log of a pretraining of one's own, copied
clip/minimodel | json.loads read_bytes safe_open | the same
data/cache | open read_bytes | shards of the cache, hashed when first opened; arrays by `open_array` and `read_arrays`
data/csvlists | gzip.open open | the door for lists: a cap, lines of a length
data/damage | open json.loads | three bytes of a file; paths that this program sends to its second decoder
data/quickdraw | gzip.open open json.loads | the door for drawings: caps, the number of the line; numbers are checked after reading
data/real64 | zipfile.ZipFile read_bytes write_text | archives of an example
data/sources | np.memmap | an array that this program mapped, in its workers
world/imagesets | os.fdopen os.replace read_text | a cache of one's own: a cut file is drawn again; the code of this package
measure/perquery | zipfile.ZipFile | the door for per-query results and the answers of a study: a cap, then `read_arrays`
measure/evaluate | json.loads | a copy of plain data
study/costs | read_text | the system's limit on processors
study/tune | json.loads | a copy of plain data
study/reproduce | json.loads savefig | a copy of plain data; a figure through `atomic_write`
bench/pictures | os.open json.loads read_text write_bytes write_text | files of a measurement, in a folder of its own; its own peak of memory set back
bench/galleries | open | the same, exclusive
bench/encodings | Image.open | pictures that the measurement wrote itself, read as others read them
bench/sides | read_text | what the system says of its load
bench/teams | json.loads | lines of processes that the measurement started itself
testing/crash | open os.open read_bytes read_text write_text | outside the product
testing/knock | json.loads | outside the product
testing/commands | json.loads | outside the product
"""


def doors() -> dict[str, tuple[set[str], str]]:
    "Module -> (calls that it may make, why)"
    rows = [[x.strip() for x in line.split(' | ')] for line in DOORS.strip().splitlines()]
    return {module: (set(calls.split()), why) for module, calls, why in rows}


def calls_of(path: Path) -> Counter:
    "The calls of a module that open, read or replace something"
    found, text = Counter(), path.read_text(encoding='utf-8')
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute | ast.Name):  # a name that is handed on opens as well
            name = ast.unparse(node)
            found[name] += name in CALLS and (name != 'load' or 'safetensors.torch import load\n' in text)
            found[name.rpartition('.')[2]] += isinstance(node, ast.Attribute) and node.attr in METHODS
    return +found


def unargued() -> dict[str, list[str]]:
    "Modules that open something for which no reason stands here, and reasons for what is not there"
    argued, out = doors(), {}
    for path in sorted((ROOT / 'sketch_lvm').rglob('*.py')):
        module = path.relative_to(ROOT / 'sketch_lvm').with_suffix('').as_posix()
        found, named = set(calls_of(path)), argued.get(module, (set(), ''))[0]
        if odd := [*(f'opens by {c}' for c in sorted(found - named)), *(f'no {c} is there' for c in named - found)]:
            out[module] = odd
    return out


def seals() -> str:
    "What each seal promises, as SECURITY.md says it"
    text = (ROOT / 'SECURITY.md').read_text(encoding='utf-8')
    return text[text.index('A sealed folder') : text.index('## Consent')].strip()


def page() -> str:
    "The page of this table"
    lines = [f'| `{module}` | {", ".join(sorted(calls))} | {why} |' for module, (calls, why) in doors().items()]
    return '\n'.join(
        [
            '---',
            'title: Doors and seals',
            'description: What each seal promises and what it does not, and every place that opens a file by itself.',
            '---',
            '',
            'Written by `python tests/faults/doors.py`; do not edit.',
            '',
            '## What each seal promises, and what it does not',
            '',
            seals(),
            '',
            '## Every place that opens a file by itself',
            '',
            'A test compares this table with the code: a place that is not in it fails.',
            '',
            '| module | calls | why it may |',
            '| --- | --- | --- |',
            *lines,
            '',
        ]
    )


if __name__ == '__main__':
    PAGE.write_text(page(), encoding='utf-8')
    print(f'{len(doors())} modules: {PAGE}')
    for module, odd in unargued().items():
        print(f'{module}: {"; ".join(odd)}')
    sys.exit(bool(unargued()))
