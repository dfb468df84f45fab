"Notebooks as pages: what is hidden goes, tests are folded, and a room says which module it writes"

import json
import re
from pathlib import Path

CATALOGUES = re.compile(r'world/0[1-6]_')  # one drawing program after another: their code is folded, too
DIRECTIVE = re.compile(r'#\| *(\w+)')


def flags(source: str) -> set[str]:
    "The words of the lines that begin with #|"
    return {m[1] for line in source.splitlines() if (m := DIRECTIVE.match(line))}


def without_directives(source: str) -> str:
    return '\n'.join(line for line in source.splitlines() if not DIRECTIVE.match(line)).strip('\n')


def is_prose(cell: dict) -> bool:
    return cell['cell_type'] == 'markdown'


def examples(notebook: dict) -> list[str]:
    "The code of a page that a reader sees and that is neither exported nor a test"
    cells = [''.join(c['source']) for c in notebook['cells'] if c['cell_type'] == 'code']
    return [c for c in cells if not flags(c) & {'test', 'hide', 'default_exp'}]


def only_words(outputs: list[dict]) -> bool:
    "Whether what a cell printed are sentences, which may be broken, and no columns below each other"
    printed = [''.join(o.get('text') or o.get('data', {}).get('text/plain', '')) for o in outputs]
    lines = [line.strip() for text in printed for line in text.splitlines() if line.strip()]
    columns = [line for line in lines if re.search(r'\S {2,}\S', line)]
    return bool(lines) and len(columns) < 2


def page_cell(cell: dict, name: str, toggles: bool = True) -> dict | None:
    "A cell as it stands on the site, or None if it does not"
    source = ''.join(cell['source'])
    if is_prose(cell):
        return {**cell, 'source': source}
    words = flags(source)
    if words & {'hide', 'default_exp'} or not without_directives(source):
        return None
    tags, told = ['exported'] if 'export' in words else [], {}
    if 'test' in words:
        title = re.match(r'#\| *test +(\S+)', source)
        name_of_test = title[1].replace('_', ' ') if title else 'without a name'
        tags = ['test', 'hide-cell' if cell['outputs'] else 'hide-input']
        told = dict(mystnb=dict.fromkeys(('code_prompt_show', 'code_prompt_hide'), f'Test: {name_of_test}'))
    elif done := re.match(r'#\| *exercise +(\S+)', source):
        tags.append('hide-cell' if cell['outputs'] else 'hide-input')
        told = dict(mystnb=dict.fromkeys(('code_prompt_show', 'code_prompt_hide'), f'Exercise {done[1]}: a solution'))
    elif CATALOGUES.match(name) and 'export' in words:
        tags.append('hide-input')
        if made := re.findall(r'^(?:def|class) (\w+)', source, re.M):  # folds in a row say what is in them
            told = dict(mystnb=dict.fromkeys(('code_prompt_show', 'code_prompt_hide'), f'Source: {", ".join(made)}'))
    for output in cell['outputs']:  # colours of a terminal, where a page cannot show them
        if isinstance(output.get('text'), (str, list)):
            output['text'] = re.sub(r'\x1b\[[0-9;]*m', '', ''.join(output['text']))
    if only_words(cell['outputs']):
        tags.append('words')
    return {**cell, 'source': without_directives(source), 'metadata': {**cell['metadata'], 'tags': tags, **told}}


def page(path: Path, name: str, module: str | None, here: str = '') -> dict:
    "A notebook for the site; `module` is what the room exports, with its page in the reference, `here` goes above all"
    nb = json.loads(path.read_text(encoding='utf-8'))
    cells = [c for c in (page_cell(c, name) for c in nb['cells']) if c]
    if here:
        cells[0] = {**cells[0], 'source': f'{cells[0]["source"].rstrip()}\n\n{here}'}
    if module:
        up = '../' * name.count('/')
        line = f'\n\n[`{module}`]({up}reference/{module}.md) is exported from this page. Tests are folded.'
        cells[0] = {**cells[0], 'source': cells[0]['source'].rstrip() + line}
    return {**nb, 'cells': cells}


def prose(*texts: str) -> dict:
    "A notebook of words alone, to be appended to another"
    return [dict(cell_type='markdown', id=f'site{i:04d}', metadata={}, source=t) for i, t in enumerate(texts)]
