"""What the branch says of where the customer is."""

from collections.abc import Mapping

PLACE_WORDS: Mapping[str, tuple[str, str]] = {
    "blocked.network_not_admitted": (
        "客户所用网络不在允许范围内，不能继续",
        "The customer’s network is not one the rules allow",
    ),
    "blocked.place_missing": ("尚未取得客户设备位置", "The device’s position is not known yet"),
    "blocked.place_declined": (
        "客户未提供设备位置，请说明可到网点办理",
        "The customer gives no position: offer a branch",
    ),
    "blocked.place_too_old": (
        "设备位置已过时效，已请客户重新提供",
        "The device’s position is too old; the customer is asked again",
    ),
    "notice.network_outside": (
        "客户所用网络不在允许的国家或地区，或经由代理，请加强核实。",
        "The customer’s network is outside the countries allowed, or behind a proxy: take care.",
    ),
    "mark.NetworkSeen": ("客户网络", "Customer’s network"),
    "mark.PlaceTold": ("设备位置", "Device’s position"),
    "mark.PlaceDeclined": ("未提供设备位置", "No position given"),
    "network.country_unknown": ("国家或地区未知", "Country not known"),
    "network.hosting": ("机房网络", "Hosting network"),
    "network.proxy": ("代理", "Proxy"),
    "network.tor": ("洋葱匿名网络", "Tor network"),
    "network.vpn": ("VPN", "VPN"),
    "network.admitted": ("规则允许", "Allowed by the rules"),
    "network.not_admitted": ("规则不允许", "Not allowed by the rules"),
    "place.within": ("误差约 {metres} 米", "within {metres} m"),
    "place.line.asked": ("尚未提供", "Not yet"),
    "place.line.stale": ("已过时效，已请客户重新提供", "Too old; asked for again"),
    # to the customer, before anything is told
    "place.for.identification": ("用于核实您的身份。", "It helps us confirm who you are."),
    "place.for.anti_fraud": ("用于防范电信网络诈骗。", "It helps protect you against fraud."),
    "place.for.jurisdiction": (
        "用于确认您所在地区可以办理本业务。",
        "It shows whether we may serve you where you are.",
    ),
    "place.without": (
        "按规定，不提供位置不能通过视频办理本业务。您可前往任一网点办理，工作人员会协助您。",
        "Without it the rules don’t let us do this by video. Any branch can help you instead.",
    ),
    "no_place.chosen": ("客户选择不提供", "The customer chose not to"),
    "no_place.denied": ("浏览器未授权", "The browser did not allow it"),
    "no_place.unavailable": ("设备无法定位", "The device can’t tell"),
    "no_place.timeout": ("定位超时", "The device took too long"),
    "found.network_outside": ("网络不在允许范围", "Network not allowed"),
    "found.place_declined": ("未提供设备位置", "No position given"),
}
