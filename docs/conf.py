"Sphinx reads the pages that build.py has put together; nothing is executed, and no page asks the network for anything"

import sys
from configparser import ConfigParser
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import hover  # noqa: E402

cfg = ConfigParser(delimiters=['='])
cfg.read(HERE.parent / 'settings.ini', encoding='utf-8')

project = 'Sketch_LVM'
author = cfg['DEFAULT']['author']
project_copyright = cfg['DEFAULT']['copyright']
release = cfg['DEFAULT']['version']
extensions = ['myst_nb', 'sphinx-mathjax-offline']
exclude_patterns = ['**/.ipynb_checkpoints']
root_doc = 'index'
smartquotes = False  # a sentence of the code stays as it is

nb_execution_mode = 'off'
nb_ipywidgets_js = {}  # its scripts come from another host; widgets have stored pictures instead
nb_merge_streams = True
nb_render_markdown_format = 'gfm'  # what a cell answers as Markdown may hold tables, as JupyterLab shows them
nb_number_source_lines = False
nb_code_prompt_show = 'Show {type}'
nb_code_prompt_hide = 'Hide {type}'
myst_enable_extensions = ['dollarmath', 'colon_fence', 'attrs_inline']
myst_heading_anchors = 3
myst_dmath_double_inline = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
add_module_names = False
suppress_warnings = ['ref.python', 'myst.header']  # two rooms may have a `Table`; pages of notebooks skip levels

html_theme = 'pydata_sphinx_theme'
html_title = project
html_static_path = [str(HERE / '_static')]
html_css_files = ['site.css']
html_js_files = [('hover.js', {'defer': 'defer'})]
html_show_sourcelink = False
html_show_search_summary = False  # it fetches each page found, which a browser refuses on file:
html_copy_source = False
html_context = dict(default_mode='auto')
html_theme_options = dict(
    header_links_before_dropdown=7,
    show_prev_next=True,
    navigation_with_keys=True,
    show_nav_level=1,
    navigation_depth=3,
    collapse_navigation=True,
    show_toc_level=2,
    navbar_end=['theme-switcher'],
    footer_start=['copyright'],
    footer_end=['theme-version'],
    back_to_top_button=True,
    pygments_light_style='a11y-high-contrast-light',
    pygments_dark_style='a11y-high-contrast-dark',
)
html_sidebars = {'errors/*': [], 'index': [], 'glossary': [], 'notation': []}


def setup(app):
    "Words of the glossary are explained where they stand"
    app.connect('doctree-read', hover.link_words)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
