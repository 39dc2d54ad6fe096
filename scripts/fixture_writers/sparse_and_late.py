"""Part of Tests/Fixtures/vectors: sparse vectors, groups of vectors, and clusters of tokens.

`sparse/` has one matrix in each form that SciPy writes, and forms that are refused.
"""

import zlib
import zipfile

import numpy as np
import scipy.sparse as sp
import torch
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sentence_transformers.util import (
    cos_sim,
    dot_score,
    euclidean_sim,
    manhattan_sim,
    maxsim,
    mean_maxsim,
)

from .files import write_json

METRICS = {"cosine": cos_sim, "dot": dot_score, "euclidean": euclidean_sim, "manhattan": manhattan_sim}


def numbers(values):
    return [float(f"{x:.9g}") for x in np.asarray(values).ravel().tolist()]


def row_of(vector):
    indices = np.flatnonzero(vector)
    return {"indices": indices.tolist(), "values": numbers(vector[indices])}


def sparse(generator):
    """Rows of 300 columns with few numbers, one row without any, and their scores with each other."""
    rows = generator.normal(size=(24, 300)) * (generator.random((24, 300)) < 0.08)
    rows[5] = 0
    rows = rows.astype(np.float32)
    tensor = torch.tensor(rows).to_sparse()
    return {
        "columns": 300,
        "rows": [row_of(row) for row in rows],
        "scores": {
            name: numbers(metric(tensor, tensor).to_dense())
            for name, metric in METRICS.items()
        },
    }


def late(generator):
    """Groups of rows of length 1, a document without any, and their scores."""

    def group(count):
        rows = generator.normal(size=(count, 24))
        return torch.tensor(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=torch.float32).reshape(-1, 24)

    queries = [group(count) for count in [1, 16, 17, 32, 5]]
    documents = [group(count) for count in [1, 5, 6, 7, 0, 64, 13]]
    return {
        "columns": 24,
        "queries": [numbers(rows) for rows in queries],
        "documents": [numbers(rows) for rows in documents],
        "sums": numbers(maxsim(queries, documents)),
        "means": numbers(mean_maxsim(queries, documents)),
    }


def tokens(generator):
    """Token vectors of a few texts and their clusters; distances of some are equal."""
    cases = []
    for count, kind in [(2, "any"), (3, "any"), (9, "any"), (40, "any"), (12, "equal"), (30, "equal")]:
        if kind == "any":
            rows = generator.normal(size=(count, 8))
            rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        else:
            # Products of such rows are exact, and many of them equal.
            rows = (generator.integers(0, 2, (count, 8)) / 4).astype(np.float32)
        distances = np.clip(1 - rows @ rows.T, 0, 2)
        merges = linkage(squareform(distances, checks=False), method="ward")
        labels = {str(k): (fcluster(merges, k, "maxclust") - 1).tolist() for k in range(1, count)}
        cases.append({"columns": 8, "rows": numbers(rows), "labels": labels})
    return cases


def write_archives(folder):
    folder.mkdir(parents=True, exist_ok=True)
    dense = np.array([[0, 1.5, 0, -2], [0, 0, 0, 0], [0.25, 0, 0, 3]], dtype=np.float32)
    csr = sp.csr_matrix(dense)
    sp.save_npz(folder / "stored.npz", csr, compressed=False)
    sp.save_npz(folder / "deflated.npz", csr)
    sp.save_npz(folder / "array.npz", sp.csr_array(dense))
    sp.save_npz(folder / "f8.npz", csr.astype(np.float64))
    unsorted = sp.csr_matrix((csr.data[[1, 0, 3, 2]], csr.indices[[1, 0, 3, 2]], csr.indptr), shape=csr.shape)
    sp.save_npz(folder / "unsorted.npz", unsorted)
    wide = {"indices": csr.indices.astype("<i8"), "indptr": csr.indptr.astype("<i8")}
    arrays = {**wide, "format": b"csr", "shape": csr.shape, "data": csr.data}
    np.savez(folder / "i8.npz", **arrays)
    sp.save_npz(folder / "empty.npz", csr[:0], compressed=False)
    for name, changes in {
        "csc": {"format": b"csc"},
        "integers": {"data": csr.data.astype("<i4")},
        "cube": {"shape": (1, 3, 4)},
        "columns": {"indices": np.array([1, 4, 0, 3], dtype="<i4")},
        "negative": {"indices": np.array([1, -1, 0, 3], dtype="<i4")},
        "twice": {"indices": np.array([3, 3, 0, 3], dtype="<i4")},
        "falling": {"indptr": np.array([0, 3, 2, 4], dtype="<i4")},
        "short": {"data": csr.data[:3]},
    }.items():
        np.savez(folder / f"refused-{name}.npz", **{**arrays, **changes})
    np.save(folder / "lengths.npy", np.array([2, 0, 1], dtype="<i8"))
    write_deflated(folder)


def write_deflated(folder):
    """An archive with one file for each way to pack: not at all, by the fixed code, by codes of their own."""
    text = b"".join(f"{i * i % 97} lines, {i} of them again and again\n".encode() for i in range(400))
    with zipfile.ZipFile(folder / "packed.zip", "w") as archive:
        for name, level, strategy in [
            ("stored", 0, zlib.Z_DEFAULT_STRATEGY),
            ("fixed", 9, zlib.Z_FIXED),
            ("codes", 9, zlib.Z_DEFAULT_STRATEGY),
            ("literals", 9, zlib.Z_HUFFMAN_ONLY),
        ]:
            compress = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
            write_raw(archive, name, text, compress.compress(text) + compress.flush())


def write_raw(archive, name, text, packed):
    """Adds a file whose bytes are packed already."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.CRC, info.file_size, info.compress_size = zlib.crc32(text), len(text), len(packed)
    info.header_offset = archive.fp.tell()
    archive.fp.write(info.FileHeader())
    archive.fp.write(packed)
    archive.start_dir = archive.fp.tell()
    archive.filelist.append(info)
    archive.NameToInfo[name] = info
    archive._didModify = True


def write(folder):
    generator = np.random.default_rng(15)
    for name, made in {"sparse": sparse, "late": late, "tokens": tokens}.items():
        write_json(folder / f"{name}.json", made(generator))
    write_archives(folder / "sparse")
