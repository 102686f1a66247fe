"""What a person and what a print before the camera can do of each movement: measured, and judged.

The attacks are those of `tests/kyc/attacks.py`; the man is the one of the test packages.
"""

from __future__ import annotations

from typing import Any

from kyc.challenge import Action
from kyc.engines.facemesh import FaceMeshModel
from kyc.engines.yunet import YuNet
from kyc.face import Image
from kyc.liveness import Asked, Sample, judge
from kyc.policy import Outcome
from tests.kyc import attacks
from tests.kyc.people import clip

_SECONDS, _SHOWN = 4.0, 1.0


def liveness() -> dict[str, Any]:
    """Print a row an attack: what was measured of each movement, in its own unit, and `yes`."""
    finder, model = YuNet(320), FaceMeshModel()
    shown = {name: attacks.looked_at(of, finder, model) for name, of in _before_it().items()}
    rows = [_row(name, looked) for name, looked in shown.items()]
    print("\nmovements: measured (degrees, ratios, seconds), `yes` where it would pass")
    print(f"  {'':24}" + "".join(f"{action.value:>14}" for action in Action))
    for row in rows:
        cells = (f"{cell['measured']:.2f}{' yes' if cell['passed'] else ''}" for cell in row["of"])
        print(f"  {row['before']:24}" + "".join(f"{cell:>14}" for cell in cells))
    return {"movements": rows}


def _before_it() -> dict[str, list[Image]]:
    man = list(clip()[27:])
    return {
        "a man who turns": man,
        "the same in a mirror": [picture[:, ::-1].copy() for picture in man],
        "a print, held": attacks.held_photo(_SECONDS),
        "a print, swung by 40": attacks.turned_photo(_SECONDS),
        "a print, swung by 55": attacks.turned_photo(_SECONDS, 55),
        "a print, bent": attacks.bent_photo(_SECONDS),
        "a print, brought near": attacks.nearer_photo(_SECONDS),
        "a print, behind a hand": attacks.covered_photo(_SECONDS),
        "one picture, for ever": attacks.frozen(attacks.placed(), _SECONDS),
    }


def _row(name: str, seen: list[Sample]) -> dict[str, Any]:
    found = [judge(Asked(action, _SHOWN, seen[-1].at), seen) for action in Action]
    cells = [
        {
            "action": one.action.value,
            "measured": round(one.measured, 3),
            "passed": one.outcome is Outcome.PASSED,
        }
        for one in found
    ]
    return {"before": name, "of": cells}
