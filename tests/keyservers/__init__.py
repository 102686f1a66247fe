"""Real key servers for the tests: OpenBao and SoftHSM, each with its own folder and secrets."""
