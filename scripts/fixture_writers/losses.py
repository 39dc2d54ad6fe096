"""Tests/Fixtures/training/losses.jsonl: each loss' value and its derivatives by the vectors, in float64.

A line is a case: the loss as a recipe has it, the vectors of each column, labels, weights of the loss' own, and what
comes of it. Losses that only know an encoder's output are given one that has it already.
"""

import torch
from sentence_transformers.sentence_transformer import losses
from sentence_transformers.sentence_transformer.losses.batch_hard_triplet import BatchHardTripletLossDistanceFunction
from sentence_transformers.sentence_transformer.losses.contrastive import SiameseDistanceMetric
from sentence_transformers.sentence_transformer.losses.triplet import TripletDistanceMetric
from sentence_transformers.util import cos_sim, dot_score

from .files import write_lines

NAMED = {"cos_sim": cos_sim, "dot_score": dot_score}
METRICS = {
    "TripletLoss": TripletDistanceMetric,
    "ContrastiveLoss": SiameseDistanceMetric,
    "OnlineContrastiveLoss": SiameseDistanceMetric,
    "BatchAllTripletLoss": BatchHardTripletLossDistanceFunction,
}
ROWS, WIDTH = 5, 6
SCORES = [0.9, 0.1, 0.5, 0.5, 0.25]
RANKING = "MultipleNegativesRankingLoss"
ALL = ["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"]
SYMMETRIC = {"directions": ["query_to_doc", "doc_to_query"], "partition_mode": "per_direction"}
GTE = {"directions": ALL, "partition_mode": "joint"}

# name, parameters, columns, labels
CASES = [
    (RANKING, {}, 2, None),
    (RANKING, {"scale": 5.0}, 3, None),
    (RANKING, {"similarity_fct": "dot_score", "scale": 1.0}, 4, None),
    (RANKING, {"scale": 8.0, **SYMMETRIC}, 3, None),
    (RANKING, {"scale": 8.0, **SYMMETRIC, "partition_mode": "joint"}, 2, None),
    (RANKING, {"scale": 8.0, **GTE}, 2, None),
    (RANKING, {"scale": 8.0, **GTE}, 4, None),
    (RANKING, {"scale": 4.0, "directions": ["doc_to_doc", "query_to_doc"]}, 3, None),
    *[
        (RANKING, {"scale": 6.0, "hardness_mode": mode, "hardness_strength": 3.0, **more}, 4, None)
        for mode in ("in_batch_negatives", "hard_negatives", "all_negatives")
        for more in ({}, GTE)
    ],
    ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 2, "scale": 10.0}, 3, None),
    ("CachedMultipleNegativesRankingLoss", {"mini_batch_size": 2, "scale": 10.0, **GTE}, 3, None),
    ("MultipleNegativesSymmetricRankingLoss", {"scale": 7.0}, 2, None),
    ("CachedMultipleNegativesSymmetricRankingLoss", {"scale": 7.0, "mini_batch_size": 3}, 3, None),
    ("CosineSimilarityLoss", {}, 2, SCORES),
    ("CoSENTLoss", {}, 2, SCORES),
    ("CoSENTLoss", {"scale": 3.0}, 2, [1.0, 1.0, 0.0, 0.0, 1.0]),
    ("CoSENTLoss", {}, 2, [0.5] * 5),
    ("SoftmaxLoss", {"num_labels": 3}, 2, [0, 2, 1, 1, 2]),
    ("SoftmaxLoss", {"num_labels": 2, "concatenation_sent_multiplication": True}, 2, [0, 1, 1, 0, 1]),
    ("SoftmaxLoss", {"num_labels": 4, "concatenation_sent_rep": False}, 2, [3, 2, 1, 1, 2]),
    *[
        ("TripletLoss", {"distance_metric": metric, "triplet_margin": margin}, 3, None)
        for metric, margin in (("COSINE", 0.5), ("EUCLIDEAN", 5), ("EUCLIDEAN", 0.3), ("MANHATTAN", 1))
    ],
    *[
        ("ContrastiveLoss", {"distance_metric": metric, "margin": margin, "size_average": mean}, 2, [1, 0, 0, 1, 0])
        for metric, margin, mean in (
            ("COSINE_DISTANCE", 0.5, True), ("COSINE_DISTANCE", 1.2, False), ("EUCLIDEAN", 4, True),
            ("MANHATTAN", 9, True),
        )
    ],
    *[
        ("OnlineContrastiveLoss", {"distance_metric": metric, "margin": margin}, 2, labels)
        for metric, margin, labels in (
            ("COSINE_DISTANCE", 1.2, [1, 0, 0, 1, 0]), ("EUCLIDEAN", 4, [1, 0, 0, 1, 0]),
            ("MANHATTAN", 9, [0, 1, 1, 0, 1]),
            ("COSINE_DISTANCE", 1.2, [1, 1, 1, 1, 1]), ("COSINE_DISTANCE", 1.2, [0, 0, 0, 0, 0]),
        )
    ],
    ("MSELoss", {}, 1, "one"),
    ("MSELoss", {}, 3, "one"),
    ("MSELoss", {}, 2, "each"),
    ("BatchAllTripletLoss", {"distance_metric": "euclidean_distance", "margin": 5}, 1, [0, 1, 0, 1, 1]),
    ("BatchAllTripletLoss", {"distance_metric": "euclidean_distance", "margin": 0.1}, 1, [0, 1, 0, 1, 2]),
    ("BatchAllTripletLoss", {"distance_metric": "cosine_distance", "margin": 0.2}, 1, [0, 1, 0, 1, 1]),
    ("BatchAllTripletLoss", {}, 1, [0, 1, 2, 3, 4]),
    ("MatryoshkaLoss", {"loss": {"name": RANKING}, "matryoshka_dims": [6, 4, 2]}, 2, None),
    (
        "MatryoshkaLoss",
        {"loss": {"name": "CoSENTLoss", "scale": 9.0}, "matryoshka_dims": [2, 5], "matryoshka_weights": [0.5, 2]},
        2,
        SCORES,
    ),
    ("MatryoshkaLoss", {"loss": {"name": "MSELoss"}, "matryoshka_dims": [6, 3]}, 2, "one"),
    ("MatryoshkaLoss", {"loss": {"name": "MSELoss"}, "matryoshka_dims": [6, 3]}, 2, "each"),
    (
        "MatryoshkaLoss",
        {"loss": {"name": "CachedMultipleNegativesRankingLoss", "mini_batch_size": 2}, "matryoshka_dims": [6, 4]},
        3,
        None,
    ),
]


class Vectors(torch.nn.Module):
    """A model whose features hold what it is to return."""

    device = torch.device("cpu")

    def forward(self, features):
        return {**features, "sentence_embedding": features["sentence_embedding"]}

    def get_embedding_dimension(self):
        return WIDTH

    def __getitem__(self, index):
        return self


def made(name, parameters, model):
    """The loss that a recipe would name so."""
    kind = getattr(losses, name)
    values = dict(parameters)
    if "similarity_fct" in values:
        values["similarity_fct"] = NAMED[values["similarity_fct"]]
    if "distance_metric" in values:
        values["distance_metric"] = getattr(METRICS[name], values["distance_metric"])
    if "loss" in values:
        inner = dict(values["loss"])
        values["loss"] = made(inner.pop("name"), inner, model)
    if name == "SoftmaxLoss":
        values["embedding_dimension"] = WIDTH
    return kind(model, **values).double()


def value_of(loss, columns, labels):
    """Cached losses take vectors in the parts that they were made in; so does Matryoshka over them."""
    cached = loss if hasattr(loss, "mini_batch_size") else getattr(loss, "loss", None)
    if hasattr(cached, "calculate_loss"):
        parts = [list(column.split(cached.mini_batch_size)) for column in columns]
        return cached.calculate_loss(parts, labels, with_backward=cached is not loss)
    return loss([{"sentence_embedding": column} for column in columns], labels)


def numbers(tensor):
    return [float(f"{x:.10g}") for x in tensor.detach().flatten().tolist()]


def vectors(generator, *shape):
    # As float32 holds them, so that both sides have the same.
    return torch.randn(*shape, generator=generator, dtype=torch.float32).double()


def recorded(index, name, parameters, columns, labels):
    generator = torch.Generator().manual_seed(index)
    # Rows of a batch have something in common, as texts of a model have.
    common = vectors(generator, ROWS, WIDTH)
    texts = [(common + 0.7 * vectors(generator, ROWS, WIDTH)).float().double() for _ in range(columns)]
    texts = [text.requires_grad_() for text in texts]
    case = {"loss": {"name": name, **parameters}, "columns": [numbers(text) for text in texts]}
    if labels == "one":
        labels = vectors(generator, ROWS, WIDTH)
        case["vectors"] = [numbers(labels)]
    elif labels == "each":
        labels = vectors(generator, ROWS, columns, WIDTH)
        case["vectors"] = [numbers(labels[:, column]) for column in range(columns)]
    elif labels is not None:
        case["labels"] = labels
        labels = torch.tensor(labels)
    loss = made(name, parameters, Vectors())
    with torch.no_grad():
        for parameter in loss.parameters():
            parameter.copy_(vectors(generator, *parameter.shape).float())
    value = value_of(loss, texts, labels)
    own = dict(loss.named_parameters())
    if value.requires_grad:
        value.backward()
    case["weights"] = {key: numbers(parameter) for key, parameter in own.items()}
    case["value"] = numbers(value)[0]
    case["slopes"] = [numbers(torch.zeros_like(t) if t.grad is None else t.grad) for t in texts]
    case["weight_slopes"] = {key: numbers(parameter.grad) for key, parameter in own.items()}
    return case


def write(fixtures):
    cases = [recorded(index, *case) for index, case in enumerate(CASES)]
    write_lines(fixtures / "training" / "losses.jsonl", cases)
