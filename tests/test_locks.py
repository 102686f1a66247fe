"""The locks: complete, hashed, in agreement, and tied to no index."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.tree import ROOT, text

RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
PROJECT = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]


def pins(path) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", text(path), re.MULTILINE)
    return {plain(name): version for name, version in found}


def plain(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def test_tests_run_on_what_is_installed_for_real() -> None:
    runtime, development = pins(RUNTIME), pins(DEVELOPMENT)
    assert {n: v for n, v in runtime.items() if development.get(n) != v} == {}


@pytest.mark.parametrize("path", [RUNTIME, DEVELOPMENT], ids=["runtime", "development"])
def test_every_package_is_pinned_by_hash(path) -> None:
    blocks = re.split(r"^(?=[A-Za-z0-9])", text(path), flags=re.MULTILINE)[1:]
    assert len(blocks) == len(pins(path))
    assert [b.split()[0] for b in blocks if not re.search(r"--hash=sha256:[0-9a-f]{64}", b)] == []


def test_every_dependency_is_in_its_lock() -> None:
    needed = {plain(d) for d in PROJECT["dependencies"]}
    assert needed - set(pins(RUNTIME)) == set()
    tools = {plain(d) for d in PROJECT["optional-dependencies"]["dev"]}
    assert tools - set(pins(DEVELOPMENT)) == set()


def test_test_tools_are_not_installed_for_real() -> None:
    tools = {plain(d) for d in PROJECT["optional-dependencies"]["dev"]}
    assert tools & set(pins(RUNTIME)) == set()


def test_the_script_lock_names_no_registry() -> None:
    packages = json.loads(text(ROOT / "web" / "package-lock.json"))["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)
