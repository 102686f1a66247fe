"""`python -m teller_server`."""

from teller_server.cli import main

if __name__ == "__main__":
    main()
