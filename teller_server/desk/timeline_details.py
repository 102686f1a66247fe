"""The second line of a mark: who, how it went, what was measured. Never a person's own words."""

from collections.abc import Callable, Mapping
from typing import Any

from teller_server.desk.views.challenge import measured
from teller_server.desk.words import WORDS, word, word_or
from teller_server.domain.outline import REGISTER_TITLES
from teller_server.domain.script import ServiceScript

Body = Mapping[str, Any]


class Details:
    """Says what stands in the body of a mark, in one language."""

    def __init__(self, script: ServiceScript, language: str) -> None:
        self._language = language
        self._papers = script.papers
        self._parties = {guest.party: guest.title[language] for guest in script.guests}

    def of(self, kind: str, body: Body) -> str | None:
        """The line of one mark; None where its title says it all."""
        says = _SAYS.get(kind)
        said = says(self, body) if says else ()
        return " · ".join(one for one in said if one) or None

    def stands_out(self, kind: str, body: Body) -> str | None:
        """What of a mark a second person should look at first: a doubt that began, a hint."""
        if kind == "face_doubt" and body.get("began", True):
            return f"{self._party(body)} · {self._either('doubt', body['doubt'])}"
        return self.of(kind, body) if kind == "injection_hint" else None

    def _word(self, code: str, **values: object) -> str:
        return word(code, self._language).format(**values)

    def _either(self, family: str, code: str) -> str:
        """The word of a closed set; a code that a later release wrote stays as it is."""
        known = f"{family}.{code}"
        return self._word(known) if known in WORDS else code

    def _party(self, body: Body) -> str:
        party = str(body.get("party", ""))
        return self._parties.get(party) or self._either("party", party)

    def _only_party(self, body: Body) -> tuple[str, ...]:
        return (self._party(body),)

    def _lost(self, body: Body) -> tuple[str, ...]:
        cause = word_or(f"cause.{body.get('cause')}", "cause.other", self._language)
        return self._party(body), cause

    def _switched(self, body: Body) -> tuple[str, ...]:
        off = [self._word(f"media.{one}") for name, one in _OFF if body.get(name) is False]
        return self._party(body), *off

    def _paper(self, body: Body) -> tuple[str, ...]:
        title = self._papers.get(str(body["paper"]))
        return (title[self._language] if title else str(body["paper"]),)

    # ---- the face

    def _compared(self, body: Body) -> tuple[str, ...]:
        score = body.get("score")
        likeness = "" if score is None else self._word("likeness", score=f"{score:.2f}")
        return self._either("result", body["outcome"]), likeness

    def _not_compared(self, body: Body) -> tuple[str, ...]:
        return (word_or(f"reason.{body['code']}", "reason.other", self._language),)

    def _not_taken(self, body: Body) -> tuple[str, ...]:
        return (word_or(f"document.{body['code']}", "document.other", self._language),)

    def _read(self, body: Body) -> tuple[str, ...]:
        fields = (word_or(f"page.{code}", "page.other", self._language) for code in body["page"])
        return self._side(body), *fields

    def _corrected(self, body: Body) -> tuple[str, ...]:
        return self._side(body), self._either("field", str(body["name"]))

    def _looked_for(self, body: Body) -> tuple[str, ...]:
        likeness = self._word("likeness", score=f"{body['likeness']:.2f}")
        how = "not_compared" if body["code"] else "seen" if body["found"] else "not_seen"
        return self._side(body), self._word(f"video.{how}"), "" if body["code"] else likeness

    def _side(self, body: Body) -> str:
        return self._either("side", str(body["side"]))

    def _doubt(self, body: Body) -> tuple[str, ...]:
        turn = "began" if body.get("began", True) else "ended"
        doubt = f"{self._either('doubt', body['doubt'])}{self._colon}{self._word(f'doubt.{turn}')}"
        return self._party(body), doubt

    def _hint(self, body: Body) -> tuple[str, ...]:
        return self._party(body), self._either("hint", body["hint"])

    # ---- a challenge

    def _drawn(self, body: Body) -> tuple[str, ...]:
        digits = body.get("digits")
        asked = self._comma.join(self._either("action", one) for one in body["actions"])
        read = self._word("challenge.digits", digits=digits) if digits else ""
        return self._word("challenge.draw", n=body["attempt"]), asked, read

    def _shown(self, body: Body) -> tuple[str, ...]:
        number = self._word("challenge.of", index=int(body["index"]) + 1)
        return number, self._either("action", body["action"])

    def _judged(self, body: Body) -> tuple[str, ...]:
        seen, action = body.get("seen_s"), str(body["action"])
        after = self._word("challenge.after", seconds=f"{seen:.1f}") if seen is not None else ""
        how = self._either("result", body["outcome"])
        much = measured(action, body["measured"])
        return self._either("action", action), how, much, after, self._why(body)

    def _ended(self, body: Body) -> tuple[str, ...]:
        return self._either("result", body["outcome"]), self._why(body)

    def _why(self, body: Body) -> str:
        code = body.get("reason")
        return word_or(f"challenge.{code}", "challenge.other", self._language) if code else ""

    # ---- where the customer is

    def _network(self, body: Body) -> tuple[str, ...]:
        where = body["country"] or self._word("network.country_unknown")
        kinds = self._comma.join(self._either("network", one) for one in body["kinds"])
        let_in = "network.admitted" if body["admitted"] else "network.not_admitted"
        return where, kinds, self._word(let_in)

    def _place(self, body: Body) -> tuple[str, ...]:
        return (self._word("place.within", metres=f"{body['accuracy_m']:.0f}"),)

    # ---- registers

    def _asked(self, body: Body) -> tuple[str, ...]:
        return (self._register(body),)

    def _answered(self, body: Body) -> tuple[str, ...]:
        reasons = [
            word_or(f"register_reason.{code}", "register_reason.other", self._language)
            for code in body.get("reasons", ())
        ]
        how = self._either("register", body["outcome"])
        return self._register(body), how, self._comma.join(reasons)

    def _register(self, body: Body) -> str:
        title = REGISTER_TITLES.get(str(body["check"]))
        return title[self._language] if title else str(body["check"])

    @property
    def _colon(self) -> str:
        return "：" if self._language == "zh-CN" else ": "

    @property
    def _comma(self) -> str:
        return "、" if self._language == "zh-CN" else ", "


def _family(family: str, name: str) -> Callable[[Details, Body], tuple[str, ...]]:
    """A kind whose line is one word of a closed set."""
    return lambda details, body: (details._either(family, str(body[name])),)


_OFF = (("audio", "muted"), ("video", "camera_off"))
_SAYS: Mapping[str, Callable[[Details, Body], tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            *("LegJoined", "GuestInvited", "GuestConsented", "GuestLeft", "RecordingStarted"),
            *("weak_network", "media.LegPaused", "media.LegResumed"),
        ),
        Details._only_party,
    ),
    "LegLost": Details._lost,
    "media_state": Details._switched,
    "PaperShown": Details._paper,
    "StepAnswered": _family("answer", "answer"),
    "CheckReported": Details._compared,
    "CheckBroke": Details._not_compared,
    "DocumentRefused": Details._not_taken,
    "DocumentRead": Details._read,
    "FieldCorrected": Details._corrected,
    "DocumentCompared": Details._looked_for,
    "IdentityDecided": _family("verdict", "verdict"),
    "face_doubt": Details._doubt,
    "injection_hint": Details._hint,
    "ChallengeDrawn": Details._drawn,
    "ActionShown": Details._shown,
    "ActionJudged": Details._judged,
    "ChallengeEnded": Details._ended,
    "AlternativeChosen": _family("alternative", "reason"),
    "NetworkSeen": Details._network,
    "PlaceTold": Details._place,
    "PlaceDeclined": _family("no_place", "why"),
    "RegistryAsked": Details._asked,
    "RegistryAnswered": Details._answered,
    "ServiceEnded": _family("ended", "outcome"),
}
