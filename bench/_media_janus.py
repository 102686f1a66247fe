"""Janus for `bench.media`: the configuration of a private instance with the VideoCall plugin."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

_PLUGINS = "/usr/lib/x86_64-linux-gnu/janus"
_MAIN = """
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{plugins}/plugins"
  transports_folder = "{plugins}/transports"
  events_folder = "{plugins}/events"
  loggers_folder = "{plugins}/loggers"
  debug_level = 2
  session_timeout = 300
}}
plugins: {{ disable = "{unused}" }}
transports: {{ disable = "{silent}" }}
"""
_HTTP = """
general: {{ json = "compact", base_path = "/janus", http = true, port = {port}, ip = "127.0.0.1",
            https = false }}
admin: {{ admin_http = false, admin_https = false }}
"""


def version() -> str | None:
    """The installed Janus, or None."""
    if shutil.which("janus") is None:
        return None
    said = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False)
    words = (said.stdout + said.stderr).split()
    return next((word.strip("()") for word in words if word.startswith("(1.")), words[-1])


def command(folder: Path, port: int) -> list[str]:
    """Write the configuration and return the command line."""
    plugins = Path(_PLUGINS)
    unused = _others(plugins / "plugins", "libjanus_videocall")
    silent = _others(plugins / "transports", "libjanus_http")
    main = _MAIN.format(folder=folder, plugins=plugins, unused=unused, silent=silent)
    (folder / "janus.jcfg").write_text(main)
    (folder / "janus.transport.http.jcfg").write_text(_HTTP.format(port=port))
    (folder / "janus.plugin.videocall.jcfg").write_text("general: { }\n")
    return ["janus", "-F", str(folder), "-o"]


def _others(folder: Path, kept: str) -> str:
    return ",".join(sorted(p.name for p in folder.glob("*.so") if not p.name.startswith(kept)))
