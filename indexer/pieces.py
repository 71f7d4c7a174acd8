"""tokenizer.json -> tokenizer.model, for tokenizers of the sentence-piece kind (XLM-R and its children)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sentencepiece import SentencePieceNormalizer, sentencepiece_model_pb2

from kb.index.tokens import JSON_FILE, PIECES_FILE, load_tokens

# Made when its module is imported, so that no type checker sees it.
ModelProto: Any = vars(sentencepiece_model_pb2)["ModelProto"]
# The form that XLM-R and mT5 are trained with, where a tokenizer names its steps and carries no table.
RULE = "nmt_nfkc"
NORMAL, UNKNOWN, CONTROL = 1, 2, 3
UNIGRAM = 1
# Both libraries have to agree on all of these, or the one that the model came with is kept.
SAMPLES = (
    "",
    "a",
    "Why is my screen black after I sign in? Error DF-3001 (0x80070005).",
    "¿Cómo restablezco la contraseña?  Naïve Ｗｉｄｅ ﬁle ½ cafe\u0301",
    "Wie ändere ich die Größe des Fensters über HDMI?",
    "如何重置密码?登录后黑屏。重新啟動",
    "パスワードを忘れました。ｶﾀｶﾅ",
    "비밀번호를 잊어버렸어요",
    "ฉันลืมรหัสผ่าน",
    "نسيت كلمة المرور، كيف أغيّرها؟",
    "я забыл пароль; як змінити?",
    "एक नया पासवर्ड कैसे सेट करें",
    " spaces\tin\nfront, \u00a0 and behind 😀 ",
    "jxqzzvkw ☃ ꙮ C:\\Users\\me\\*.log --no-sandbox https://example.com/a?b=c",
)


def convert(folder: Path) -> bool:
    """Replaces the folder's tokenizer.json by a tokenizer.model that gives the same ids, if one can."""
    source, target = folder / JSON_FILE, folder / PIECES_FILE
    fields = json.loads(source.read_text(encoding="utf-8"))
    if fields["model"]["type"] != "Unigram":
        return False
    expected = load_tokens(folder, longest=512)(SAMPLES)
    target.write_bytes(_model(fields).SerializeToString())
    if load_tokens(folder, longest=512)(SAMPLES) != expected:
        target.unlink()
        return False
    source.unlink()
    return True


def _model(fields: Mapping[str, Any]) -> Any:
    """sentencepiece's own form of the same pieces, each with the same id."""
    model = ModelProto()
    special = {token["id"] for token in fields["added_tokens"] if token["special"]}
    unknown = fields["model"]["unk_id"]
    for number, (piece, score) in enumerate(fields["model"]["vocab"]):
        kind = UNKNOWN if number == unknown else CONTROL if number in special else NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    model.trainer_spec.model_type = UNIGRAM
    model.trainer_spec.vocab_size = len(model.pieces)
    model.normalizer_spec.precompiled_charsmap = _characters(fields["normalizer"])
    return model


def _characters(normalizer: Mapping[str, Any] | None) -> bytes:
    """sentencepiece's table of what each character becomes: the tokenizer's own if it carries one."""
    for step in _steps([normalizer] if normalizer else []):
        if step["type"] == "Precompiled":
            return base64.b64decode(step["precompiled_charsmap"])
    rule = ModelProto()
    rule.ParseFromString(SentencePieceNormalizer(rule_name=RULE).serialized_model_proto())
    return bytes(rule.normalizer_spec.precompiled_charsmap)


def _steps(normalizers: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for normalizer in normalizers:
        yield normalizer
        yield from _steps(normalizer.get("normalizers", []))
