"""The branch: a customer, a teller and a compliance officer meet here, by video."""

__version__ = "0.2.0"
