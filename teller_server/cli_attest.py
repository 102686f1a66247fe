"""`teller-server attest …`: what the bank vouches for, from the terminal."""
