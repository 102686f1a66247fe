"""Settings of the databases that know networks."""

from pathlib import Path

from pydantic import Field

from teller_server.settings_group import Group


class Networks(Group):
    """Where customers' networks are looked up, for packs with `ip_policy`; none comes with us."""

    countries: Path | None = Field(
        None,
        description="Database of networks' countries (MaxMind DB format, `country.iso_code`).",
    )
    kinds: Path | None = Field(
        None,
        description="Database of networks behind which others stand (MaxMind DB format, "
        "`is_anonymous_vpn`, `is_hosting_provider`, `is_public_proxy`, `is_tor_exit_node`).",
    )
