"""Addresses of the page. What is browsed stands behind the `?`; a question stands behind the `#`, which a browser does
not send along, so that no server on the way can log it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args
from urllib.parse import parse_qs, urlencode

from corpus import KINDS
from ingest.document import Form
from retrieval.answer import Answer, FilterError, Filters, Language
from ui.messages import Messages
from ui.settings import Settings

View = Literal["ask", "instruments", "terms", "law", "sources", "memo", "lesson", "about"]
MAX_ADDRESS = 40_000  # characters
MAX_QUESTION = 2_000
_OWN_PAGE: Mapping[str, View] = {"instrument": "instruments", "term": "terms"}


@dataclass(frozen=True, slots=True)
class Made:
    """What an answer rested on when its link was made: version of the collection, and fingerprints of the answer and
    of the text of every source cited, by document."""

    version: str
    answer: str
    cited: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as an address holds it; `previous` is the question before, `made` is there for a permanent link."""

    question: str
    filters: Filters
    previous: str | None = None
    made: Made | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the page, taken apart. `values` are the parameters of what is browsed."""

    language: Language
    view: View
    values: Mapping[str, str]
    fragment: Mapping[str, tuple[str, ...]]

    def asked(self) -> Asked | None:
        """The question in it, None if there is none.

        raises  FilterError
        """
        if "q" not in self.fragment:
            return None
        one = {name: values[0].strip() for name, values in self.fragment.items()}
        made = Made(one["v"], one.get("a", ""), _pairs(one.get("c", ""))) if one.get("v") else None
        previous = (one.get("p") or "")[:MAX_QUESTION] or None
        return Asked(checked_question(one["q"]), self._filters(one), previous, made)

    def _filters(self, one: Mapping[str, str]) -> Filters:
        kinds = frozenset(self.fragment.get("kind", ()))
        unknown = kinds - set(KINDS)
        if unknown:
            raise _complaint("page.error.kind", value=min(unknown)[:40])
        return Filters(
            kinds=frozenset(kind for kind in KINDS if kind in kinds),
            sources=frozenset(self.fragment.get("source", ())),
            from_year=_year(one.get("from")),
            until_year=_year(one.get("until")),
            date=one.get("day") or None,
        )


def read_address(text: str) -> Address:
    """Take an address apart; what it does not know is passed over."""
    before, _, fragment = text[:MAX_ADDRESS].encode("utf-8", "replace").decode("utf-8").partition("#")
    values = {name: given[0].strip() for name, given in parse_qs(before.partition("?")[2]).items()}
    named = next((view for name, view in _OWN_PAGE.items() if name in values), values.get("view"))
    view: View = next((view for view in get_args(View) if view == named), "ask")
    return Address(
        language="en" if values.get("lang") == "en" else "nl",
        view=view,
        values=values,
        fragment={name: tuple(given) for name, given in parse_qs(fragment).items()},
    )


def address_of(asked: Asked, language: Language) -> str:
    """The address of a question: "?lang=nl#q=…"."""
    filters = asked.filters
    fields: list[tuple[str, object]] = [("q", asked.question)]
    fields += [("p", asked.previous)] if asked.previous else []
    fields += [("kind", kind) for kind in sorted(filters.kinds)]
    fields += [("source", source) for source in sorted(filters.sources)]
    bounds = (("from", filters.from_year), ("until", filters.until_year), ("day", filters.date))
    fields += [(name, value) for name, value in bounds if value is not None]
    if asked.made:
        cited = ",".join(f"{document}~{print_}" for document, print_ in asked.made.cited)
        fields += [("v", asked.made.version), ("a", asked.made.answer)]
        fields += [("c", cited)] if cited else []
    return f"?lang={language}#{urlencode(fields, errors='replace', safe='~,:')}"


def lesson_address(question: str, language: Language) -> str:
    """The address of a lesson on a question, which stands behind the `#` here too."""
    return f"?lang={language}&view=lesson#{urlencode({'q': question}, errors='replace')}"


def without(asked: Asked, name: str, value: str = "") -> Asked:
    """The question without one of its filters, as a new question."""
    filters = asked.filters
    left: Any = getattr(filters, name) - {value} if name in ("kinds", "sources") else None
    return replace(asked, filters=replace(filters, **{name: left}), made=None)


def checked_question(text: str | None) -> str:
    """The question without white space around it.

    raises  FilterError if nothing or too much is left
    """
    question = (text or "").encode("utf-8", "replace").decode("utf-8").strip()
    if not question:
        raise _complaint("page.error.empty")
    if len(question) > MAX_QUESTION:
        raise _complaint("page.error.long", length=len(question), most=MAX_QUESTION)
    return question


def _year(text: str | None) -> int | None:
    year = (text or "").strip()
    if year and not re.fullmatch("[0-9]{4}", year):
        raise _complaint("page.error.year", value=year[:20])
    return int(year) if year else None


def _complaint(key: str, **values: object) -> FilterError:
    return FilterError(Messages("nl")(key, **values), Messages("en")(key, **values))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    found = (entry.rpartition("~") for entry in text.split(",") if "~" in entry)
    return tuple((document, print_) for document, _, print_ in found)


# --- permanent links --------------------------------------------------------------------------

TextOf = Callable[[str, Form], str]


@dataclass(frozen=True, slots=True)
class Since:
    """What became of an answer since its link was made; `changed` and `gone` are ids of cited sources.

    `knows_sources` if the link tells what was cited.
    """

    same_collection: bool
    same_answer: bool
    knows_sources: bool = True
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def made_of(answer: Answer, text_of: TextOf) -> Made:
    """What an answer rests on."""
    documents = dict.fromkeys((c.passage.source_id, c.passage.form) for c in answer.citations)
    cited = tuple((f"{source}:{form}", _print(text_of(source, form))[:6]) for source, form in documents)
    return Made(answer.corpus_version, _said(answer), cited)


def _said(answer: Answer) -> str:
    said = [answer.reason or "", *(f"{part.text}|{part.citations}" for part in answer.parts)]
    return _print("\x1f".join(said))[:8]


def base_address(settings: Settings) -> str:
    """Where the page is served by these settings, without a slash at the end."""
    return f"http://{settings.host}:{settings.port}/{settings.root_path.strip('/')}".rstrip("/")


def permalink(base: str, answer: Answer, filters: Filters) -> str:
    """The whole address that asks a question again and tells whether the answer is still the same.

    It leaves out which sources were cited: it stands in footnotes, where it must be short.
    """
    made = Made(answer.corpus_version, _said(answer))
    return f"{base}/{address_of(Asked(answer.question, filters, made=made), answer.language)}"


def since(made: Made, now: Made, held: Iterable[tuple[str, Form]], text_of: TextOf) -> Since:
    """Compare what a link was made of with the answer of now and the documents held now."""
    known: dict[str, tuple[str, Form]] = {f"{source}:{form}": (source, form) for source, form in held}
    changed, gone = [], []
    for document, print_ in made.cited:
        if document not in known:
            gone.append(document.rpartition(":")[0])
        elif _print(text_of(*known[document]))[:6] != print_:
            changed.append(document.rpartition(":")[0])
    same_collection, same_answer = made.version == now.version, made.answer == now.answer
    return Since(same_collection, same_answer, bool(made.cited), tuple(changed), tuple(gone))


def _print(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
