"""The models that the settings name: for vectors, for writing answers, for settling doubts about support."""

from __future__ import annotations

from ingest.embed import OpenEmbedder, open_embedder
from ingest.index.generation import DataFolder
from retrieval.entailment import CrossEncoderEntailment, Entailment
from retrieval.model import Endpoint, LanguageModel
from ui.settings import Settings


def embedder_of(settings: Settings) -> OpenEmbedder:
    """How to open the embedding model of the settings."""
    models = DataFolder(settings.data).models
    return lambda: open_embedder(settings.model, models, settings.query_prefix, settings.passage_prefix)


def language_model_of(settings: Settings) -> LanguageModel | None:
    """The language model of the settings; None if none is set."""
    if not settings.llm_url:
        return None
    return Endpoint(
        url=settings.llm_url,
        name=settings.llm_model,
        key=settings.llm_key.get_secret_value(),
        temperature=settings.llm_temperature,
        seconds=settings.llm_seconds,
    )


def entailment_of(settings: Settings) -> Entailment | None:
    """The model that settles doubts in the check of support; None if none is set.

    raises  ModelUnavailable
    """
    return CrossEncoderEntailment(settings.verify_model) if settings.verify_model else None
