"""Servers to be killed: imports once, then forks a server for every line on its input.

    python -m tests.teller_server.api.wire_nursery DATABASE_URL

prints the port, then one process id per server. All servers share the listening socket, so a page
that comes between two of them waits for the next.
"""

import os
import socket
import sys

from aiohttp import web
from sqlalchemy import Connection, text

from signaling.connection import WirePolicy
from signaling.dispatch import Caller, Dispatch
from signaling.messages import View
from signaling.switchboard import Switchboard
from teller_server.store.engine import connect
from teller_server.store.wire import WireJournal
from tests.signaling.words import VOCABULARY, Got, Put


def serve(url: str, listening: socket.socket) -> None:
    database = connect(url)
    policy = WirePolicy(rate=10_000, burst=10_000)
    switchboard = Switchboard(WireJournal(database), lambda code, _: code, policy)
    dispatch = Dispatch("customer", VOCABULARY)

    async def put(caller: Caller, message: Put) -> None:
        def effect(connection: Connection) -> None:
            connection.execute(
                text("INSERT INTO done (n, id) VALUES (:n, :id) ON CONFLICT (id) DO NOTHING"),
                {"n": message.n, "id": caller.message},
            )

        await database.write(effect)
        await switchboard.push(caller.subject, Got(n=message.n))

    dispatch.on(Put, put)

    async def view(_: Caller) -> View:
        return View(state={})

    async def handler(request: web.Request) -> web.StreamResponse:
        return await switchboard.serve(request, Caller("customer", "visit-1"), dispatch, view)

    app = web.Application()
    app.router.add_get("/ws", handler)
    web.run_app(app, sock=listening, print=None, access_log=None, handle_signals=False)


def main() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)  # noqa: T201
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            serve(sys.argv[1], listening)
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        os.waitpid(child, 0)
        print("dead", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
