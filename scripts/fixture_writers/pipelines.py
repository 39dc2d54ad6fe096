"""Tests/Fixtures/pipelines/bert-*: one for each way to write the modules around a BERT."""

from .bert import MODES, pieces, write_bert, write_new_modules, write_old_modules, write_tokenizer
from .files import write_lines
from .recording import record
from .texts import TEXTS

# Tiny pipelines: the pooling modes (none: the new schema), `longest` where it is not 24, and whether
# tokenizer.json carries a cut and a filling of its own.
PIPELINES = {
    "bert-cls": {"modes": ["cls_token"]},
    "bert-max": {"modes": ["max_tokens"], "longest": None},
    "bert-mean-sqrt-len": {"modes": ["mean_sqrt_len_tokens"]},
    "bert-weightedmean": {"modes": ["weightedmean_tokens"]},
    "bert-lasttoken": {"modes": ["lasttoken"], "baked": True},
    "bert-concatenated": {"modes": MODES},
    "bert-new-schema": {"modes": None},
}


VOCABULARY = pieces(
    ".,'?!()[]-",
    ["the", "and", "cat", "on", "is", "it", "old", "find", "text", "river", "house"],
    ["##ing", "##s"],
)


def write_tiny_bert(folder):
    # One seed for all: git keeps the one file of weights once.
    write_bert(
        folder,
        2,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=24,
        max_position_embeddings=40,
        vocab_size=len(VOCABULARY),
    )


def write(fixtures):
    for name, how in PIPELINES.items():
        folder = fixtures / "pipelines" / name
        folder.mkdir(parents=True, exist_ok=True)
        old = how["modes"] is not None
        write_tiny_bert(folder)
        write_tokenizer(folder, VOCABULARY, 40 if old else 20, how.get("baked", False))
        if old:
            write_old_modules(folder, 16, how["modes"], how.get("longest", 24), False, {})
        else:
            write_new_modules(folder, 16)
        write_lines(folder / "golden.jsonl", record(folder, TEXTS, prompted=not old))
