"""Invite a customer to a loan interview and look what became of it: the standard library alone.

TELLER_SERVER=https://branch.example TELLER_KEY=tsk_… python invite.py 韩梅梅 310104198805120041
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid

BASE = os.environ["TELLER_SERVER"].rstrip("/") + "/api/bank/v1"


def call(method: str, path: str, body: object = None, once: str = "") -> dict:
    """One request; a problem (RFC 9457) ends the program with its code."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data=data, method=method)
    request.add_header("Authorization", f"Bearer {os.environ['TELLER_KEY']}")
    if data is not None:
        request.add_header("Content-Type", "application/json")
    if once:
        request.add_header("Idempotency-Key", once)  # the same key: the same answer
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        sys.exit(f"{problem['code']}: {problem['detail']}")


def main(name: str, document_number: str) -> None:
    invitation = {
        "service": "loan_interview",
        "language": "zh-CN",
        "name": name,
        "document_number": document_number,
        "intake": {"purpose": "renovation", "amount": "150000.00"},
        "expires_in_hours": 48,
    }
    once = str(uuid.uuid4())
    made = call("POST", "/invitations", invitation, once)
    assert call("POST", "/invitations", invitation, once) == made  # a lost answer costs nothing
    print("send this link to the customer:", made["url"])
    status = call("GET", f"/invitations/{made['id']}")
    print("used:", status["redeemed_at"] or "not yet", *status["visits"])
    for visit in call("GET", "/visits?service=loan_interview")["visits"]:
        print(visit["id"], visit["state"], visit["outcome"], visit["effect"])


if __name__ == "__main__":
    main(*sys.argv[1:3])
