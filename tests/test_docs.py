"""The documents say what the software does: settings, commands, codes, links, both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from tests.tree import ROOT, calls, named, product, short, text

DOCS = ROOT / "docs"
OPERATIONS = DOCS / "operations.md"
SETTINGS = DOCS / "settings.md"
ERRORS = DOCS / "errors.md"
REQUIRED = (
    "README.md", "README.zh-CN.md", "LICENSE", "NOTICE", "CONTRIBUTING.md", "SECURITY.md",
    "CHANGELOG.md", "docs/architecture.md", "docs/operations.md", "docs/threat-model.md",
    "docs/glossary.md", "docs/protocol.md", "docs/evidence-format.md", "docs/errors.md",
    "docs/settings.md",
)  # fmt: skip
ERROR_CLASSES = {"Refusal", "Outage", "Damage"}
MAKERS = {"_damage", "bad"}  # recording.format makes its Damage by these


def documents() -> list[Path]:
    return named(".md")


@pytest.mark.parametrize("name", REQUIRED)
def test_the_document_exists(name: str) -> None:
    assert (ROOT / name).is_file()


# What the software offers is written down


def test_every_setting_is_documented() -> None:
    settings = pytest.importorskip("teller_server.settings")
    undocumented = {
        name for name in _fields(settings.Settings) if f"`{name}`" not in text(SETTINGS)
    }
    assert undocumented == set()


def test_every_command_is_documented() -> None:
    cli = pytest.importorskip("teller_server.cli")
    typer = pytest.importorskip("typer")
    command = typer.main.get_command(cli.whole())
    missing = [c for c in _commands(command) if f"teller-server {c}" not in text(OPERATIONS)]
    assert missing == []


def test_every_error_code_is_documented() -> None:
    documented = set(re.findall(r"^\| `([a-z0-9_]+)`", text(ERRORS), re.MULTILINE))
    raised = {code for path in product() for code in _codes(path, ERROR_CLASSES | MAKERS)}
    assert raised - documented == set()


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    """A code without words would be shown as a fault of ours; core and accounts have no page."""
    words = pytest.importorskip("teller_server.api.words").WORDS
    elsewhere = {"store/accounts.py"}
    refusals = {
        (short(path), code)
        for path in product()
        for code in _codes(path, {"Refusal"})
        if short(path).removeprefix("teller_server/") not in elsewhere
    }
    assert {(path, code) for path, code in refusals if code not in words} == set()


def test_the_document_says_what_the_pages_say() -> None:
    words = pytest.importorskip("teller_server.api.words").WORDS
    rows = {(f"`{code}`", english, chinese) for code, (chinese, english) in words.items()}
    written = {tuple(c.strip() for c in line.split("|")[1:-1]) for line in text(ERRORS).split("\n")}
    assert rows - written == set()


def test_no_error_code_is_documented_that_nothing_uses() -> None:
    documented = set(re.findall(r"^\| `([a-z0-9_]+)`", text(ERRORS), re.MULTILINE))
    source = "\n".join(text(p) for p in [*product(), *named(".js", ".yaml", ".po")])
    assert {code for code in documented if not re.search(rf"\b{code}\b", source)} == set()


def test_every_make_command_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    said = {
        (short(path), target)
        for path in documents()
        for target in re.findall(r"`make ([a-z-]+)", text(path))
    }
    assert {(name, target) for name, target in said if target not in targets} == set()


# Links lead somewhere


@pytest.mark.parametrize("path", documents(), ids=short)
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists() or (
            anchor and there.suffix == ".md" and anchor not in _anchors(there)
        ):
            broken.append(target)
    assert broken == []


def test_architecture_leads_to_every_decision() -> None:
    overview = text(DOCS / "architecture.md")
    decisions = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert [d.name for d in decisions if f"adr/{d.name}" not in overview] == []
    assert [int(d.name[:4]) for d in decisions] == list(range(1, len(decisions) + 1))


@pytest.mark.parametrize("path", sorted((DOCS / "adr").glob("[0-9]*.md")), ids=short)
def test_a_decision_says_why_and_what_it_costs(path: Path) -> None:
    headings = [heading for _, heading in _headings(path)]
    for needed in ("Context", "Considered options", "Decision", "Consequences"):
        assert needed in headings


# Two languages, one content


def test_both_readmes_have_the_same_shape() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh-CN.md"
    assert [level for level, _ in _headings(english)] == [level for level, _ in _headings(chinese)]
    for pattern in (r"```.*?```", r"!\[[^\]]*\]\(([^)]+)\)"):
        ours, theirs = (re.findall(pattern, text(p), re.DOTALL) for p in (english, chinese))
        assert ours == theirs


def test_every_word_of_the_glossary_has_both_languages() -> None:
    rows = re.findall(r"^\|([^|]+)\|([^|]+)\|", text(DOCS / "glossary.md"), re.MULTILINE)
    terms = [
        (a.strip(), b.strip()) for a, b in rows if not a.strip().startswith(("---", "English"))
    ]
    assert terms
    assert [a for a, b in terms if not re.search(r"[\u4e00-\u9fff]", b)] == []


def test_the_changelog_knows_this_version() -> None:
    version = re.search(r'^version = "([^"]+)"', text(ROOT / "pyproject.toml"), re.MULTILINE)
    assert version is not None
    assert f"## [{version[1]}]" in text(ROOT / "CHANGELOG.md")


def _fields(model: type, prefix: str = "") -> Iterator[str]:
    """Dotted names of a pydantic model's leaves."""
    for name, field in model.model_fields.items():  # type: ignore[attr-defined]
        inner = field.annotation
        if isinstance(inner, type) and hasattr(inner, "model_fields"):
            yield from _fields(inner, f"{prefix}{name}.")
        else:
            yield prefix + name


def _commands(command: object, prefix: str = "") -> Iterator[str]:
    """Full names of a click command's leaves: `serve`, `users add`, …"""
    for name, child in getattr(command, "commands", {}).items():
        if getattr(child, "hidden", False):
            continue
        if hasattr(child, "commands"):
            yield from _commands(child, f"{prefix}{name} ")
        else:
            yield prefix + name


def _codes(path: Path, kinds: Collection[str] = ERROR_CLASSES) -> Iterator[str]:
    """Codes of the errors that a module raises with a literal, also `one if … else other`."""
    for name, node in calls(path):
        if name in kinds and node.args:
            first = node.args[0]
            choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            for choice in choices:
                if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                    yield choice.value


def _prose(path: Path) -> str:
    """A document without its code."""
    without_blocks = re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", without_blocks)


def _headings(path: Path) -> list[tuple[int, str]]:
    without_blocks = re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)
    found = re.findall(r"^(#+) (.+)$", without_blocks, re.MULTILINE)
    return [(len(marks), heading.strip()) for marks, heading in found]


def _anchors(path: Path) -> set[str]:
    """Heading anchors as GitHub makes them."""
    plain = (re.sub(r"[`*]", "", heading).lower() for _, heading in _headings(path))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}
