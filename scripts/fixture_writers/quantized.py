"""Tests/Fixtures/quantized: what sentence-transformers makes of texts in fewer bits, for models.example/bert-tiny.

`null` stands where the number lies so near a step's edge, or 0, that its last bits decide.
"""

import numpy as np
from sentence_transformers import SentenceTransformer
from sentence_transformers.util import quantize_embeddings

from .files import TOP, write_lines

WORDS = "the cat sat on mat by river house and old fox ran home where did man go first water day".split()


def made_texts(count, step):
    return [" ".join(WORDS[(i * step + j * j) % len(WORDS)] for j in range(i * 5 % 13)) for i in range(count)]


def rows(vectors, kind, ranges):
    """The quantized rows, without what is not sure."""
    if kind.endswith("int8"):
        start, end = ranges.astype(np.float64)
        steps = (vectors - start) / (end - start) * 255
        edge = np.abs(steps - np.round(steps)) < 0.01
        unsure = edge & (vectors != start) & (steps > -0.5) & (steps < 255.5)
        made = quantize_embeddings(vectors, kind, ranges=ranges)
        return [[None if no else int(x) for x, no in zip(*row)] for row in zip(made, unsure)]
    assert np.abs(vectors).min() > 1e-5
    return quantize_embeddings(vectors, kind).tolist()


def write(fixtures):
    model = SentenceTransformer(str(TOP / "models.example/bert-tiny"), device="cpu", local_files_only=True).eval()
    texts, others = made_texts(24, 3), made_texts(40, 7)
    lines = [{"texts": texts, "calibration": others}]
    for dimensions in (32, 20):
        vectors, calibration = (model.encode(x, truncate_dim=dimensions, batch_size=1) for x in (texts, others))
        for kind in ("int8", "uint8", "binary", "ubinary"):
            sources = [("texts", vectors), ("calibration", calibration)]
            for source, known in sources if kind.endswith("int8") else [("none", vectors)]:
                ranges = np.vstack((known.min(axis=0), known.max(axis=0)))
                made = rows(vectors, kind, ranges)
                lines.append({"kind": kind, "ranges": source, "dimensions": dimensions, "rows": made})
    write_lines(fixtures / "quantized/bert-tiny.jsonl", lines)
