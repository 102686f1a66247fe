"""Where evidence is kept: room on the disk, the vault and what has not reached it."""

from typing import Any

from aiohttp import web

from teller_server.api.keys import branch_of
from teller_server.api.problems import language_of
from teller_server.api.words import say
from teller_server.desk.branch import Branch
from teller_server.store.vault import VaultTask


async def storage(request: web.Request) -> web.Response:
    """Free and needed MiB, and the vault's backlog; nothing here names a person."""
    desk, language = branch_of(request), language_of(request)
    backlog = await desk.vault.backlog()
    return web.json_response(
        {
            "disk": await _disk(desk),
            "vault": {
                "kind": desk.settings.vault.kind,
                "locks": desk.settings.vault.kind == "s3",
                "waiting": backlog.waiting,
                "statements": len(await desk.vault_statements.waiting()) if desk.vault.used else 0,
                "oldest": backlog.oldest.isoformat() if backlog.oldest else None,
                "failing": [_task(task, language) for task in backlog.failing],
            },
        }
    )


async def _disk(desk: Branch) -> dict[str, int]:
    free = await desk.space.look()
    return {"free_mb": free, "needed_mb": desk.space.needed_mb}


def _task(task: VaultTask, language: str) -> dict[str, Any]:
    return {
        "recording": task.recording,
        "since": task.wanted_at.isoformat(),
        "attempts": task.attempts,
        "again_at": task.due_at.isoformat(),
        "cause": say(task.error or "", language),
    }


ROUTES = [web.get("/storage", storage)]
