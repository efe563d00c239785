"""一本笔记本要自带哪些实现：从会话导入的名字起，顺着各个小节用到的名字找下去，只取用得着的小节。"""

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from notes import implementations
from notes.files import read
from notes.paths import SNIPPETS
from notes.sections import Section

# 记下的数的运算（x + y）在 engine.tape 里按算子的名字去找
TAPE = "engine.tape"
EVERY_FILE = "Path(__file__).parents[1].glob("
OPERATOR = re.compile(r"^@operator\ndef (\w+)\(", re.MULTILINE)

Use = tuple[str, str]  # (模块, 里面的名字)；整个模块是空串
Imports = dict[str, Use]  # {名字: 从哪里导入的}


@dataclass
class Implementation:
    """一个实现文件：小节与名字的对应，导入的名字，导入的语句。"""

    name: str
    path: Path
    sections: dict[str, str]
    trees: dict[str, ast.Module]
    defines: dict[str, str]
    statements: list[ast.Import | ast.ImportFrom]
    imports: Imports

    def within(self, section: str) -> Iterator[Use]:
        """一个小节用到的，别的小节里的名字，以及要按名字去找的算子。"""
        for statement in self.trees[section].body:
            if isinstance(statement, ast.Assign):
                # 往一个变量里登记的（GROUPS.open、@vectors.add），与它一起要
                for name in map(ast.unparse, statement.targets):
                    yield from ((self.name, self.first(other)) for other in self.adding.get(name, ()))
        if self.name != TAPE and EVERY_FILE in self.sections[section]:
            # 从全部的实现里找算子：个个都要
            yield from ((module, name) for name, module in operators().items())
        for node in nodes(self.name, section):
            if isinstance(node, ast.Name) and node.id in self.defines:
                yield self.name, node.id
            elif self.name == TAPE and isinstance(node, ast.Constant | ast.Attribute):
                # infix("add")、F.getitem：按名字去找的算子
                called = str(node.value) if isinstance(node, ast.Constant) else node.attr
                if called in operators():
                    yield operators()[called], called

    @functools.cached_property
    def adding(self) -> dict[str, set[str]]:
        """{变量: 定义之外，一导入就用到它的小节}；函数里面用到的不算。"""
        found: dict[str, set[str]] = {}
        for section, tree in self.trees.items():
            for node in tree.body:
                parts = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else [node]
                for each in (inner for part in parts for inner in ast.walk(part)):
                    if isinstance(each, ast.Name) and self.defines.get(each.id, section) != section:
                        found.setdefault(each.id, set()).add(section)
        return found

    def first(self, section: str) -> str:
        """一个小节里定义的一个名字。"""
        return next(name for name, each in self.defines.items() if each == section)

    def needed_imports(self, wanted: Iterable[str]) -> list[str]:
        """这几个小节用到的导入语句。"""
        inside = (node for section in wanted for node in nodes(self.name, section))
        names = {node.id for node in inside if isinstance(node, ast.Name)}
        found = []
        for statement in self.statements:
            kept = [each for each in statement.names if (each.asname or each.name.split(".")[0]) in names]
            if kept:
                fields = {name: value for name, value in ast.iter_fields(statement) if name != "names"}
                found.append(ast.unparse(type(statement)(names=kept, **fields)))
        return found


@functools.cache
def known() -> dict[str, Path]:
    """全部实现 {模块: 文件}。"""
    return {".".join(path.relative_to(SNIPPETS).with_suffix("").parts): path for path in sorted(SNIPPETS.rglob("*.py"))}


@functools.cache
def operators() -> dict[str, str]:
    """各个算子在哪个模块里。"""
    return {name: module for module, path in known().items() for name in OPERATOR.findall(read(path))}


@functools.cache
def implementation(name: str) -> Implementation:
    path = known()[name]
    tree = ast.parse(read(path))
    parts = implementations.parse(path)
    texts = {name: "\n".join(text for _, text in section.lines).strip("\n") for name, section in parts.items()}
    trees = {name: part(tree, section) for name, section in parts.items()}
    defines = {each: section for section, inside in trees.items() for each in bound(inside)}
    statements = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return Implementation(name, path, texts, trees, defines, statements, imported(tree))


def part(tree: ast.Module, section: Section) -> ast.Module:
    """语法树里属于一个小节的几条。"""
    lines = {line for line, _ in section.lines}
    return ast.Module([node for node in tree.body if node.lineno in lines], [])


@functools.cache
def nodes(name: str, section: str) -> tuple[ast.AST, ...]:
    """一个小节的语法树的全部节点。"""
    return tuple(ast.walk(implementation(name).trees[section]))


@functools.cache
def used(name: str, section: str) -> set[Use]:
    """一个小节用到的：别的小节里的名字，别的模块里的名字。"""
    unit = implementation(name)
    return {*uses(nodes(name, section), unit.imports), *unit.within(section)}


@functools.cache
def files(name: str, section: str) -> set[Path]:
    """一个小节读的数据文件。"""
    words = {node.value for node in nodes(name, section) if isinstance(node, ast.Constant)}
    named = {word for word in words if isinstance(word, str) and "." in word and len(word) < 100}
    return {path for path in (known()[name].parent / word for word in named) if path.is_file()}


def bound(tree: ast.Module) -> Iterator[str]:
    """最外层定义的名字。"""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                yield inner.id
            elif isinstance(inner, ast.alias):
                yield (inner.asname or inner.name).split(".")[0]


def imported(tree: ast.AST) -> Imports:
    """从本站的实现导入的名字。"""
    found: Imports = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                whole = f"{node.module}.{each.name}"
                if whole in known():
                    found[each.asname or each.name] = whole, ""
                elif node.module in known():
                    found[each.asname or each.name] = node.module, each.name
        elif isinstance(node, ast.Import):
            for each in node.names:
                if each.name in known():
                    found[each.asname or each.name] = each.name, ""
    return found


def uses(nodes: Iterable[ast.AST], imports: Imports) -> Iterator[Use]:
    """一段代码用到了模块里的哪些名字；nodes 是语法树的全部节点，外层的在前。"""
    of_modules = set()
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imports:
            module, name = imports[node.value.id]
            of_modules.add(id(node.value))
            if node.attr == "__file__":
                # 读源文件的，要的是那个文件夹里的全部
                yield from ((each, "") for each in known() if each.split(".")[0] == module.split(".")[0])
            elif name:
                yield module, name
                if (module, name) == (TAPE, "F") and node.attr in operators():
                    yield operators()[node.attr], node.attr
            else:
                yield module, node.attr
        elif isinstance(node, ast.Name) and node.id in imports and id(node) not in of_modules:
            yield imports[node.id]
        elif isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names if each.name in known())
        elif isinstance(node, ast.ImportFrom):
            # 导入了的都要有；导入整个模块的，看后面用到什么
            named = (imports[each.asname or each.name] for each in node.names if (each.asname or each.name) in imports)
            yield from (use for use in named if use[1])


@dataclass
class Library:
    """已经要了的小节，按模块。"""

    wanted: dict[str, set[str]] = field(default_factory=dict)

    def need(self, found: Iterable[Use]) -> None:
        todo = list(found)
        while todo:
            module, name = todo.pop()
            unit = implementation(module)
            sections = [unit.defines[name]] if name in unit.defines else [] if name else list(unit.sections)
            kept = self.wanted.setdefault(module, set())
            if name in unit.imports:
                todo.append(unit.imports[name])
            for section in sections:
                if section not in kept:
                    kept.add(section)
                    todo += used(module, section)

    def ordered(self) -> list[str]:
        """各个模块，被导入的在前。"""
        found: list[str] = []

        def visit(module: str) -> None:
            if module in found:
                return
            unit = implementation(module)
            names = {
                "" if not node.module else node.module for node in unit.statements if isinstance(node, ast.ImportFrom)
            }
            for other in sorted({use[0] for use in unit.imports.values()} | names):
                if other in self.wanted and other != module:
                    visit(other)
            found.append(module)

        for module in sorted(self.wanted):
            visit(module)
        return found

    def source(self, module: str, imports: Iterable[str] = ()) -> str:
        """一个模块里要了的小节，前面是它们用到的导入语句；imports 里的小节用到的也写上。"""
        unit = implementation(module)
        kept = [section for section in unit.sections if section in self.wanted[module]]
        head = "\n".join(unit.needed_imports([*kept, *imports]))
        return "\n\n\n".join(filter(None, [head, *(unit.sections[section] for section in kept)]))

    def data(self, own: str = "") -> list[Path]:
        """要了的小节读的数据文件；own 是页面自己的模块，它的小节都展示在页面上。"""
        wanted = {(module, section) for module, kept in self.wanted.items() for section in kept}
        wanted |= {(own, section) for section in (implementation(own).sections if own else ())}
        return sorted({path for each in wanted for path in files(*each)})
