"""The words of the language that the check of support looks at, read from `lexicon.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.yaml_file import read_model


@dataclass(frozen=True, slots=True)
class Mention:
    """A word or phrase of the lexicon at `text[start:end]`; `id` is what it stands for."""

    start: int
    end: int
    id: str


class _ByLanguage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: tuple[str, ...]
    en: tuple[str, ...]

    def pattern(self) -> re.Pattern[str]:
        return _pattern((*self.nl, *self.en))


class Lexicon(BaseModel):
    """Negations, limits, antonyms, strong words, actors, prepositions, names in the other language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    negations: _ByLanguage
    implied: _ByLanguage
    limits: _ByLanguage
    antonyms: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    strong: tuple[tuple[str, ...], ...]
    actors: dict[str, tuple[str, ...]]
    prepositions: dict[str, tuple[str, ...]]
    circles: dict[str, tuple[str, ...]]
    exonyms: dict[str, str]

    def negations_in(self, text: str) -> list[re.Match[str]]:
        """Words that turn a statement round."""
        return list(self._negations.finditer(text))

    def is_guarded(self, text: str) -> bool:
        """Whether words limit a statement or imply a denial: a denial on the other side may then mean the same."""
        return bool(self._guards.search(text))

    def circle_of(self, actor: str) -> str:
        """The actors that are said for each other have one circle."""
        return self._circles.get(actor, actor)

    def actors_in(self, text: str) -> list[Mention]:
        """Actors named, in order, the longest name first where names overlap."""
        return [Mention(m.start(), m.end(), self._actor_ids[m[0].lower()]) for m in self._actors.finditer(text)]

    @cached_property
    def opposites(self) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
        """Pairs of patterns of words that exclude each other."""
        return tuple((_pattern(first), _pattern(second)) for first, second in self.antonyms)

    @cached_property
    def strengths(self) -> tuple[re.Pattern[str], ...]:
        """The strong words of each kind."""
        return tuple(map(_pattern, self.strong))

    @cached_property
    def roles(self) -> dict[str, str]:
        """Preposition -> role of who stands behind it."""
        return {word: role for role, words in self.prepositions.items() for word in words}

    @cached_property
    def _negations(self) -> re.Pattern[str]:
        return self.negations.pattern()

    @cached_property
    def _guards(self) -> re.Pattern[str]:
        return _pattern((*self.limits.nl, *self.limits.en, *self.implied.nl, *self.implied.en))

    @cached_property
    def _circles(self) -> dict[str, str]:
        return {actor: circle for circle, actors in self.circles.items() for actor in actors}

    @cached_property
    def abroad(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Names in English as patterns, the longest first, with what they are called in Dutch."""
        pairs = sorted(self.exonyms.items(), key=lambda pair: -len(pair[0]))
        return tuple((_pattern((english,)), dutch) for english, dutch in pairs)

    @cached_property
    def _actor_ids(self) -> dict[str, str]:
        return {name.lower(): actor for actor, names in self.actors.items() for name in names}

    @cached_property
    def _actors(self) -> re.Pattern[str]:
        return _pattern(self._actor_ids)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these words, whole, in any case; the longest first; * stands for any ending."""
    longest = sorted(words, key=len, reverse=True)
    body = "|".join(re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else r"(?!\w)") for word in longest)
    return re.compile(rf"(?<!\w)(?:{body})", re.IGNORECASE)


LEXICON = read_model(Path(__file__).with_name("lexicon.yaml"), Lexicon)
