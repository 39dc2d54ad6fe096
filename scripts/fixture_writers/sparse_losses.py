"""Tests/Fixtures/training/sparse_losses.jsonl: as losses.jsonl, the losses of sparse models, of vectors with zeros."""

import torch
from sentence_transformers import util
from sentence_transformers.sentence_transformer.losses.triplet import TripletDistanceMetric
from sentence_transformers.sparse_encoder import losses

from .files import write_lines
from .loss_models import WIDTH, Vectors
from .losses import ROWS, SCORES, numbers, vectors

MARGINS = [[0.5], [-1.0], [2.0], [0.0], [1.5]]
TEACHER = [[3, 1], [1, 0], [2, 2], [4, 1], [0.5, 3]]
LARGER = [[3, 1, 0.5], [1, 0, 1], [2, 2, 1], [4, 1, 1], [0.5, 0.5, 3]]
RANKING = {"name": "SparseMultipleNegativesRankingLoss"}
WEIGHTS = {"document_regularizer_weight": 0.3, "query_regularizer_weight": 0.2}

# name, parameters, columns, labels: as in losses.py
CASES = [
    (RANKING["name"], {}, 2, None),
    (RANKING["name"], {"scale": 0.5, "directions": ["query_to_doc", "doc_to_query"]}, 3, None),
    ("SparseMarginMSELoss", {}, 3, MARGINS),
    ("SparseMarginMSELoss", {"similarity_fct": "pairwise_cos_sim"}, 4, LARGER),
    ("SparseDistillKLDivLoss", {}, 3, TEACHER),
    ("SparseDistillKLDivLoss", {"temperature": 1.0, "teacher_temperature": 0.5}, 4, LARGER),
    ("SparseCosineSimilarityLoss", {}, 2, SCORES),
    ("SparseCoSENTLoss", {"scale": 5.0}, 2, SCORES),
    ("SparseAnglELoss", {}, 2, SCORES),
    ("SparseTripletLoss", {}, 3, None),
    ("SparseTripletLoss", {"distance_metric": "COSINE", "triplet_margin": 0.4}, 3, None),
    ("SparseMSELoss", {}, 2, "one"),
    ("FlopsLoss", {}, 1, None),
    ("FlopsLoss", {"threshold": 3}, 2, None),
    ("SpladeLoss", {"loss": RANKING, **WEIGHTS}, 2, None),
    ("SpladeLoss", {"loss": RANKING, "document_regularizer_weight": 0.3}, 4, None),
    (
        "SpladeLoss",
        {"loss": {"name": "SparseMarginMSELoss"}, **WEIGHTS, "document_regularizer_threshold": 3,
         "query_regularizer_threshold": 2},
        3,
        MARGINS,
    ),
    ("SpladeLoss", {"loss": {"name": "SparseDistillKLDivLoss"}, **WEIGHTS}, 3, TEACHER),
    (
        "SpladeLoss",
        {"loss": {"name": "SparseCoSENTLoss"}, "document_regularizer_weight": 0.5, "use_document_regularizer_only": True},
        2,
        SCORES,
    ),
    ("CachedSpladeLoss", {"loss": RANKING, **WEIGHTS, "mini_batch_size": 2}, 3, None),
]


def made(name, parameters, model):
    """The loss that a recipe would name so."""
    values = dict(parameters)
    if "similarity_fct" in values:
        values["similarity_fct"] = getattr(util, values["similarity_fct"])
    if "distance_metric" in values:
        values["distance_metric"] = getattr(TripletDistanceMetric, values["distance_metric"])
    if "directions" in values:
        values["directions"] = tuple(values["directions"])
    if "loss" in values:
        inner = dict(values["loss"])
        values["loss"] = made(inner.pop("name"), inner, model)
    return getattr(losses, name)(model, **values).double()


def parts_of(name, loss, columns, labels):
    """What a loss is the sum of."""
    if name == "FlopsLoss":
        return {"": loss.compute_loss_from_embeddings(torch.cat(columns))}
    if name == "SparseMSELoss":
        return {"": loss([{"sentence_embedding": column} for column in columns], labels)}
    if name == "CachedSpladeLoss":
        total = loss.calculate_loss([list(column.split(loss.mini_batch_size)) for column in columns], labels)
        return {"": total}
    if name == "SpladeLoss":
        # A model of one vector a text has no columns to merge.
        losses.splade.embed_columns = lambda model, features, **_: [f["sentence_embedding"] for f in features]
        return loss([{"sentence_embedding": column} for column in columns], labels)
    return {"": loss.compute_loss_from_embeddings(columns, labels)}


def recorded(index, name, parameters, columns, labels):
    generator = torch.Generator().manual_seed(1000 + index)
    common = vectors(generator, ROWS, WIDTH)
    texts = [(common + 0.9 * vectors(generator, ROWS, WIDTH)).relu().float().double() for _ in range(columns)]
    texts = [text.requires_grad_() for text in texts]
    case = {"loss": {"name": name, **parameters}, "columns": [numbers(text) for text in texts]}
    if isinstance(labels, str):
        labels = vectors(generator, ROWS, WIDTH)
        case["vectors"] = [numbers(labels)]
    elif labels is not None and isinstance(labels[0], list):
        case["teacher_scores"] = labels
        labels = torch.tensor(labels).double()
    elif labels is not None:
        case["labels"] = labels
        labels = torch.tensor(labels).double()
    parts = parts_of(name, made(name, parameters, Vectors()), texts, labels)
    value = sum(parts.values())
    value.backward()
    case["weights"] = {}
    case["value"] = numbers(value)[0]
    if len(parts) > 1:
        case["parts"] = {key: numbers(part)[0] for key, part in parts.items()}
    case["slopes"] = [numbers(torch.zeros_like(t) if t.grad is None else t.grad) for t in texts]
    case["weight_slopes"] = {}
    return case


def write(fixtures):
    cases = [recorded(index, *case) for index, case in enumerate(CASES)]
    write_lines(fixtures / "training" / "sparse_losses.jsonl", cases)
