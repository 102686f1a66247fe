"""What a signature made here is under the law, in the words shown beside the place to sign.

The Electronic Signature Law of the PRC (电子签名法, 2019), articles 13, 14 and 16;
docs/signatures.md says the same at length.
"""

from __future__ import annotations

from typing import Final

_ZH: Final = (
    "您的签名笔迹、签署时间和本次录音录像的摘要，将与您刚才阅读的文件一并以数字签名固定。"
    "签名密钥在验证码核对通过后为您本次签署单独生成，只用于本次签署，用后即销毁并留存销毁记录。"
    "签署后对签名或文件的任何改动均可被发现。"
    "本签名依照《电子签名法》第十三条的条件设计；是否属于可靠的电子签名，由人民法院或者仲裁机构依法认定。"
)
_ZH_ISSUED: Final = "签名证书由本行指定的认证机构签发。"
_ZH_DEMO: Final = (
    "演示环境：签名证书由本系统自行签发，签发者不是依法设立的电子认证服务提供者，仅供演示。"
)
_EN: Final = (
    "Your handwriting, the time and the digest of this recording are fixed by a digital signature "
    "together with the paper you have just read. The key is made for this signing alone, after "
    "your code was checked; it is used for nothing else and destroyed afterwards, and a record of "
    "that is kept. Any later change to the signature or the paper can be detected. The signature "
    "is designed to meet Article 13 of the PRC Electronic Signature Law; whether it is a reliable "
    "electronic signature is for a court or an arbitration body to decide."
)
_EN_ISSUED: Final = " The certificate is issued by the authority that this bank has appointed."
_EN_DEMO: Final = (
    " Demonstration: the certificate is issued by this system itself, not by a licensed "
    "certification service. For demonstration only."
)


def statement(language: str, *, demo: bool) -> str:
    """Two to five sentences for the person who signs; `demo` adds that nothing here counts."""
    if language.lower().startswith("en"):
        return _EN + (_EN_DEMO if demo else _EN_ISSUED)
    return _ZH + (_ZH_DEMO if demo else _ZH_ISSUED)
