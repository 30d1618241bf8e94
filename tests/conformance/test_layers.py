"""Which module may import which, who may look at the clock, and that everything that has to be described is."""

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from annexa.editions import edition_names, load_edition
from annexa.errors import AnnexaError
from annexa.lists.build import check_vocabulary
from annexa.lists.registry import COHORTS, DERIVATIONS
from annexa.records import RECORDS
from annexa.settings import Settings

SOURCE = Path(__file__).resolve().parents[2] / "src"

# Top first: a module imports from its own layer and from those below it.
LAYERS = (
    ("__main__",),
    ("cli",),
    ("console", "console_checks", "console_differences", "console_history"),
    ("pipeline",),
    ("history", "differences", "story", "pseudonyms"),
    ("outputs",),
    ("sample",),
    ("evidence",),
    ("reports",),
    ("checks",),
    ("filled",),
    ("lists",),
    ("extract",),
    ("sources",),
    ("editions",),
    ("records",),
    ("findings",),
    ("settings",),
    ("period", "workdays"),
    ("clock", "environment", "log"),
    ("errors", "resources"),
    ("__init__",),
)
RANK = {part: position for position, layer in enumerate(LAYERS) for part in layer}

# Library -> the parts that may import it; every other library is free for all.
CONFINED = {
    "typer": {"cli"},
    "rich": {"console", "cli"},
    "openpyxl": {"outputs", "evidence"},
    "jinja2": {"outputs"},
    "fastexcel": {"extract", "filled"},
    "msoffcrypto": {"filled"},
    "cryptography": {"outputs"},
    "holidays": {"workdays"},
    "sqlite3": {"extract", "sample", "history"},
    "duckdb": {"extract", "sample"},
    "adbc_driver_postgresql": {"extract"},
    "connectorx": {"extract"},
    "oracledb": {"extract"},
    "pyarrow": {"extract"},
    "keyring": {"environment"},
    "logging": {"log"},
    "random": {"sample"},
    "time": {"console", "log"},
    "annexa.clock": {"cli"},
}
FORBIDDEN = {"socket", "ssl", "http", "ftplib", "smtplib", "asyncio", "requests", "urllib.request", "pickle"}


@dataclass(frozen=True)
class Module:
    """One source file: its name with dots, the part of annexa it belongs to, its text and its tree."""

    name: str
    part: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))


def _module(path: Path) -> Module:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    part = parts[1]
    return Module(".".join(parts), part, path.read_text(encoding="utf-8"))


MODULES = [_module(path) for path in sorted((SOURCE / "annexa").rglob("*.py"))]


def imports(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every module that is imported anywhere in a tree, inside functions and for type checkers alone included."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for alias in node.names:
                # "from annexa import console" imports a module, "from annexa import __version__" does not.
                yield f"annexa.{alias.name}" if node.module == "annexa" else node.module or ""


def part_of(name: str) -> str:
    """The part of annexa that an imported module belongs to."""
    part = name.split(".")[1] if "." in name else "__init__"
    return "__init__" if part.startswith("__version") else part


def test_every_part_has_its_layer():
    assert {module.part for module in MODULES} - RANK.keys() == set()
    assert len(RANK) == sum(map(len, LAYERS))


def imports_go_down(module):
    for name in imports(module.nodes):
        if name.split(".")[0] == "annexa":
            assert RANK[module.part] <= RANK[part_of(name)], f"{module.name} imports {name}, which is above it"


def libraries_stay_where_they_belong(module):
    for name in imports(module.nodes):
        assert not any(name == each or name.startswith(f"{each}.") for each in FORBIDDEN), f"{module.name}: {name}"
        for library, parts in CONFINED.items():
            if name == library or name.startswith(f"{library}."):
                assert module.part in parts, f"{module.name} imports {name}"


def only_the_clock_reads_the_clock(module):
    """No date or time of the run anywhere but in clock; the environment is read there, and for secrets, alone."""
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and module.part not in {"clock", "environment"}:
            assert node.attr not in {"today", "now", "utcnow", "localtime", "environ", "getenv"} or _of_clock(node), (
                f"{module.name}, line {node.lineno}: {node.attr}"
            )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec", "print", "input"} or module.part == "console", module.name


def _of_clock(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == "clock"


@pytest.mark.parametrize(
    ("code", "seen"),
    [
        ("import annexa.lists.build", ["annexa.lists.build"]),
        ("def f():\n    from annexa import console", ["annexa.console"]),
        ("if TYPE_CHECKING:\n    from annexa.cli.main import app", ["annexa.cli.main"]),
        ("import rich.table as t, typer", ["rich.table", "typer"]),
    ],
)
def test_imports_are_seen(code, seen):
    assert list(imports(ast.walk(ast.parse(code)))) == seen


def test_the_test_would_fail_where_a_layer_is_broken():
    wrong = Module("annexa.lists.wrong", "lists", "from annexa.pipeline import build\nimport openpyxl.cell")
    with pytest.raises(AssertionError, match="above it"):
        imports_go_down(wrong)
    with pytest.raises(AssertionError, match="openpyxl"):
        libraries_stay_where_they_belong(wrong)
    with pytest.raises(AssertionError, match="today"):
        only_the_clock_reads_the_clock(Module("annexa.lists.wrong", "lists", "day = date.today()"))


def says_what_it_is_for(module):
    text = ast.get_docstring(module.tree) or ""
    assert len(text.split()) > 1, f"{module.name} needs a docstring"


def every_public_function_and_class_is_described(module):
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module.name}.{node.name} needs a docstring"


RULES = (
    imports_go_down,
    libraries_stay_where_they_belong,
    only_the_clock_reads_the_clock,
    says_what_it_is_for,
    every_public_function_and_class_is_described,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule):
    assert len(MODULES) > 300
    for module in MODULES:
        rule(module)


def test_every_record_and_field_is_described():
    for record in RECORDS.values():
        assert (record.__doc__ or "").endswith("."), record.__name__
        for field in record.fields().values():
            text = field.description
            assert text, f"{record.__name__}.{field.name}"
            assert text[0].isupper(), f"{record.__name__}.{field.name}: {text}"
            assert not text.endswith("."), f"{record.__name__}.{field.name}: {text}"


def test_every_cohort_and_derivation_is_described():
    for kind in (COHORTS, DERIVATIONS):
        for name, function in kind.items():
            first = (inspect.getdoc(function) or "").partition("\n\n")[0]
            assert first.endswith("."), f"{name}: the docstring begins with a sentence"


def test_every_setting_is_described():
    def described(model):
        for name, field in model.model_fields.items():
            inner = field.annotation
            if hasattr(inner, "model_fields"):
                assert inner.__doc__
                described(inner)
            else:
                assert field.description, name

    described(Settings)


@pytest.mark.parametrize("name", edition_names())
def test_the_list_files_use_the_vocabulary_and_all_of_it_is_used(name):
    edition = load_edition(name)
    check_vocabulary(edition)
    assert {spec.cohort for spec in edition.lists.values()} <= COHORTS.keys()


def test_no_word_of_the_vocabulary_lies_idle():
    editions = [load_edition(name) for name in edition_names()]
    specs = [spec for edition in editions for spec in edition.lists.values()]
    assert COHORTS.keys() == {spec.cohort for spec in specs}
    assert DERIVATIONS.keys() == {column.derive for spec in specs for column in spec.columns if column.derive}


def test_every_error_has_its_own_exit_code():
    codes = [error.exit_code for error in AnnexaError.__subclasses__()]
    assert len(codes) == len(set(codes))
    assert not set(codes) & {0, 1, AnnexaError.exit_code, 130}


HEAVY = ["polars", "pydantic", "openpyxl", "fastexcel", "dateutil", "jinja2", "duckdb", "pyarrow", "keyring"]
HELP = [
    ["evidence", "init"],
    ["evidence", "status"],
    ["evidence", "collect"],
    ["build"],
    ["verify"],
    ["sample"],
    ["editions"],
    ["editions", "diff"],
    ["sources"],
    ["sources", "check"],
]
PROGRAM = f"""
import contextlib, io, json, sys
from pathlib import Path
import typer

def heavy():
    return sorted(set(sys.modules) & set({HEAVY!r}))

def shown(program, *words):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        program([*words, "--help"])
    assert "--help" in out.getvalue()

typer_alone = heavy()
from annexa.cli.main import app
shown(app)
first = sorted(set(heavy()) - set(typer_alone))
empty = typer.Typer(rich_markup_mode=None)
@empty.command()
def one(path: Path): ...
@empty.command()
def other(path: Path): ...
shown(empty, "one")
empty_program = heavy()
for words in {HELP!r}:
    shown(app, *words)
print(json.dumps([first, sorted(set(heavy()) - set(empty_program))]))
"""


def test_help_imports_nothing_heavy():
    """Neither annexa's help nor a command's, beyond what typer itself imports to reach a command."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], []]
