"""Refusals about documents that are photographed and read."""

from collections.abc import Mapping

DOCUMENT_ERRORS: Mapping[str, tuple[str, str]] = {
    "document_being_compared": (
        "正在与视频画面比对，请稍候。",
        "The document is being looked for in the video. Please wait.",
    ),
    "document_being_read": (
        "正在识别证件，请稍候。",
        "The document is being read. Please wait.",
    ),
    "document_code_wrong": (
        "统一社会信用代码校验未通过，请对照照片核对。",
        "The credit code can't be right: check it against the photograph.",
    ),
    "document_expired": (
        "证件已过有效期，请对照照片核对。",
        "The document has expired: check it against the photograph.",
    ),
    "document_kind_not_accepted": (
        "该业务不接受这种证件。",
        "This service does not take that kind of document.",
    ),
    "document_not_handled": (
        "证件真伪核对尚未完成。",
        "Not everything has been looked for on the document yet.",
    ),
    "document_number_wrong": (
        "证件号码校验未通过，请对照照片核对。",
        "The document number can't be right: check it against the photograph.",
    ),
    "document_side_missing": (
        "证件还有一面未拍摄。",
        "One side of the document has not been photographed yet.",
    ),
    "document_side_not_expected": (
        "不需要拍摄证件的这一面。",
        "This side of the document is not asked for.",
    ),
    "no_such_field": (
        "证件上没有该项信息。",
        "There is no such field on this document.",
    ),
    "photograph_superseded": (
        "照片已重新拍摄，请核对新的照片。",
        "The photograph was taken again meanwhile: look at the new one.",
    ),
}
