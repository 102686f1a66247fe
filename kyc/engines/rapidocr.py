"""RapidOCR with PP-OCRv6 small (PaddleOCR, Apache-2.0), the reader of letters, from its wheel.

A wheel whose model is missing or altered stops here: its own loader would fetch the file from the
network. One thread, and nothing of what it reads reaches a log.
"""

from __future__ import annotations

import logging
from typing import Any

import cv2
import numpy as np
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_rec import TextRecOutput
from rapidocr.utils.output import RapidOCROutput

from kyc.engines.weights import OCR_FINDER, OCR_READER, load, place
from kyc.face import Image
from kyc.ocr import Line

_LEAST = 0.4  # a line that is less sure than this is noise of the paper
_PARAMETERS = {
    "Global.use_cls": False,  # pages are upright before they come here
    "Global.log_level": "critical",  # it would log what it read
    "Global.max_side_len": 1_500,
    "Global.text_score": _LEAST,
    "Det.limit_type": "max",
    "Det.limit_side_len": 640,  # lines are found on a copy, and read at full size
    "Rec.rec_img_shape": [3, 48, 96],  # short lines are padded to this width, not to 320
    "Rec.rec_batch_num": 1,  # lines of one batch are padded to the longest
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


_LONG = 4  # times as wide as it is high: shorter lines lose letters when they are squeezed
_SQUEEZED = 0.7  # of its width: what a line costs goes with its width


class _Narrow(RapidOCR):
    """May squeeze long lines before they are read; Chinese letters in running text bear it."""

    squeezes = False

    def recognize_txt(self, img: list[Image]) -> TextRecOutput:
        return super().recognize_txt([_squeezed(one) for one in img] if self.squeezes else img)


class RapidReader:
    """Finds and reads printed lines, Chinese and Latin."""

    name = "rapidocr-ppocrv6-small"
    model_sha256 = OCR_READER.sha256

    def __init__(self) -> None:
        for weights in (OCR_FINDER, OCR_READER):
            load(weights)
        logging.getLogger("RapidOCR").propagate = False
        paths = {
            "Det.model_path": str(place(OCR_FINDER)),
            "Rec.model_path": str(place(OCR_READER)),
        }
        self._engine = _Narrow(params=_PARAMETERS | paths)

    def read(self, page: Image, *, dense: bool = False) -> list[Line]:
        """Every line that is sure enough; none for an empty page. `dense`: long lines, squeezed."""
        self._engine.squeezes = dense
        found = self._engine(page)
        if not isinstance(found, RapidOCROutput):
            return []
        if found.boxes is None or found.txts is None or found.scores is None:
            return []
        return [
            _line(text, box, score)
            for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)
        ]


def _squeezed(line: Image) -> Image:
    height, width = line.shape[:2]
    if width < _LONG * height:
        return line
    narrow = (round(width * _SQUEEZED), height)
    return np.asarray(cv2.resize(line, narrow, interpolation=cv2.INTER_AREA), np.uint8)


def _line(text: str, box: Any, score: float) -> Line:
    points = np.asarray(box, np.float32)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Line(text, float(left), float(top), float(right), float(bottom), float(score))
