"""A whole visit with a synthetic customer and teller, over the real doors and real WebRTC.

`teller-server rehearse` is the acceptance test that a branch runs before it opens: it fails unless
what was sent is what was recorded, and the evidence verifies. Its parties know the server only by
its protocol (`docs/protocol.md`), so journeys use them as well.
"""
