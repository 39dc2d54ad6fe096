"""Tests/Fixtures/pipelines/model2vec*: folders as model2vec writes them, with the vectors that it makes itself.

It drops the unknown token, cuts a text to max_length · median piece length characters before and to max_length tokens
after, and adds 1e-32 to the norm. sentence-transformers reads the same folder by its modules.json and does none of
that: `sentence_transformers` is its vector.
"""

import shutil
import tempfile
from pathlib import Path

import numpy
from model2vec import StaticModel
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from .bert import write_tokenizer
from .files import rounded, write_lines
from .pipelines import VOCABULARY
from .texts import TEXTS

ABOUT = {
    "model_type": "model2vec",
    "architectures": ["StaticModel"],
    "tokenizer_name": "made-up",
    "apply_pca": 12,
    "apply_zipf": True,
    "sif_coefficient": 0.0001,
    "hidden_dim": 12,
    "seq_length": 1000000,
}


def tokenizer():
    with tempfile.TemporaryDirectory() as name:
        write_tokenizer(Path(name), VOCABULARY, 40)
        return Tokenizer.from_file(str(Path(name) / "tokenizer.json"))


def write_one(folder, vectors, normalize, max_length=512, **more):
    shutil.rmtree(folder, ignore_errors=True)
    config = {**ABOUT, "normalize": normalize, "max_length": max_length}
    made = StaticModel(vectors, tokenizer(), config=config, normalize=normalize, max_length=max_length, **more)
    made.save_pretrained(folder)
    (folder / "README.md").unlink()
    for path in folder.iterdir():
        path.chmod(0o644)
    model = StaticModel.from_pretrained(folder)
    other = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    rows = []
    for text in TEXTS:
        row = {"text": text, "ids": model.tokenize([text[: max_length * model.median_token_length]])[0]}
        row["embedding"] = rounded(model.encode(text).astype(numpy.float32))
        row["sentence_transformers"] = rounded(other.encode(text))
        rows.append(row)
    write_lines(folder / "golden.jsonl", rows)


def write(fixtures):
    random = numpy.random.default_rng(40)
    table = random.standard_normal((len(VOCABULARY), 12)).astype(numpy.float32)
    pipelines = fixtures / "pipelines"
    write_one(pipelines / "model2vec", table, normalize=True)
    # Short texts only: 12 tokens, and as many characters as the pieces are long in the middle, 2.
    write_one(pipelines / "model2vec-short", table, normalize=False, max_length=12)
    # A table of fewer rows than pieces, in whole numbers, with a weight for each piece.
    few = numpy.clip(numpy.round(random.standard_normal((30, 12)) * 40), -127, 127).astype(numpy.int8)
    mapping = random.integers(0, 30, len(VOCABULARY))
    weights = random.uniform(0.5, 1.5, len(VOCABULARY)).astype(numpy.float32)
    write_one(pipelines / "model2vec-quantized", few, normalize=True, weights=weights, token_mapping=mapping)
