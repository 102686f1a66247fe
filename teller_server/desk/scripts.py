"""The service scripts of this branch: those of the release, and the bank's own in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from teller_server.domain.errors import Problem, ScriptInvalid
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script

FOLDER = "scripts"
PARTS = "parts"
SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class ScriptFiles:
    """The texts of all scripts by file name, and of all parts by the name an `include` writes."""

    scripts: Mapping[str, str]
    parts: Mapping[str, str]

    def read(self, name: str) -> ServiceScript:
        """The script in the file of that name; `ScriptInvalid` has its problems."""
        return parse_script(self.scripts[name], name, self.parts)


def load_scripts(directory: Path | None = None) -> Mapping[str, ServiceScript]:
    """Every script of the branch, by service. `directory` is `rules.directory` of the settings.

    `ScriptInvalid` for a file that can't be used, and when two files describe one service.
    """
    files = script_files(directory)
    found: dict[str, ServiceScript] = {}
    for name in files.scripts:
        script = files.read(name)
        if script.service in found:
            what = f"another file describes the service `{script.service}` already"
            raise ScriptInvalid(name, (Problem(name, 1, what),))
        found[script.service] = script
    return found


def with_parts_beside(files: ScriptFiles, script: Path) -> ScriptFiles:
    """The branch's files, for a script elsewhere: parts in the folder beside it come first."""
    beside = _by_name(_texts(script.parent / PARTS, f"{PARTS}/"))
    return replace(files, parts={**files.parts, **beside})


def script_files(directory: Path | None = None) -> ScriptFiles:
    """The files of the release; a file of the same name in `directory`/scripts replaces one."""
    release = resources.files("teller_server") / FOLDER
    scripts, parts = _texts(release, ""), _texts(release / PARTS, f"{PARTS}/")
    if directory is not None:
        own = directory / FOLDER
        scripts |= _texts(own, "")
        parts |= _texts(own / PARTS, f"{PARTS}/")
    return ScriptFiles(dict(sorted(scripts.items())), _by_name(parts))


def _by_name(parts: Mapping[str, str]) -> dict[str, str]:
    return {name.removesuffix(SUFFIX): text for name, text in parts.items()}


def _texts(folder: Traversable, prefix: str) -> dict[str, str]:
    """The YAML files of a folder; none when it isn't there."""
    if not folder.is_dir():
        return {}
    names = sorted(entry.name for entry in folder.iterdir())
    return {prefix + name: _text(folder / name) for name in names if name.endswith(SUFFIX)}


def _text(entry: Traversable) -> str:
    try:
        return entry.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = "the file can't be read as UTF-8 text"
        raise ScriptInvalid(entry.name, (Problem(entry.name, 1, what),)) from error
