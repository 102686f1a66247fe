"""The demo bank's invented customers and the companies some of them act for."""

from collections.abc import Mapping

from .port import Company, Customer

PEOPLE = (
    Customer("C100001", "李雷", "330106199001010028", "13800000001",
             "杭州市西湖区文三路1号", "office", "2030-01-01"),
    Customer("C100002", "韩梅梅", "310104198805120041", "13800000002",
             "上海市徐汇区漕溪路8号", "student", "2027-05-12"),
    Customer("C100003", "王小明", "440305199507230013", "13800000003",
             "深圳市南山区科苑路15号", "retired", "2026-12-31"),
    Customer("C200001", "Ada Whitfield", "512846097", "07700 900101",
             "4 Larch Road, London N4", "office", "2031-03-14"),
    Customer("C200002", "Owen Pryce", "518230446", "07700 900102",
             "27 Quay Street, Bristol", "student", "2029-09-30"),
)  # fmt: skip

COMPANIES: Mapping[str, tuple[Company, ...]] = {
    "C100001": (Company("杭州青禾茶业有限公司", "91330106MA2XK7Q04L", "legal_representative"),),
    "C100003": (Company("深圳微澜智能科技有限公司", "91440305MA5GH3R183", "legal_representative"),),
    "C200001": (Company("Larch & Whitfield Ltd", "91310115MA1HB6N52N", "legal_representative"),),
}
"""By customer's reference; the codes are well formed and belong to nobody."""
