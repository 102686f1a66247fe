"""Refusals about where the customer is."""

from collections.abc import Mapping

PLACE_WORDS: Mapping[str, tuple[str, str]] = {
    "network_not_admitted": (
        "按规定，您目前所用的网络不能办理该业务。请关闭代理或VPN、换用当地网络后重新办理，或到网点办理。",
        "Your network is not allowed for this service. Turn off any VPN, or come to a branch.",
    ),
    "place_missing": (
        "尚未取得客户设备的位置，不能继续。",
        "The position of the customer's device is not known yet.",
    ),
    "place_declined": (
        "客户未提供设备位置，按规定不能继续办理。请说明可到网点办理，并改由其他渠道。",
        "The customer gives no position: offer a branch and end with another channel.",
    ),
    "place_too_old": (
        "设备位置已过时效，已请客户重新提供，请稍候。",
        "The device's position is too old. The customer is asked again; one moment, please.",
    ),
    "place_not_asked": ("本业务不需要设备位置。", "No position is asked for here."),
    "place_just_told": ("设备位置刚刚更新。", "The position was told only just now."),
}
