"""The reference of the door: ``make reference`` renews the code in ``docs/plugins/reference.md``.

The page is written by hand, but for its blocks of code: each stands below a comment, ``of: MODULE NAME NAME``, and has
what the source says of these names: signatures, fields and docstrings, without the bodies.
"""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parent.parent / "docs" / "plugins" / "reference.md"
BLOCK = re.compile(r"<!-- of: (\S+) ([^>]+) -->\n```python\n(.*?)```\n", re.DOTALL)
_NOTE = re.compile(r"  # (?:noqa|type:).*")
_EMPTY = "field(default_factory=lambda: _NONE)"
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Found(NamedTuple):
    """Where a name is defined: the module, its lines, and the statement, with the sentence that follows it."""

    module: str
    lines: list[str]
    node: ast.stmt
    said: ast.stmt | None


def page() -> str:
    """Return the page with every block as the code has it now."""
    return BLOCK.sub(_renewed, PAGE.read_text("utf-8"))


def named(text: str) -> list[tuple[str, str]]:
    """Return the modules and names that the page shows."""
    return [(module, name) for module, names, _code in BLOCK.findall(text) for name in names.split()]


def find(module: str, name: str) -> Found | None:
    """Return where a name that a module has is defined, followed through imports; ``None`` where Loa does not."""
    lines, tree = _read(module)
    body = list(_statements(tree.body))
    for number, node in enumerate(body):
        if name in defines(node):
            after = body[number + 1] if number + 1 < len(body) else None
            return Found(module, lines, node, after if after is not None and _is_text(after) else None)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scheduler."):
            for each in node.names:
                if (each.asname or each.name) == name:
                    return find(str(node.module), each.name)
    return None


def mentioned(found: Found) -> set[str]:
    """Return the names in the annotations of what is shown: the types that a reader meets next."""
    trees: list[ast.AST] = []
    for node in ast.walk(found.node):
        if isinstance(node, ast.AnnAssign) and not _private(node):
            trees.append(node.annotation)
        elif isinstance(node, Function) and not _hidden(node, found.node):
            args = node.args
            given = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
            trees += [each.annotation for each in given if each is not None and each.annotation is not None]
            trees += [node.returns] if node.returns is not None else []
    return {each.id for tree in trees for each in ast.walk(tree) if isinstance(each, ast.Name)}


def _renewed(match: re.Match[str]) -> str:
    module, names = match[1], match[2].split()
    parts = []
    for name in names:
        found = find(module, name)
        if found is None:
            raise SystemExit(f"docs/plugins/reference.md: {module} has no {name}")
        parts.append("\n".join(_shown(found)))
    return f"<!-- of: {module} {match[2]} -->\n```python\n" + "\n\n\n".join(parts) + "\n```\n"


def _shown(found: Found) -> list[str]:
    node = found.node
    if isinstance(node, Function):
        lines = _head(found, node, node)
    elif isinstance(node, ast.ClassDef):
        lines = _class(found, node)
    elif isinstance(node, ast.AnnAssign) and node.end_lineno != node.lineno:
        lines = [f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}"]
    else:
        lines = _of(found, node) + (_of(found, found.said) if found.said is not None else [])
    return [_NOTE.sub("", line).replace(_EMPTY, "MappingProxyType({})") for line in lines]


def _class(found: Found, node: ast.ClassDef) -> list[str]:
    first = node.body[0]
    lines = found.lines[_begin(node) - 1 : _begin(first) - 1] + (_of(found, first) if _is_text(first) else [])
    before: ast.stmt | None = None
    fields: list[str] = []
    methods: list[str] = []
    for each in node.body[1:] if _is_text(first) else node.body:
        of = before if _is_text(each) else each
        if isinstance(each, Function) and not _hidden(each, node):
            methods += ["", *_head(found, each, node)]
        elif isinstance(of, ast.Assign | ast.AnnAssign) and not _private(of):
            fields += _of(found, each)
        before = each
    return _trimmed(lines) + (["", *fields] if fields else []) + methods


def _head(found: Found, node: Function, owner: ast.stmt) -> list[str]:
    """Return a function's signature as it is written, with its docstring, or ``...`` where it has none."""
    first = node.body[0]
    lines = _trimmed(found.lines[_begin(node) - 1 : _begin(first) - 1])
    if _is_text(first):
        return lines + _of(found, first)
    if _begin(first) == node.lineno:
        return [found.lines[node.lineno - 1].split(": ")[0] + ": ..."]
    inner = "    " if owner is node else "        "
    return [*lines, f"{inner}..."]


def _of(found: Found, node: ast.stmt) -> list[str]:
    return found.lines[_begin(node) - 1 : node.end_lineno]


def _begin(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min((each.lineno for each in decorators), default=node.lineno)


def _trimmed(lines: list[str]) -> list[str]:
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, those of ``if TYPE_CHECKING`` too."""
    for node in body:
        yield node
        if isinstance(node, ast.If):
            yield from node.body


def defines(node: ast.stmt) -> list[str]:
    """Return the names that a statement defines."""
    if isinstance(node, Function | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _private(node: ast.Assign | ast.AnnAssign) -> bool:
    return all(name.startswith("_") for name in defines(node))


def _hidden(node: Function, owner: ast.stmt) -> bool:
    """Return whether a method is none of a reader's: private, or the way in which a Protocol's values are made."""
    if owner is node:
        return False
    bases = [ast.unparse(each) for each in owner.bases] if isinstance(owner, ast.ClassDef) else []
    error = any(each.endswith(("Error", "Failure", "Verdict")) for each in bases)
    return node.name.startswith("_") and not (node.name == "__init__" and error)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _read(module: str) -> tuple[list[str], ast.Module]:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise SystemExit(f"docs/plugins/reference.md: there is no module {module}")
    text = Path(spec.origin).read_text("utf-8")
    return text.splitlines(), ast.parse(text)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
