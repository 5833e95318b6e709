"""The check of support: true sentences pass, false ones do not, and each verdict says why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.falsify import KINDS, mutations
from evals.true_sentences import TrueSentence, true_sentences
from ingest.embed import DEFAULT_MODEL, ModelUnavailable, open_embedder
from ingest.index.generation import DataFolder
from ingest.sentences import sentences
from retrieval.entailment import CrossEncoderEntailment
from retrieval.numbers import is_held, numbers
from retrieval.quotes import marked_quotes, normalised, stands_in
from retrieval.verify import Verdict, Verifier, quote_fault
from ui.commands import open_engine
from ui.messages import Messages
from ui.models import entailment_of
from ui.settings import load_settings

LAW = (
    "Buurtenwet › Artikel 4 › lid 2\n"
    "De gemeenteraad mag de corporatie vragen om elk jaar ten minste 30 woningen te verkopen. "
    "De corporatie betaalt in 2021 aan de gemeente 12,5 procent van de opbrengst. "
    "Zonder vergunning mag een eigenaar een woning niet splitsen, aldus Koopmans in Deventer."
)
OTHER = "Buurtenwet › Artikel 9\nDe huurcommissie beslist binnen zes weken over het bezwaar van een huurder."


@pytest.fixture(scope="module")
def verifier(own_data: DataFolder) -> Verifier:
    return Verifier(open_embedder(DEFAULT_MODEL, own_data.models))


def kinds(verdict: Verdict) -> set[str]:
    return {fault.kind for fault in verdict.faults}


@pytest.mark.parametrize(
    "sentence",
    [
        "De corporatie betaalt in 2021 aan de gemeente 12,5 procent van de opbrengst.",
        "De gemeenteraad kan de corporatie vragen jaarlijks minstens dertig woningen te verkopen.",
        "Volgens artikel 4, tweede lid, kan de gemeenteraad de corporatie vragen woningen te verkopen.",
        "The municipal council may ask the housing association to sell at least thirty homes a year.",
        "In 2021 the housing association pays 12.5% of the proceeds to the municipality.",
    ],
)
def test_what_the_passage_says_is_supported_in_its_own_and_in_other_words(verifier: Verifier, sentence: str) -> None:
    verdict = verifier.check(sentence, [LAW, OTHER])
    assert verdict.support == "supported", verdict


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("number", "De gemeenteraad mag de corporatie vragen om elk jaar ten minste 45 woningen te verkopen."),
        ("number", "De gemeenteraad kan de corporatie vragen jaarlijks minstens veertig woningen te verkopen."),
        ("year", "De corporatie betaalt in 2019 aan de gemeente 12,5 procent van de opbrengst."),
        ("percentage", "De corporatie betaalt aan de gemeente 25 procent van de opbrengst."),
        ("name", "Een eigenaar mag een woning niet splitsen, aldus Koopmans in Enschede."),
        ("article", "Volgens artikel 7 kan de gemeenteraad de corporatie vragen woningen te verkopen."),
        ("article", "Volgens artikel 4, zesde lid, kan de gemeenteraad de corporatie vragen woningen te verkopen."),
        ("negation", "De gemeenteraad mag de corporatie niet vragen om elk jaar ten minste 30 woningen te verkopen."),
        ("negation", "De gemeenteraad mag de corporatie vragen om elk jaar ten hoogste 30 woningen te verkopen."),
        ("actor", "De corporatie mag de gemeenteraad vragen om elk jaar ten minste 30 woningen te verkopen."),
        ("added", "De gemeenteraad mag de corporatie vragen om woningen te verkopen, en zwemlessen zijn gratis voor kinderen uit groep vijf."),
        ("meaning", "Een zwembad in de zomer openen levert vooral veel plezier op."),
        ("quote", "De wet zegt: “De gemeenteraad mag de corporatie dwingen om woningen te verkopen.”"),
        ("number", "The municipal council may ask the housing association to sell at least 45 homes a year."),
        ("year", "In 2019 the housing association pays 12.5% of the proceeds to the municipality."),
        ("article", "Under article 7 the municipal council may ask the housing association to sell homes."),
        ("meaning", "Opening a swimming pool in summer mostly gives great pleasure."),
    ],
)  # fmt: skip
def test_what_the_passage_does_not_say_is_caught_with_its_reason(verifier: Verifier, kind: str, sentence: str) -> None:
    verdict = verifier.check(sentence, [LAW, OTHER])
    assert verdict.support != "supported"
    assert kind in kinds(verdict)
    assert all(fault.nl and fault.en and fault.detail in sentence + fault.detail for fault in verdict.faults)


def test_a_sentence_without_passages_or_words_is_not_supported_by_them(verifier: Verifier) -> None:
    assert verifier.check("De gemeenteraad mag de corporatie iets vragen.", []).support == "unsupported"
    assert verifier.check("De gemeenteraad mag de corporatie iets vragen.", [""]).support == "unsupported"
    assert verifier.check("Ja.", []).support == "unsupported"
    assert verifier.check("", [LAW]).faults == ()


def test_quotes_are_compared_after_the_published_normalisation_and_no_further() -> None:
    passage = "Hij zei: ‘de\u00adze wijk –  ook de\u00a0oude – blijft’…"
    assert normalised(passage) == "Hij zei: 'deze wijk - ook de oude - blijft'..."
    assert stands_in("deze wijk - ook de oude - blijft", [passage])
    assert quote_fault("deze wijk — ook de oude", [passage]) is None
    for wrong in ("Deze wijk", "deze wij", "deze wijk, ook de oude", "dézé wijk", ""):
        assert quote_fault(wrong, [passage]), wrong
    assert list(marked_quotes("Een “goede buur” zegt: “kom eens bij mij langs.”")) == ["kom eens bij mij langs"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.500 woningen", "1500 woningen", True),
        ("1,500 homes", "1.500 woningen", True),
        ("2,5 miljoen", "2.500.000", True),
        ("vijfentwintig", "25", True),
        ("drieëntwintig", "twenty-three", True),
        ("30 procent", "30%", True),
        ("30 procent", "30 woningen", False),
        ("20 tot 30 procent", "20-30%", True),
        ("de helft", "50 procent", True),
        ("jaren tachtig", "the 1980s", True),
        ("ruim 900 woningen", "906 woningen", True),
        ("circa 2010", "2012", False),
        ("900 woningen", "906 woningen", False),
        ("tweede", "second", True),
    ],
)
def test_numbers_are_the_same_however_they_are_written(one: str, other: str, same: bool) -> None:
    assert all(is_held(number, numbers(other)) for number in numbers(one)) is same


@pytest.fixture(scope="module")
def own_sentences(own_data: DataFolder) -> list[TrueSentence]:
    from evals.mutations import passages_of

    passages = [p for p in passages_of(own_data) if p.form == "digest" and p.kind != "gist"]
    found = [
        TrueSentence(text, "digest", "tune", passage.source_id, (passage.searchable,), (passage.searchable,))
        for passage in passages
        for text in sentences(passage.text)
        if len(text.split()) > 6
    ]
    assert len(found) > 500
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_verbatim_sentence_is_supported_and_with_its_only_number_changed_it_is_not(
    verifier: Verifier, own_sentences: list[TrueSentence], data: st.DataObject
) -> None:
    true = data.draw(st.sampled_from(own_sentences))
    assert verifier.check(true.text, true.own) == Verdict("supported", (), 1.0)
    figures = re.findall(r"(?<![\w.,])\d+(?![\w.,])", true.text)
    held = numbers("\n".join(true.own))
    new = data.draw(st.integers(2101, 99_999).map(str).filter(lambda n: not is_held(numbers(n)[0], held)))
    if len(figures) == 1:
        changed = re.sub(rf"(?<![\w.,]){figures[0]}(?![\w.,])", new, true.text)
        assert verifier.check(changed, true.own).support != "supported"


def test_nine_in_ten_falsified_sentences_of_our_digests_are_caught(
    verifier: Verifier, own_sentences: list[TrueSentence]
) -> None:
    made = mutations(own_sentences[::3], 70, seed=1)
    assert {mutation.kind for mutation in made} == set(KINDS)
    passed = [m for m in made if verifier.check(m.text, m.true.own).support == "supported"]
    assert len(passed) <= 7, passed
    assert not [m for m in passed if m.kind in ("number", "year", "article")]
    assert mutations(own_sentences[::3], 70, seed=1) == made


def test_only_sentences_with_a_passage_to_rest_on_are_taken_as_true(own_data: DataFolder) -> None:
    from evals.mutations import passages_of

    assert true_sentences(passages_of(own_data)) == []  # no originals there, so nothing to check digests against


# --- a model of entailment, as an option ------------------------------------------------------------


class Judge:
    """Always of the same opinion."""

    def __init__(self, chance: float) -> None:
        self.chance = chance

    def entails(self, sentence: str, passages: object) -> float:
        return self.chance


def test_a_model_of_entailment_settles_doubts_but_not_what_is_sure(own_data: DataFolder) -> None:
    embedder = open_embedder(DEFAULT_MODEL, own_data.models)
    agrees, doubts = (Verifier(embedder, entailment=Judge(chance)) for chance in (0.9, 0.1))
    paraphrase = "De gemeenteraad kan de corporatie vragen jaarlijks minstens dertig woningen te verkopen."
    assert agrees.check(paraphrase, [LAW]).support == "supported"
    assert doubts.check(paraphrase, [LAW]).support == "partly"
    false = "De corporatie betaalt in 2019 aan de gemeente 12,5 procent van de opbrengst."
    assert agrees.check(false, [LAW]).support == "unsupported"


def small_cross_encoder(folder: Path, labels: dict[int, str]) -> str:
    """Folder of a cross-encoder of random weights."""
    pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    vocabulary = folder / "vocab.txt"
    words = "[PAD] [UNK] [CLS] [SEP] [MASK] de wijk huur woning verkoopt".split()
    vocabulary.write_text("\n".join(words), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    config.id2label, config.label2id = labels, {name: n for n, name in labels.items()}
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(vocab_file=str(vocabulary)).save_pretrained(folder)
    return str(folder)


@pytest.mark.parametrize("labels", [{0: "contradiction", 1: "entailment", 2: "neutral"}, {0: "LABEL_0"}])
def test_any_cross_encoder_with_entailment_or_one_score_works(tmp_path: Path, labels: dict[int, str]) -> None:
    model = CrossEncoderEntailment(small_cross_encoder(tmp_path, labels))
    assert 0 < model.entails("de wijk", ["de huur", "de woning"]) < 1
    assert model.entails("de wijk", []) == 0


def test_a_cross_encoder_without_entailment_is_refused(tmp_path: Path) -> None:
    folder = small_cross_encoder(tmp_path, {0: "a", 1: "b"})
    with pytest.raises(ModelUnavailable, match="entailment"):
        CrossEncoderEntailment(folder)


def test_the_setting_gives_the_check_a_cross_encoder(tmp_path: Path, own_data: DataFolder) -> None:
    folder = small_cross_encoder(tmp_path, {0: "contradiction", 1: "entailment", 2: "neutral"})
    settings = load_settings(data=own_data.root, verify_model=folder)
    judged = entailment_of(settings)
    assert isinstance(judged, CrossEncoderEntailment)
    doubtful = "De gemeenteraad kan de corporatie vragen jaarlijks minstens dertig woningen te verkopen."
    with open_engine(settings, Messages("nl")) as engine:
        verdict = engine.verifier.check(doubtful, [LAW])
    assert verdict.support == ("partly" if judged.entails(doubtful, [LAW]) < 0.5 else "supported")


def test_without_the_setting_no_model_takes_part(own_data: DataFolder) -> None:
    assert entailment_of(load_settings(data=own_data.root)) is None


def test_a_cross_encoder_that_is_not_there_is_named() -> None:
    pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")
    with pytest.raises(ModelUnavailable, match="bestaat/niet"):
        CrossEncoderEntailment("/bestaat/niet")
