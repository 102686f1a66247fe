"""One media worker: `python -m teller_server.worker FD`, where FD is its end of a socket pair."""

import asyncio
import gc
import json
import signal
import socket
import sys
from typing import Any

import uvloop

from signaling.media.policy import MediaPolicy
from teller_server.worker.host import CallHost
from teller_server.worker.link import Body, Link


async def work(descriptor: int, policy: MediaPolicy) -> None:
    """Serve the desk until its end of the rope closes, then seal and leave."""
    rope = socket.socket(fileno=descriptor)
    reader, writer = await asyncio.open_connection(sock=rope)
    host: CallHost

    async def handle(verb: str, body: Body) -> Body:
        return await host.handle(verb, body)

    link = Link(reader, writer, handle=handle)
    host = CallHost(policy, link.notify)
    for stop in (signal.SIGINT, signal.SIGTERM):  # meant for the desk, which cuts the rope
        asyncio.get_running_loop().add_signal_handler(stop, lambda: None)
    await link.run()
    await host.close()


def main() -> None:
    descriptor, settings = int(sys.argv[1]), json.loads(sys.argv[2])
    # Packets make few cycles: what is loaded now need never be looked at again.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    uvloop.run(work(descriptor, policy_from(settings)))


def policy_from(settings: dict[str, Any]) -> MediaPolicy:
    """The policy as the desk sent it: JSON knows no tuples."""
    return MediaPolicy(**{k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()})  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
