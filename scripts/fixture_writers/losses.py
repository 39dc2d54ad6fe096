"""Tests/Fixtures/training/losses.jsonl: each loss' value and its derivatives by the vectors, in float64.

A line is a case: the loss as a recipe has it, the vectors of each column, labels, weights of the loss' own, and what
comes of it. Losses that only know an encoder's output are given one that has it already. A column of a loss of layers
has their vectors side by side, the last layer's first; one of two copies of a model has a column for each.
"""

import torch
from sentence_transformers.sentence_transformer import losses
from sentence_transformers.sentence_transformer.losses.batch_hard_triplet import BatchHardTripletLossDistanceFunction
from sentence_transformers.sentence_transformer.losses.contrastive import SiameseDistanceMetric
from sentence_transformers.sentence_transformer.losses.triplet import TripletDistanceMetric
from sentence_transformers import util

from .files import write_lines
from .loss_models import LAYERS, WIDTH, Layered, Vectors, features

BATCH = ("BatchAllTripletLoss", "BatchHardTripletLoss", "BatchHardSoftMarginTripletLoss", "BatchSemiHardTripletLoss")
METRICS = {
    "TripletLoss": TripletDistanceMetric,
    "ContrastiveLoss": SiameseDistanceMetric,
    "OnlineContrastiveLoss": SiameseDistanceMetric,
    **{name: BatchHardTripletLossDistanceFunction for name in BATCH},
}
LAYERED = ("AdaptiveLayerLoss", "Matryoshka2dLoss")
ROWS = 5
SCORES = [0.9, 0.1, 0.5, 0.5, 0.25]
RANKING = "MultipleNegativesRankingLoss"
ALL = ["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"]
SYMMETRIC = {"directions": ["query_to_doc", "doc_to_query"], "partition_mode": "per_direction"}
GTE = {"directions": ALL, "partition_mode": "joint"}

# name, parameters, columns, labels: a list, or vectors, "one" for all columns or "each" for each; with their width
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
    *[
        (
            "MatryoshkaLoss",
            {"loss": {"name": name, "guide": "guide", **more}, "matryoshka_dims": [6, 3], "matryoshka_weights": [1, 0.5]},
            2,
            None,
        )
        for name, more in (("GISTEmbedLoss", {"temperature": 0.1}), ("CachedGISTEmbedLoss", {"mini_batch_size": 2}))
    ],
    ("AnglELoss", {}, 2, SCORES),
    ("AnglELoss", {"scale": 5.0}, 3, None),
    ("AnglELoss", {"scale": 5.0}, 4, [1.0, 0.5, 0.0, 1.0, 1.0]),
    ("MarginMSELoss", {}, 3, [[0.5], [-1.0], [2.0], [0.0], [1.5]]),
    ("MarginMSELoss", {"similarity_fct": "pairwise_cos_sim"}, 3, [[1.5, 1.0], [1, 2], [2, 0], [0, 0], [3, 1.5]]),
    *[
        ("MarginMSELoss", {"similarity_fct": name}, 4, [[1, 0.5], [0, 1], [2, 1], [1, 1], [0.5, 3]])
        for name in ("pairwise_dot_score", "pairwise_euclidean_sim", "pairwise_manhattan_sim")
    ],
    ("MarginMSELoss", {}, 4, [[3, 1, 0.5], [1, 0, 1], [2, 2, 1], [4, 1, 1], [0.5, 0.5, 3]]),
    ("DistillKLDivLoss", {}, 3, [[3, 1], [1, 0], [2, 2], [4, 1], [0.5, 3]]),
    (
        "DistillKLDivLoss",
        {"temperature": 2.0, "teacher_temperature": 0.5, "similarity_fct": "pairwise_cos_sim"},
        4,
        [[3, 1, 0.5], [1, 0, 1], [2, 2, 1], [4, 1, 1], [0.5, 0.5, 3]],
    ),
    ("DistillKLDivLoss", {"student_temperature": 0.5}, 3, [[900, 1], [1, 0], [2, 2], [4, 1], [0.5, 3]]),
    ("EmbedDistillLoss", {}, 1, "one"),
    ("EmbedDistillLoss", {}, 2, "each"),
    ("EmbedDistillLoss", {"distance_metric": "l2"}, 2, "one"),
    ("EmbedDistillLoss", {"distance_metric": "mse"}, 2, "each"),
    *[
        ("EmbedDistillLoss", {"distance_metric": metric, "projection_dim": 4}, 2, labels)
        for metric, labels in (("mse", "one 4"), ("l2", "each 4"), ("cosine", "one 4"))
    ],
    ("MSELoss", {"projection_dim": 9}, 2, "each 9"),
    ("MatryoshkaLoss", {"loss": {"name": "EmbedDistillLoss"}, "matryoshka_dims": [6, 3]}, 2, "one"),
    *[
        (name, {"guide": "guide", **options}, columns, None)
        for name, more in (("GISTEmbedLoss", {}), ("CachedGISTEmbedLoss", {"mini_batch_size": 2}))
        for columns, options in (
            (2, more),
            (3, {"temperature": 0.2, "margin": 0.3, **more}),
            (3, {"temperature": 0.1, "margin": 0.5, "margin_strategy": "relative", **more}),
            (3, {"temperature": 0.1, "margin": -0.2, "contrast_anchors": False, "contrast_positives": False, **more}),
        )
    ],
    ("CachedGISTEmbedLoss", {"guide": "guide", "temperature": 0.1, "mini_batch_size": 3}, 5, None),
    *[
        (name, {"distance_metric": f"{metric}_distance", **more}, 1, labels)
        for name, metric, more in (
            ("BatchHardTripletLoss", "euclidean", {"margin": 5}),
            ("BatchHardTripletLoss", "euclidean", {"margin": 0.1}),
            ("BatchHardTripletLoss", "cosine", {"margin": 0.2}),
            ("BatchHardSoftMarginTripletLoss", "euclidean", {}),
            ("BatchHardSoftMarginTripletLoss", "cosine", {}),
            ("BatchSemiHardTripletLoss", "euclidean", {"margin": 5}),
            ("BatchSemiHardTripletLoss", "euclidean", {"margin": 0.1}),
            ("BatchSemiHardTripletLoss", "cosine", {"margin": 0.2}),
        )
        for labels in ([0, 1, 0, 1, 1], [0, 1, 2, 1, 0])
    ],
    *[(name, {}, 1, labels) for name in BATCH[1:] for labels in ([0, 1, 2, 3, 4], [3, 3, 3, 3, 3])],
    ("MegaBatchMarginLoss", {"mini_batch_size": 2}, 2, None),
    ("MegaBatchMarginLoss", {"positive_margin": 0.6, "negative_margin": 0.5}, 2, None),
    ("MegaBatchMarginLoss", {"use_mini_batched_version": False}, 2, None),
    ("GlobalOrthogonalRegularizationLoss", {}, 1, None),
    ("GlobalOrthogonalRegularizationLoss", {"mean_weight": 0.5, "second_moment_weight": 2, "aggregation": "sum"}, 2, None),
    ("GlobalOrthogonalRegularizationLoss", {"mean_weight": None, "similarity_fct": "dot_score"}, 3, None),
    ("GlobalOrthogonalRegularizationLoss", {"second_moment_weight": 0}, 2, None),
    ("ContrastiveTensionLoss", {}, 2, [1, 0, 0, 1, 0]),
    ("ContrastiveTensionLossInBatchNegatives", {}, 2, None),
    ("ContrastiveTensionLossInBatchNegatives", {"similarity_fct": "dot_score", "scale": 1}, 2, None),
    ("AdaptiveLayerLoss", {"loss": {"name": RANKING}, "n_layers_per_step": -1}, 2, None),
    (
        "AdaptiveLayerLoss",
        {
            "loss": {"name": "CoSENTLoss"}, "n_layers_per_step": -1, "last_layer_weight": 0.5, "prior_layers_weight": 2,
            "kl_div_weight": 3, "kl_temperature": 0.7, "layer_weighting": "log",
        },
        2,
        SCORES,
    ),
    (
        "AdaptiveLayerLoss",
        {"loss": {"name": "TripletLoss"}, "n_layers_per_step": -1, "kl_temperature": 0, "layer_weighting": "linear"},
        3,
        None,
    ),
    (
        "Matryoshka2dLoss",
        {"loss": {"name": RANKING}, "matryoshka_dims": [6, 3], "n_layers_per_step": -1, "n_dims_per_step": -1},
        3,
        None,
    ),
    (
        "Matryoshka2dLoss",
        {
            "loss": {"name": "CosineSimilarityLoss"}, "matryoshka_dims": [2, 5], "matryoshka_weights": [0.5, 2],
            "n_layers_per_step": -1, "n_dims_per_step": -1, "kl_temperature": 0.5,
        },
        2,
        SCORES,
    ),
]


def made(name, parameters, model):
    """The loss that a recipe would name so."""
    kind = getattr(losses, name)
    values = dict(parameters)
    if "similarity_fct" in values:
        values["similarity_fct"] = getattr(util, values["similarity_fct"])
    if name in METRICS and "distance_metric" in values:
        values["distance_metric"] = getattr(METRICS[name], values["distance_metric"])
    if "loss" in values:
        inner = dict(values["loss"])
        values["loss"] = made(inner.pop("name"), inner, model)
    if "guide" in values:
        values["guide"] = Vectors("guide")
    if name == "SoftmaxLoss":
        values["embedding_dimension"] = WIDTH
    loss = kind(model, **values).double()
    if hasattr(loss, "model1"):
        loss.model1.key = "twin"
    return loss


def value_of(loss, columns, labels, guide):
    """Cached losses take vectors in the parts that they were made in; so does Matryoshka over them."""
    cached = loss if hasattr(loss, "mini_batch_size") else getattr(loss, "loss", None)
    if hasattr(cached, "calculate_loss"):
        parts, guides = [[list(c.split(cached.mini_batch_size)) for c in all] for all in (columns, guide)]
        more = {"reps_guided": guides} if hasattr(cached, "guide") else {"labels": labels}
        return cached.calculate_loss(parts, **more, with_backward=cached is not loss)
    if hasattr(loss, "logit_scale"):
        columns = [columns[1]] * 2, [columns[0]] * 2
    else:
        columns = columns, columns
    value = loss([features(*column) for column in zip(*columns, guide)], labels)
    return sum(value.values()) if isinstance(value, dict) else value


def numbers(tensor):
    return [float(f"{x:.10g}") for x in tensor.detach().flatten().tolist()]


def vectors(generator, *shape):
    # As float32 holds them, so that both sides have the same.
    return torch.randn(shape, generator=generator, dtype=torch.float32).double()


def recorded(index, name, parameters, columns, labels):
    generator = torch.Generator().manual_seed(index)
    # Rows of a batch have something in common, as texts of a model have.
    width = WIDTH * (1 + LAYERS) if name in LAYERED else WIDTH
    common = vectors(generator, ROWS, width)
    texts = [(common + 0.7 * vectors(generator, ROWS, width)).float().double() for _ in range(columns)]
    texts = [text.requires_grad_() for text in texts]
    case = {"loss": {"name": name, **parameters}, "columns": [numbers(text) for text in texts]}
    guide = [torch.zeros(ROWS, 1)] * columns
    if "guide" in parameters or "guide" in parameters.get("loss", {}):
        guide = [(common[:, :4] + vectors(generator, ROWS, 4)).float().double() for _ in range(columns)]
        case["guide"] = [numbers(column) for column in guide]
    if isinstance(labels, str):
        count, width = [*labels.split(), WIDTH][:2]
        shape = [ROWS, columns, int(width)] if count == "each" else [ROWS, int(width)]
        labels = vectors(generator, *shape)
        case["vectors"] = [numbers(part) for part in (labels.unbind(1) if count == "each" else [labels])]
    elif labels is not None and isinstance(labels[0], list):
        case["teacher_scores"] = labels
        labels = torch.tensor(labels).double()
    elif labels is not None:
        case["labels"] = labels
        labels = torch.tensor(labels)
    loss = made(name, parameters, Layered() if name in LAYERED else Vectors())
    with torch.no_grad():
        for parameter in loss.parameters():
            parameter.copy_(vectors(generator, *parameter.shape).float())
    value = value_of(loss, texts, labels, guide)
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
