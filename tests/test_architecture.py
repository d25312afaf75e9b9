"""What the shape of the program promises; the import contracts in pyproject.toml hold the rest."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import Column, Date, DateTime, Enum, Float, Numeric, Time

from supply import bootstrap
from supply.db import Instant, newest_migration
from supply.tables import METADATA

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = sorted((ROOT / "supply").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "fixtures",
    "pyproject.toml",
    "supply",
    "templates",
    "tests",
    "uv.lock",
}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
# Lines without the docstring.
MOST_POSITIONAL = 5
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "manager",
    "managers",
    "service",
    "services",
}
# They say nothing, so that everything comes to lie there.
LONG_FILES: dict[str, str] = {}
# Path to the reason why it stays whole.
LONG_FUNCTIONS: dict[str, str] = {
    "supply/routing/planner/pricing.py:search": "one compiled loop; its parts share a score of counters",
}
# "path:function" to the reason why it stays whole.
NAMED_OTHERWISE = {"job_run.slot": "the due time is the name of the run"}
ENVIRONMENT_READERS = {
    "supply/settings.py": "the one place where the program is set",
    "supply/bootstrap.py": "runs before the program, for uv and pip",
    "supply/routing/planner/kernels.py": "tells Numba where it may keep what it compiled",
}


class Function(NamedTuple):
    """A function as it stands in the source."""

    place: str
    node: ast.FunctionDef | ast.AsyncFunctionDef


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(paths: list[Path]) -> Iterator[Function]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield Function(f"{_relative(path)}:{node.name}", node)


def _is_migration(path: Path) -> bool:
    """A migration tells one step whole and is never edited once released."""
    return "migrations" in path.parts


def _lines_of_body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if not body:
        return 0
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def _columns() -> list[Column[object]]:
    return [column for table in METADATA.sorted_tables for column in table.columns]


def test_files_stay_short() -> None:
    long = {
        _relative(path): lines
        for path in PROGRAM + TESTS
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
        and not _is_migration(path)
        and _relative(path) not in LONG_FILES
    }

    assert long == {}, "split by operation, page or rule"


def test_functions_stay_short() -> None:
    long = {
        function.place: lines
        for function in _functions([path for path in PROGRAM + TESTS if not _is_migration(path)])
        if (lines := _lines_of_body(function.node)) > LONGEST_FUNCTION
        and function.place not in LONG_FUNCTIONS
    }

    assert long == {}


def test_few_parameters_are_positional() -> None:
    # click hands every option over by its name, so a command's order of parameters means nothing.
    paths = [path for path in PROGRAM if path.stem != "cli"]
    many = [
        function.place
        for function in _functions(paths)
        if not _is_compiled(function)
        and len(function.node.args.args) + len(function.node.args.posonlyargs)
        > MOST_POSITIONAL + _own(function)
    ]

    assert many == [], "make the rest keyword-only"


def _is_compiled(function: Function) -> bool:
    """Numba takes arguments by their places only."""
    return any("numba" in ast.unparse(decorator) for decorator in function.node.decorator_list)


def _own(function: Function) -> int:
    first = [argument.arg for argument in function.node.args.args[:1]]
    return 1 if first in (["self"], ["cls"]) else 0


def test_exceptions_to_the_lengths_are_still_needed() -> None:
    files = {_relative(path) for path in PROGRAM + TESTS}
    functions = {function.place for function in _functions(PROGRAM + TESTS)}

    assert set(LONG_FILES) <= files
    assert set(LONG_FUNCTIONS) <= functions


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Imports inside functions count too: they hide a circle, they do not undo it."""
    imports = {_module(path): _imports(path) for path in PROGRAM}

    assert _circle(imports) == [], "what both need belongs into a third module"


def test_a_circle_of_imports_is_found_wherever_it_lies() -> None:
    imports = {"a": ["b"], "b": ["c"], "c": ["d", "e"], "d": [], "e": ["b"]}

    assert _circle(imports) == ["b", "c", "e", "b"]
    assert _circle({**imports, "e": ["d"]}) == []


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> list[str]:
    """Modules of the program that this one names, the modules of a package rather than the package."""
    modules = {_module(one) for one in PROGRAM}
    named: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            named += [name if name in modules else str(node.module) for name in inside]
    return [name for name in named if name in modules]


def _circle(imports: dict[str, list[str]]) -> list[str]:
    """The first circle that a walk along the imports runs into; empty when there is none."""
    is_done: set[str] = set()
    path: list[str] = []

    def walk(module: str) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in is_done:
            return []
        path.append(module)
        found = next((circle for name in imports[module] if (circle := walk(name))), [])
        is_done.add(path.pop())
        return found

    return next((circle for module in imports if (circle := walk(module))), [])


def test_modules_are_named_after_what_they_hold() -> None:
    empty = [_relative(path) for path in PROGRAM if path.stem in EMPTY_NAMES]
    # A benchmark of the service is named after it.
    empty += [_relative(path) for path in TESTS if path.stem in EMPTY_NAMES - {"service"}]

    assert empty == []


def test_the_top_level_stays_small() -> None:
    command = [
        "git",
        "-c",
        f"safe.directory={ROOT}",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert {line.split("/")[0] for line in listed.splitlines()} - TOP_LEVEL == set()


def test_only_settings_read_the_environment() -> None:
    readers = set()
    for path in PROGRAM:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_mapping = isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv"}
            is_imported = isinstance(node, ast.ImportFrom) and node.module == "os"
            names = {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
            if is_mapping or (is_imported and names & {"environ", "getenv"}):
                readers.add(_relative(path))

    assert readers == set(ENVIRONMENT_READERS)


@pytest.mark.parametrize("forbidden", ["now", "utcnow", "today"])
def test_only_the_clock_asks_for_the_time(forbidden: str) -> None:
    """Operations are given `now`, so that tests and the past can be told apart from today."""
    askers = []
    for path in PROGRAM:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            if node.func.attr == forbidden and owner in {"dt.datetime", "dt.date", "datetime", "date"}:
                askers.append(f"{_relative(path)}:{node.lineno}")

    assert [asker for asker in askers if not asker.startswith("supply/clock.py:")] == []


def test_no_column_holds_a_float() -> None:
    """Grams, francs and head counts are counted; a float would lose the gram."""
    floats = [str(column) for column in _columns() if isinstance(_stored(column), Float | Numeric)]

    assert floats == []


def test_no_column_holds_a_naive_instant() -> None:
    naive = [
        str(column)
        for column in _columns()
        if isinstance(_stored(column), DateTime | Time) and not isinstance(column.type, Instant)
    ]

    assert naive == []


def test_dates_and_instants_are_named_alike() -> None:
    """A day ends in `_on`, an instant in `_at`: the reader of a query sees which it is."""
    wrong = [
        str(column)
        for column in _columns()
        if isinstance(_stored(column), Date | DateTime)
        and str(column) not in NAMED_OTHERWISE
        and not column.name.endswith("_at" if isinstance(_stored(column), DateTime) else "_on")
    ]

    assert wrong == []


def test_enums_are_stored_by_value() -> None:
    """The type Enum stores names and needs a migration of its own on PostgreSQL; a CHECK does better."""
    assert [str(column) for column in _columns() if isinstance(column.type, Enum)] == []


def _stored(column: Column[object]) -> object:
    return getattr(column.type, "impl_instance", column.type)


def test_there_is_one_newest_migration() -> None:
    """Two heads would leave a database in a state that depends on the order of the branches."""
    assert newest_migration()


def test_the_oldest_python_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["requires-python"] == f">={'.'.join(map(str, bootstrap.OLDEST_PYTHON))}"


def test_the_lock_names_the_public_index_only() -> None:
    """A mirror of somebody's own machine would make the lock useless to the next."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    sources = [package["source"] for package in lock["package"] if package["name"] != "supply"]
    files = [file for package in lock["package"] for file in (package.get("wheels") or [])]

    assert {tuple(source.items()) for source in sources} == {(("registry", bootstrap.PUBLIC_INDEX),)}
    assert [file for file in files if not file.get("hash", "").startswith("sha256:")] == []
