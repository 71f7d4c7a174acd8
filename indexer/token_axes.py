"""Which axes tell a model's tokens apart: a token's vector is kept along these alone.

They are the main axes of what the model makes of random pieces of its vocabulary, in every language it
has, so that they do not depend on anybody's articles. The first one is common to all tokens and is left out.
On eight sets of questions 128 axes gave the ranking what the whole vectors did, and 96 or 64 axes 0.2 or 0.7
points of typing score less; axes found on the articles themselves did no better.
"""

from __future__ import annotations

from typing import Any

import torch
from sentence_transformers import SentenceTransformer

AXES = 128
# 2,000 texts of 12 pieces: ten seconds at most.
TEXTS, LENGTH, BATCH = 2000, 12, 50


def find_axes(model: SentenceTransformer) -> torch.Tensor:
    """Shape (the model's width, AXES), or fewer where the model is narrower."""
    transformer: Any = model[0]
    tokenizer = model.tokenizer
    pieces = sorted(set(tokenizer.get_vocab().values()) - set(tokenizer.all_special_ids))
    chance = torch.Generator().manual_seed(0)
    drawn = torch.tensor(pieces)[torch.randint(len(pieces), (TEXTS, LENGTH), generator=chance)]
    begin, end = _signs(tokenizer)
    total: Any = 0
    with torch.no_grad():
        for start in range(0, TEXTS, BATCH):
            some = drawn[start : start + BATCH]
            ids = torch.cat([begin.expand(len(some), -1), some, end.expand(len(some), -1)], dim=1)
            features = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
            if "token_type_ids" in tokenizer.model_input_names:
                features["token_type_ids"] = torch.zeros_like(ids)
            made = transformer(features)["token_embeddings"]
            own = made[:, begin.numel() : begin.numel() + LENGTH].reshape(-1, made.shape[-1])
            unit = torch.nn.functional.normalize(own, dim=-1)
            total = total + unit.T @ unit
    axes: torch.Tensor = torch.linalg.eigh(total)[1].flip(1)
    return axes[:, 1 : 1 + AXES].contiguous()


def _signs(tokenizer: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids of what stands before and behind every text."""
    piece = min(set(tokenizer.get_vocab().values()) - set(tokenizer.all_special_ids))
    ids = tokenizer.build_inputs_with_special_tokens([piece])
    place = ids.index(piece)
    return torch.tensor(ids[:place], dtype=torch.long), torch.tensor(ids[place + 1 :], dtype=torch.long)
