"""The house keeps its shape: import contracts, small rooms, no forbidden names or words."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tree import PYTHON_ROOMS, ROOT, calls, named, parsed, product, short, text, written

FILE_LINES = 400
FUNCTION_LINES = 60

# Taken apart so that this file does not contain what it forbids.
HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "deb.debian" + ".org",
         "--index" + "-url", "--find" + "-links", "npmmirror" + ".com")  # fmt: skip
MACHINE_PATHS = re.compile(r"(?<![\w.$}/-])/(?:work|root|Users|home/[a-z]+|tmp/[a-z]+)/(?=\w)")
OUTSIDE = ".." + "/shared"

UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
BOASTS = re.compile(
    r"seamless|cutting.edge|world.class|state.of.the.art|blazing|revolutionary|best.in.class"
    r"|enterprise.grade|military.grade|bank.grade|赋能|一站式|业界领先|军工级|银行级安全",
    re.IGNORECASE,
)


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    command = [linter, "--no-cache"]
    ran = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_no_file_outgrows_its_room() -> None:
    lengths = {short(p): text(p).count("\n") for p in named(".py", ".js", ".css")}
    assert {name: n for name, n in lengths.items() if n > FILE_LINES} == {}


def test_no_function_outgrows_a_screen() -> None:
    too_long = {
        f"{short(path)}:{function.lineno} {function.name}": length
        for path in named(".py")
        for function in _functions(path)
        if (length := _length(function)) > FUNCTION_LINES
    }
    assert too_long == {}


@pytest.mark.parametrize("word", ["util", "utils", "manager", "misc", "common", "helpers"])
def test_no_room_for_odds_and_ends(word: str) -> None:
    parts = {part for p in named(".py", ".js", ".css") for part in Path(short(p)).parts}
    stems = {Path(part).stem.lower() for part in parts}
    assert word not in stems
    classes = [
        f"{short(path)}: {node.name}"
        for path in named(".py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef) and node.name.lower().endswith(word)
    ]
    assert classes == []


def test_every_test_folder_is_a_package() -> None:
    """Without `__init__.py`, `tests/signaling` would hide `signaling` from its own tests."""
    folders = {path.parent for path in named(".py") if short(path).startswith("tests/")}
    assert [short(f) for f in folders if not (f / "__init__.py").exists()] == []


def test_nothing_names_a_package_index_or_the_machine_it_was_written_on() -> None:
    found = [
        f"{short(path)}:{number}: {line.strip()[:120]}"
        for path in written()
        for number, line in enumerate(text(path).splitlines(), 1)
        if any(host in line for host in HOSTS)
        or OUTSIDE in line
        or str(ROOT) in line
        or MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_nothing_is_left_for_later_in_the_code() -> None:
    assert _lines(UNFINISHED, named(".py", ".js", ".css", ".html", ".yaml", ".toml", ".md")) == []


def test_documents_do_not_boast() -> None:
    assert _lines(BOASTS, named(".md", ".html")) == []


def test_background_work_is_heard_when_it_fails() -> None:
    deaf = [
        f"{short(path)}:{node.lineno}"
        for path in product()
        for name, node in calls(path)
        if name == "ensure_future"
    ]
    assert deaf == []


def test_the_product_does_not_lean_on_assert() -> None:
    """`python -O` removes asserts: they may tell the type checker what it can't see, no more."""
    found = [
        f"{short(path)}:{node.lineno}"
        for path in product()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Assert) and not _narrows(node.test)
    ]
    assert found == []


def test_the_product_has_no_door_for_tests() -> None:
    doors = re.compile(r"PYTEST_|\bTESTING\b|under_test|in_tests\b")
    assert _lines(doors, product()) == []


def test_tests_use_the_real_thing() -> None:
    mocks = re.compile(r"unittest\.mock|MagicMock|AsyncMock|\bpytest_mock\b")
    tests = [p for p in named(".py") if short(p).startswith("tests/") and p != Path(__file__)]
    assert _lines(mocks, tests) == []


def test_pages_build_no_markup_from_strings() -> None:
    """Trusted types would stop these in Chromium; other browsers have only this test."""
    sinks = re.compile(r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|new Function\(")
    assert _lines(sinks, named(".js")) == []


def test_every_python_file_is_in_a_known_room() -> None:
    strangers = [short(p) for p in named(".py") if short(p).split("/")[0] not in PYTHON_ROOMS]
    assert strangers == []


def _narrows(test: ast.expr) -> bool:
    """`isinstance(…)` or `… is not None`."""
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id == "isinstance"
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot)


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its docstring left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        first = function.body[0]
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def _lines(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{short(path)}:{number}: {line.strip()[:120]}"
        for path in paths
        if path != Path(__file__)
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]
