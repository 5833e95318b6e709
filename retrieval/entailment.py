"""A cross-encoder that judges entailment, as an option (a home of sentence-transformers; needs the extra `models`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ingest.embed import ModelUnavailable


class Entailment(Protocol):
    """A model that judges whether passages entail a sentence."""

    def entails(self, sentence: str, passages: Sequence[str]) -> float:
        """Chance from 0 to 1 that one of the passages entails the sentence."""


class CrossEncoderEntailment:
    """Any sentence-transformers cross-encoder: with a label "entailment", or with one score."""

    def __init__(self, model: str) -> None:
        """Load it.

        raises  ModelUnavailable
        """
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise ModelUnavailable(f"model {model!r} needs the extra 'models': pip install '.[models]'") from error
        try:
            self._model = CrossEncoder(model, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"model {model!r} cannot be loaded: {error}") from error
        labels = {str(name).lower(): int(index) for index, name in self._model.config.id2label.items()}
        self._label = next((index for name, index in labels.items() if name.startswith("entail")), None)
        if self._label is None and len(labels) > 1:
            raise ModelUnavailable(f"model {model!r} has no label 'entailment' but {', '.join(labels)}")

    def entails(self, sentence: str, passages: Sequence[str]) -> float:
        """Chance from 0 to 1 that one of the passages entails the sentence; 0 without passages."""
        if not passages:
            return 0.0
        pairs = [(passage, sentence) for passage in passages]
        several = self._label is not None
        scores = np.asarray(self._model.predict(pairs, apply_softmax=several, show_progress_bar=False))
        return float((scores[:, self._label] if several else scores).max())
