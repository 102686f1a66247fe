"""Words for what the branch's rules and the bank's attestations refuse."""

from collections.abc import Mapping

POLICY_WORDS: Mapping[str, tuple[str, str]] = {
    "pack_draft": (
        "本营业厅采用的规则包仍是草案，不能办理业务。请联系管理员。",
        "The branch's rules are still a draft, so no visit can be opened. Call an administrator.",
    ),
    "attestation_lapsed": (
        "本行须定期确认的事项已到期，暂时不能办理该业务。您可到网点办理。",
        "A regular confirmation has run out: this service is closed. Please come to a branch.",
    ),
    "attestation_unknown": (
        "规则中没有这一确认事项。",
        "The branch's rules ask for no confirmation of that kind.",
    ),
    "attestation_unsigned": (
        "须写明由谁确认。",
        "Say who vouches for it.",
    ),
    "attestation_over": (
        "有效期止日早于确认之日。",
        "It would have ended before it was given.",
    ),
}
