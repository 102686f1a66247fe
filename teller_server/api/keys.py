"""What handlers find on the application."""

from aiohttp import web

from teller_server.desk.branch import Branch

BRANCH = web.AppKey("branch", Branch)


def branch_of(request: web.Request) -> Branch:
    return request.config_dict[BRANCH]
