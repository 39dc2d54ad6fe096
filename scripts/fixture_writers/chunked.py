"""Tests/Fixtures/chunked.jsonl: texts over the limit, cut into chunks here, each through sentence-transformers alone.

The mean of the chunks' vectors, each as often as the chunk has tokens that are not special; normalized where the
model is.
"""

import torch
from sentence_transformers import SentenceTransformer

from .files import TOP, rounded, write_lines
from .quantized import WORDS

MODELS = ["models.example/bert-tiny", "Tests/Fixtures/pipelines/bert-new-schema", "Tests/Fixtures/pipelines/bert-cls"]


def made_text(count, step):
    return " ".join(WORDS[(i * i + i * step) % len(WORDS)] for i in range(count))


def chunked(model, prompt, text):
    tokenizer = model.tokenizer
    before = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    ids = tokenizer(prompt + text, add_special_tokens=False, truncation=False)["input_ids"]
    assert ids[: len(before)] == before
    ids = ids[len(before) :]
    room = model.max_seq_length - len(tokenizer("")["input_ids"]) - len(before)
    vectors, weights = [], []
    for start in range(0, max(1, len(ids)), room):
        chunk = before + ids[start : start + room]
        whole = torch.tensor([[tokenizer.cls_token_id, *chunk, tokenizer.sep_token_id]])
        features = {"input_ids": whole, "attention_mask": torch.ones_like(whole)}
        if before:
            features["prompt_length"] = len(before) + 1
        vectors.append(model(features)["sentence_embedding"][0])
        weights.append(len(chunk))
    if len(vectors) == 1:
        return vectors[0], 1
    mean = sum(w * v.double() for w, v in zip(weights, vectors)) / sum(weights)
    ends = type(model[-1]).__name__ == "Normalize"
    return (mean / mean.norm() if ends else mean).float(), len(vectors)


def write(fixtures):
    lines = []
    for path in MODELS:
        model = SentenceTransformer(str(TOP / path), device="cpu", local_files_only=True).eval()
        for prompt in ["", "find: ", "the river house by the cat: "]:
            for count, step in [(0, 1), (5, 2), (12, 1), (40, 3), (90, 5), (200, 7)]:
                text = made_text(count, step)
                with torch.inference_mode():
                    vector, chunks = chunked(model, prompt, text)
                lines.append(
                    {"model": path, "prompt": prompt, "text": text, "chunks": chunks, "embedding": rounded(vector)}
                )
    write_lines(fixtures / "chunked.jsonl", lines)
