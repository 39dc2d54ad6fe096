"""Tests/Fixtures/vectors: what sentence-transformers, scikit-learn and scipy make of small sets of vectors.

`rows.npy` has rows around a few centers, some of them twice; `forms/` has one matrix in each form that NumPy writes.
"""

import numpy as np
import torch
from scipy.stats import pearsonr, rankdata, spearmanr
from sentence_transformers.sentence_transformer.evaluation import (
    BinaryClassificationEvaluator,
    InformationRetrievalEvaluator,
    ParaphraseMiningEvaluator,
)
from sentence_transformers.util import (
    community_detection,
    cos_sim,
    dot_score,
    euclidean_sim,
    manhattan_sim,
    paraphrase_mining_embeddings,
    quantize_embeddings,
    semantic_search,
)
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA

from . import sparse_and_late
from .files import write_json

METRICS = {"cosine": cos_sim, "dot": dot_score, "euclidean": euclidean_sim, "manhattan": manhattan_sim}


def numbers(values):
    return [float(f"{x:.9g}") for x in np.asarray(values).ravel().tolist()]


def made_rows(generator):
    """120 rows of 16 numbers around 6 centers, of lengths about 1; rows 100 to 104 are rows 0 to 4 again."""
    centers = generator.normal(size=(6, 16))
    rows = centers[generator.integers(0, 6, 120)] / 4 + generator.normal(size=(120, 16)) * 0.12
    rows[100:105] = rows[:5]
    return rows.astype(np.float32)


def search(rows, queries):
    found = {}
    for name, metric in METRICS.items():
        lists = semantic_search(torch.tensor(queries), torch.tensor(rows), top_k=8, score_function=metric)
        found[name] = [{"scores": numbers([hit["score"] for hit in hits])} for hits in lists]
    return found


def mining(rows):
    pairs = paraphrase_mining_embeddings(torch.tensor(rows), top_k=5, max_pairs=150)
    return {"pairs": [[i, j] for _, i, j in pairs], "scores": numbers([score for score, _, _ in pairs])}


def clusters(rows):
    far = rows[[0, 1, 2, 3]].copy()
    far[3] = 9  # nobody's nearest center
    found = {}
    for name, start in {"near": rows[[3, 14, 15, 92, 65]], "empty": far}.items():
        model = KMeans(len(start), init=start, n_init=1, algorithm="lloyd").fit(rows)
        found[name] = {
            "start": numbers(start),
            "labels": model.labels_.tolist(),
            "centers": numbers(model.cluster_centers_),
            "inertia": float(model.inertia_),
            "iterations": int(model.n_iter_),
        }
    joined = {}
    for name, options in {"count": {"n_clusters": 7}, "threshold": {"n_clusters": None, "distance_threshold": 0.3}}.items():
        model = AgglomerativeClustering(metric="cosine", linkage="average", **options).fit(rows.astype(np.float64))
        joined[name] = model.labels_.tolist()
    communities = community_detection(torch.tensor(rows), threshold=0.7, min_community_size=4)
    closer = community_detection(torch.tensor(rows), threshold=0.85, min_community_size=4)
    return {"kmeans": found, "agglomerative": joined, "communities": communities, "closer": closer}


def correlations(generator):
    x = generator.integers(0, 20, 60) / 4
    y = (x + generator.normal(size=60)).round(1)
    return {
        "x": x.tolist(),
        "y": y.tolist(),
        "ranks": rankdata(x).tolist(),
        "pearson": float(pearsonr(x, y)[0]),
        "spearman": float(spearmanr(x, y)[0]),
    }


class Fixed:
    """A model whose vectors are known."""

    similarity_fn_name = "cosine"

    def __init__(self, vectors):
        self.vectors = vectors
        self.model_card_data = self

    def set_evaluation_metrics(self, *_, **__):
        pass

    def encode(self, texts, convert_to_tensor=False, **_):
        found = np.stack([self.vectors[int(text)] for text in texts])
        return torch.tensor(found) if convert_to_tensor else found

    encode_query = encode_document = encode

    def similarity(self, a, b):
        return cos_sim(a, b)


def pairs(rows, generator):
    """Pairs of rows, some of them of one center, with labels that are mostly right."""
    first, second = generator.integers(0, 120, (2, 90))
    cosines = cos_sim(torch.tensor(rows[first]), torch.tensor(rows[second])).diagonal().numpy()
    labels = ((cosines + generator.normal(size=90) * 0.2) > 0.5).astype(int).tolist()
    evaluator = BinaryClassificationEvaluator(
        [str(i) for i in first], [str(i) for i in second], labels, similarity_fn_names=list(METRICS)
    )
    metrics = evaluator.compute_metrics(Fixed(rows))
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "labels": labels,
        "metrics": {name: {key: float(value) for key, value in found.items()} for name, found in metrics.items()},
    }


def retrieval(rows, generator):
    queries = {str(i): str(i) for i in range(20)}
    corpus = {f"{i:03}": str(i) for i in range(20, 120)}
    relevant = {}
    for query in queries:
        nearest = cos_sim(torch.tensor(rows[int(query)]), torch.tensor(rows[20:]))[0].argsort(descending=True)
        relevant[query] = {f"{int(nearest[k]) + 20:03}" for k in generator.choice(30, int(query) % 4 + 1, replace=False)}
    # A document that is not there counts as one that was not found.
    relevant["3"].add("absent")
    evaluator = InformationRetrievalEvaluator(queries, corpus, relevant)
    metrics = evaluator(Fixed(rows))
    return {
        "relevant": {query: sorted(ids) for query, ids in relevant.items()},
        "metrics": {key.removeprefix("cosine_"): float(value) for key, value in metrics.items()},
    }


def mined(rows, generator):
    """Known pairs, some of which are found."""
    found = paraphrase_mining_embeddings(torch.tensor(rows))
    known = sorted({tuple(found[int(k)][1:]) for k in generator.integers(0, 600, 80)})
    evaluator = ParaphraseMiningEvaluator(
        {str(i): str(i) for i in range(120)}, [(str(i), str(j)) for i, j in known]
    )
    metrics = evaluator(Fixed(rows))
    return {"known": [list(pair) for pair in known], "metrics": {key: float(value) for key, value in metrics.items()}}


def quantized(rows):
    # int8 and uint8 of a batch alone, and of one that other rows calibrate.
    found = {}
    for name in ["int8", "uint8", "binary", "ubinary"]:
        found[name] = quantize_embeddings(rows[:20], name).astype(np.uint8).ravel().tolist()
        if name.endswith("int8"):
            calibrated = quantize_embeddings(rows[:20], name, calibration_embeddings=rows[20:60])
            found[f"{name}-calibrated"] = calibrated.astype(np.uint8).ravel().tolist()
    return found


def components(rows):
    found = {}
    for name, part in {"many": rows, "few": rows[:10]}.items():
        model = PCA(4, svd_solver="full").fit(part.astype(np.float64))
        found[name] = {
            "components": numbers(model.components_),
            "variance": numbers(model.explained_variance_),
            "ratio": numbers(model.explained_variance_ratio_),
            "transformed": numbers(model.transform(part[:5])),
            "whitened": numbers(PCA(4, svd_solver="full", whiten=True).fit(part.astype(np.float64)).transform(part[:5])),
        }
    return found


def write_forms(folder):
    folder.mkdir(parents=True, exist_ok=True)
    matrix = (np.arange(12).reshape(3, 4) / 4 - 1).astype(np.float32)
    forms = {"f4": matrix, "f8": matrix.astype("<f8"), "f2": matrix.astype("<f2")}
    refused = {
        "fortran": np.asfortranarray(matrix),
        "big-endian": matrix.astype(">f4"),
        "int8": matrix.astype("i1"),
        "vector": matrix[0],
        "cube": matrix[None],
        "record": np.zeros(3, dtype=[("a", "<f4")]),
    }
    for name, array in {**forms, **refused}.items():
        np.save(folder / f"{name}.npy", array)
    np.save(folder / "empty.npy", matrix[:0])
    for version in [(1, 0), (2, 0), (3, 0)]:
        with open(folder / f"version-{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, matrix, version=version)


def write(fixtures):
    folder = fixtures / "vectors"
    generator = np.random.default_rng(7)
    rows = made_rows(generator)
    write_forms(folder / "forms")
    np.save(folder / "rows.npy", rows)
    recorded = {
        "search": search(rows, rows[:6] + 0.05),
        "mining": mining(rows),
        "clusters": clusters(rows),
        "correlations": correlations(generator),
        "pairs": pairs(rows, generator),
        "retrieval": retrieval(rows, generator),
        "mined": mined(rows, generator),
        "quantized": quantized(rows),
        "components": components(rows),
    }
    for name, value in recorded.items():
        write_json(folder / f"{name}.json", value)
    sparse_and_late.write(folder)
