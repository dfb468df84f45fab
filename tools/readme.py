"Write README.md from nbs/index.ipynb: prose as it is, code fenced, text outputs fenced. Usage: readme.py"

import re
from pathlib import Path

from nbdev.config import get_config
from nbdev.process import NBProcessor


def hide_(cell):
    "nbdev calls this for cells marked `#| hide`; it empties them"
    cell.source = ''


def output_text(cell):
    "The text a cell printed or returned, without pictures"
    parts = []
    for o in cell.get('outputs', []):
        text = o.get('text') or o.get('data', {}).get('text/plain', '')
        if 'image/png' not in o.get('data', {}):
            parts.append(''.join(text).rstrip())
    return '\n'.join(p for p in parts if p)


def from_above(text):
    "Relative links of a page in nbs/, as the folder above must spell them"
    text = re.sub(r'\]\((?!\w+:|#|/)', '](nbs/', text)
    return text.replace('src="images/', 'src="nbs/images/')


def readme(path):
    "The notebook as Markdown"
    blocks = [f'<!-- Written from nbs/{Path(path).name} by tools/readme.py. Edit the notebook. -->']
    for cell in NBProcessor(path, hide_, process=True).nb.cells:
        source = cell.source.strip()
        if not source:
            continue
        if cell.cell_type == 'markdown':
            blocks.append(from_above(source))
        elif cell.cell_type == 'code':
            blocks.append(f'```python\n{source}\n```')
            if text := output_text(cell):
                blocks.append(f'```\n{text}\n```')
    return '\n\n'.join(blocks) + '\n'


if __name__ == '__main__':
    cfg = get_config()
    (Path(cfg.config_path) / 'README.md').write_text(readme(Path(cfg.nbs_path) / cfg.readme_nb), encoding='utf-8')
