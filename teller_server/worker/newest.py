"""The newest stretch of one party's video, from a keyframe on, for whoever looks now and then."""

import base64


class Newest:
    """Takes every frame and keeps those since the last keyframe, within its bounds."""

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._kept: list[tuple[bytes, bool, float]] = []
        self._size = 0

    def take(self, data: bytes, keyframe: bool, arrived: float) -> None:
        """A frame as it arrives; beyond the bounds nothing is kept until the next keyframe."""
        if keyframe:
            self._kept, self._size = [], 0
        elif not self._kept:
            return
        self._size += len(data)
        if len(self._kept) >= self._most or self._size > self._most_bytes:
            self._kept = []
            return
        self._kept.append((data, keyframe, arrived))

    def frames(self) -> list[tuple[str, bool, float]]:
        """What is kept now, the bytes as base64."""
        return [(base64.b64encode(data).decode(), key, at) for data, key, at in self._kept]
