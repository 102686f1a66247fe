"""Face models behind the port of `kyc.face`."""
