"""What the code says of itself, read without running it: public names, who uses them, and the sentences of errors

Nothing here is imported from the package; a module is parsed, and what cannot be read from its text is left out.
"""

import ast
import io
import re
import tokenize
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ERRORS = ('UserError', 'Damaged', 'BadImage')  # UserError and what is derived from it
Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Module:
    "One room: its module and the page it was exported from"

    path: Path
    name: str  # sketch_lvm.data.cache
    notebook: str  # data/06_cache.ipynb, below nbs

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding='utf-8')

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def comments(self) -> dict[int, str]:
        "The comment that ends a line, by the line's number"
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {t.start[0]: t.string.lstrip('# ') for t in tokens if t.type == tokenize.COMMENT and t.start[1]}

    @cached_property
    def public(self) -> list[str]:
        "What `__all__` names"
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], 'id', '') == '__all__':
                return [x.value for x in node.value.elts]
        return []

    @property
    def about(self) -> str:
        return ast.get_docstring(self.tree) or ''


def modules(package: Path) -> list[Module]:
    "Every module that a notebook exports, by name"
    found = []
    for path in sorted(package.rglob('*.py')):
        made_from = re.search(r'File to edit: [./]*nbs/(\S+\.ipynb)', path.read_text(encoding='utf-8')[:300])
        if made_from:
            name = '.'.join([package.name, *path.relative_to(package).with_suffix('').parts])
            found.append(Module(path, name, made_from[1]))
    return found


# ---- public names


@dataclass
class Public:
    "A public name: what it is, how it is called, what it says of itself"

    name: str
    kind: str  # function, class, method, property or data
    signature: str
    doc: str
    notes: list[tuple[str, str]] = field(default_factory=list)  # a parameter or a field, and its comment
    members: list['Public'] = field(default_factory=list)


def parameters(f: ast.FunctionDef, method: bool = False) -> str:
    "The signature as Python writes it, without `self`"
    args = f.args
    plain = any(getattr(d, 'id', '') == 'staticmethod' for d in f.decorator_list)
    if method and not plain and args.args:
        args = ast.arguments(**{**vars(args), 'args': args.args[1:]})
    back = f' -> {ast.unparse(f.returns)}' if f.returns else ''
    return f'({ast.unparse(args)}){back}'


def notes_of(f: ast.FunctionDef, module: Module) -> list[tuple[str, str]]:
    "Parameters that carry a comment beside them"
    every = [*f.args.posonlyargs, *f.args.args, f.args.vararg, *f.args.kwonlyargs, f.args.kwarg]
    lines = defaultdict(list)
    for a in every:
        if a is not None:
            lines[a.end_lineno].append(a.arg)
    return [(names[0], module.comments[n]) for n, names in lines.items() if len(names) == 1 and n in module.comments]


def described(node: ast.AST, module: Module, method: bool = False) -> Public:
    "A function or a class with its public methods"
    doc = ast.get_docstring(node) or ''
    if isinstance(node, Function):
        words = {getattr(d, 'id', getattr(d, 'attr', '')) for d in node.decorator_list}
        kind = 'property' if words & {'property', 'cached_property'} else 'method' if method else 'function'
        back = f' -> {ast.unparse(node.returns)}' if node.returns and kind == 'property' else ''
        signature = back if kind == 'property' else parameters(node, method)
        return Public(node.name, kind, signature, doc, notes_of(node, module))
    inside = {x.name: x for x in node.body if isinstance(x, Function)}
    fields = [x for x in node.body if isinstance(x, ast.AnnAssign) and isinstance(x.target, ast.Name)]
    if '__init__' in inside:
        signature = parameters(inside['__init__'], method=True).split(' -> None')[0]
        notes = notes_of(inside['__init__'], module)
    else:
        listed = [ast.unparse(x) for x in fields if not x.target.id.startswith('_')]
        signature = f'({", ".join(x for x in listed if "field(" not in x)})' if listed else ''
        notes = [(x.target.id, module.comments[x.end_lineno]) for x in fields if x.end_lineno in module.comments]
    members = [described(x, module, method=True) for name, x in inside.items() if not name.startswith('_')]
    return Public(node.name, 'class', signature, doc, notes, members)


def names(module: Module) -> list[Public]:
    "What the module offers, in the order in which its page builds it"
    found, wanted = [], set(module.public)
    for node in module.tree.body:
        if isinstance(node, (*Function, ast.ClassDef)) and node.name in wanted:
            found.append(described(node, module))
            wanted.discard(node.name)
        for name in assigned(node) & wanted:
            value = ast.unparse(node.value) if node.value else ''
            short = value if len(value) <= 60 else value[:57] + '...'
            found.append(Public(name, 'data', short, module.comments.get(node.lineno, '')))
            wanted.discard(name)
    return found


def assigned(node: ast.AST) -> set[str]:
    "Names that an assignment binds"
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {x.id for t in targets for x in ast.walk(t) if isinstance(x, ast.Name)}


def imports(source: str) -> set[tuple[str, str]]:
    "What a cell takes from the package: (module, name)"
    try:
        tree = ast.parse(re.sub(r'^(\s*)[%!].*$', r'\1pass', source, flags=re.M))
    except SyntaxError:  # a cell of another language, or one that shows an error
        return set()
    taken = [x for x in ast.walk(tree) if isinstance(x, ast.ImportFrom) and (x.module or '').startswith('sketch_lvm')]
    return {(x.module, a.name) for x in taken for a in x.names}


# ---- sentences of errors


@dataclass
class Refusal:
    "One place that raises an error for the user, and what can be read of its sentence"

    module: Module
    where: str  # function, or Class.method
    line: int
    kind: str
    sentences: list[str]  # one, or several that are chosen from or put together
    how: str  # one, choice, parts or unread
    when: str  # the condition right above it, as code
    code: str  # the lines of the statement


def shown(value: ast.expr) -> str:
    "What stands in the braces of a sentence, in short"
    text = ast.unparse(value)
    return text if len(text) <= 28 and re.fullmatch(r'[\w.]+|len\(\w+\)', text) else '...'


def sentence(node: ast.expr) -> str | None:
    "A string with its gaps as {names}; None if it is not written out here"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [p.value if isinstance(p, ast.Constant) else '{' + shown(p.value) + '}' for p in node.values]
        return ''.join(parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        a, b = sentence(node.left), sentence(node.right)
        if a is None and b is None:
            return None
        return (a if a is not None else '{...}') + (b if b is not None else '{...}')
    return None


def written(node: ast.expr, scope: ast.AST, module: Module, depth: int = 0) -> tuple[list[str], str]:
    "The sentences an argument of an error can be, and how they belong together"
    if (text := sentence(node)) is not None:
        return [text], 'one'
    if isinstance(node, ast.IfExp):
        both = [*written(node.body, scope, module, depth)[0], *written(node.orelse, scope, module, depth)[0]]
        return (both, 'choice') if both else ([], 'unread')
    if isinstance(node, ast.BinOp):
        return written(node.left, scope, module, depth)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == 'join' and node.args:
        return written(node.args[0], scope, module, depth)[0], 'parts'
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and depth < 4:
        module, helper = defined(node.func.id, module)
        back = [x.value for x in ast.walk(helper) if isinstance(x, ast.Return) and x.value] if helper else []
        said = [t for value in back for t in written(value, helper, module, depth + 1)[0]]
        return said, 'choice' if len(said) > 1 else 'one'
    if isinstance(node, ast.Name) and depth < 4:
        return collected(node.id, scope, module, depth)
    if isinstance(node, (ast.List, ast.Tuple)):
        said = [t for x in node.elts for t in written(x, scope, module, depth)[0]]
        return said, 'parts'
    if isinstance(node, ast.Starred):
        return written(node.value, scope, module, depth)
    if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
        return written(node.elt, scope, module, depth)[0], 'parts'
    return [], 'unread'


def collected(name: str, scope: ast.AST, module: Module, depth: int) -> tuple[list[str], str]:
    "Sentences that a function puts into a variable before it raises"
    said, many = [], False
    below = [x for x in ast.walk(scope) if hasattr(x, 'lineno')]
    for x in sorted(below, key=lambda x: (x.lineno, x.col_offset)):
        if isinstance(x, (ast.Assign, ast.AugAssign, ast.NamedExpr)) and name in bound(x):
            said += written(x.value, scope, module, depth + 1)[0]
            many |= isinstance(x, ast.AugAssign)
        grows = isinstance(x, ast.Call) and isinstance(x.func, ast.Attribute) and x.func.attr in ('append', 'extend')
        if grows and getattr(x.func.value, 'id', '') == name and x.args:
            said += written(x.args[0], scope, module, depth + 1)[0]
            many = True
    if not said and scope is not module.tree:
        said = [t for x in module.tree.body if name in assigned(x) for t in written(x.value, module.tree, module, 4)[0]]
    said = [t for t in dict.fromkeys(said) if re.search(r'\w{3}.*\s', t)]  # a word alone is no sentence
    return (said, 'parts' if many else 'choice' if len(said) > 1 else 'one') if said else ([], 'unread')


def defined(name: str, module: Module) -> tuple[Module, ast.AST | None]:
    "A function of a module, or of the room from which the module imports it"
    for x in module.tree.body:
        if isinstance(x, Function) and x.name == name:
            return module, x
    for x in ast.walk(module.tree):
        if isinstance(x, ast.ImportFrom) and x.level and name in {a.asname or a.name for a in x.names}:
            path = module.path.parents[x.level - 1].joinpath(*(x.module or '').split('.')).with_suffix('.py')
            if path.exists() and path != module.path:
                return defined(name, Module(path, '', ''))
    return module, None


def bound(node: ast.AST) -> set[str]:
    "Names that a statement gives a value to"
    return assigned(node) if isinstance(node, ast.Assign) else {getattr(node.target, 'id', '')}


def refusals(module: Module) -> list[Refusal]:
    "Every error for the user that the module raises, from top to bottom"
    above = {child: parent for parent in ast.walk(module.tree) for child in ast.iter_child_nodes(parent)}
    lines, found = module.text.splitlines(), []
    for node in ast.walk(module.tree):
        kind = getattr(getattr(node, 'func', None), 'id', '') if isinstance(node, ast.Call) else ''
        if kind not in ERRORS or not node.args:
            continue
        chain = [node]
        while chain[-1] in above:
            chain.append(above[chain[-1]])
        statement = next(x for x in chain if isinstance(x, ast.stmt))
        scope = next((x for x in chain if isinstance(x, Function)), module.tree)
        where = '.'.join(x.name for x in reversed(chain) if isinstance(x, (*Function, ast.ClassDef)))
        said, how = written(node.args[-1], scope, module)  # BadImage takes the picture's name first
        code = '\n'.join(lines[statement.lineno - 1 : statement.end_lineno])
        found.append(Refusal(module, where, node.lineno, kind, said, how if said else 'unread', guard(chain), code))
    return sorted(found, key=lambda r: r.line)


def guard(chain: list[ast.AST]) -> str:
    "The condition that stands right above a place, as code; empty where there is none in its function"
    for inner, outer in zip(chain, chain[1:]):
        if isinstance(outer, Function):
            return ''
        if isinstance(outer, (ast.If, ast.While)) and inner is not outer.test:
            test = ast.unparse(outer.test)
            return f'if {test}' if inner in outer.body else f'if not ({test})'
        if isinstance(outer, ast.IfExp) and inner is not outer.test:
            test = ast.unparse(outer.test)
            return f'if {test}' if inner is outer.body else f'if not ({test})'
        if isinstance(outer, ast.ExceptHandler):
            return f'except {ast.unparse(outer.type)}' if outer.type else 'except'
        if isinstance(outer, (ast.For, ast.comprehension)) and inner is not outer.iter:
            return f'for {ast.unparse(outer.target)} in {ast.unparse(outer.iter)}'
    return ''
