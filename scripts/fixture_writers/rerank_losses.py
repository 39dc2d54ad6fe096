"""Tests/Fixtures/training/rerank_losses.jsonl: each loss of rerankers, its value and its derivatives by the logits of
pairs, in float64.

A line is a case: the loss as a recipe has it, how many documents each row has, the logits of each row's pairs (of
MultipleNegativesRankingLoss the positive's, then those of documents of other rows, then of the row's own negatives),
labels, and what comes of it. The model is one that has the logits already.
"""

import torch
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder import losses

from .files import write_lines

RANKING = "MultipleNegativesRankingLoss"
SCHEMES = ("NoWeightingScheme", "NDCGLoss1Scheme", "NDCGLoss2Scheme", "LambdaRankScheme", "NDCGLoss2PPScheme")
SCORES = [1.0, 0.0, 0.25, 1.0, 0.5]
# Lists of four queries; equal labels, a list in which nothing is relevant, one of a single document.
COUNTS = [4, 6, 1, 3]
LISTS = [[2, 0, 1, 0], [0, 3, 3, 1, 0, 2], [1], [0, 0, 0]]

# name, parameters, labels of the model, documents of each row, labels of the data
CASES = [
    *[
        ("BinaryCrossEntropyLoss", parameters, 1, [1] * 5, SCORES)
        for parameters in ({}, {"pos_weight": 3.5}, {"activation_fn": "Tanh"})
    ],
    *[
        ("CrossEntropyLoss", parameters, labels, [1] * 5, [0, labels - 1, 1, 0, 1])
        for parameters, labels in (({}, 3), ({}, 2), ({"activation_fn": "Sigmoid"}, 4))
    ],
    *[("MSELoss", parameters, 1, [1] * 5, [[x] for x in SCORES]) for parameters in ({}, {"activation_fn": "Sigmoid"})],
    ("MarginMSELoss", {}, 1, [2] * 3, [[0.5], [-1.0], [2.0]]),
    ("MarginMSELoss", {}, 1, [2] * 3, [[1.5, 1.0], [1, 2], [2, 0]]),
    ("MarginMSELoss", {"activation_fn": "Sigmoid"}, 1, [3] * 3, [[3, 1, 0.5], [1, 0, 1], [2, 2, 1]]),
    *[
        (name, {"num_negatives": None, **more}, 1, [count] * 4, None)
        for name in (RANKING, f"Cached{RANKING}")
        for count, more in ((1, {}), (3, {"scale": 2.0}), (2, {"scale": 1.0, "activation_fn": "Identity"}), (2, {"scale": 0}))
    ],
    *[
        ("LambdaLoss", {"weighting_scheme": scheme, **more}, 1, COUNTS, LISTS)
        for scheme in SCHEMES
        for more in ({}, {"k": 2, "sigma": 0.7, "reduction_log": "natural"})
    ],
    ("LambdaLoss", {}, 1, COUNTS, LISTS),
    ("LambdaLoss", {"activation_fn": "Sigmoid", "eps": 0.5}, 1, COUNTS, LISTS),
    ("LambdaLoss", {}, 1, [3, 2], [[0, 0, 0], [1, 1]]),
    *[("RankNetLoss", parameters, 1, COUNTS, LISTS) for parameters in ({}, {"k": 3, "sigma": 2.0})],
    *[("ListNetLoss", parameters, 1, COUNTS, LISTS) for parameters in ({}, {"activation_fn": "Tanh"})],
    *[
        (name, parameters, 1, COUNTS, LISTS)
        for name in ("ListMLELoss", "PListMLELoss")
        for parameters in ({}, {"respect_input_order": False}, {"activation_fn": "Sigmoid"})
    ],
    ("PListMLELoss", {"lambda_weight": None}, 1, COUNTS, LISTS),
    *[("ADRMSELoss", parameters, 1, COUNTS, LISTS) for parameters in ({}, {"alpha": 2.5})],
]


class Pairs(CrossEncoder):
    """A model that has the logits of pairs of the texts that it knows."""

    num_labels = None
    device = torch.device("cpu")

    def __init__(self, texts, logits):
        torch.nn.Module.__init__(self)
        self.rows = {pair: row for row, pair in enumerate(texts)}
        self.num_labels, self.logits = logits.shape[1], logits

    def preprocess(self, pairs, **_):
        return {"rows": torch.tensor([self.rows[tuple(pair)] for pair in pairs])}

    def forward(self, features):
        return {"scores": self.logits[features["rows"]]}


def made(name, parameters, model):
    """The loss that a recipe would name so."""
    values = dict(parameters)
    if "activation_fn" in values:
        values["activation_fn"] = getattr(torch.nn, values["activation_fn"])()
    if "weighting_scheme" in values:
        values["weighting_scheme"] = getattr(losses, values["weighting_scheme"])()
    if "pos_weight" in values:
        values["pos_weight"] = torch.tensor(values["pos_weight"])
    return getattr(losses, name)(model, **values)


def documents(name, counts):
    """Of each row the documents that are scored for it: their rows and places."""
    if not name.endswith(RANKING):
        return [[(row, place) for place in range(count)] for row, count in enumerate(counts)]
    every = [(row, place) for place in range(counts[0]) for row in range(len(counts))]
    return [
        [(row, 0), *[other for other in every if other[0] != row], *[(row, place) for place in range(1, count)]]
        for row, count in enumerate(counts)
    ]


def numbers(tensor):
    return [float(f"{x:.10g}") for x in tensor.detach().flatten().tolist()]


def recorded(index, name, parameters, width, counts, labels):
    generator = torch.Generator().manual_seed(100 + index)
    wanted = documents(name, counts)
    texts = [(f"q{row}", f"d{other}.{place}") for row, all in enumerate(wanted) for other, place in all]
    # As float32 holds them, so that both sides have the same.
    logits = torch.randn(len(texts), width, generator=generator, dtype=torch.float32).double().requires_grad_()
    queries = [f"q{row}" for row in range(len(counts))]
    case = {"loss": {"name": name, **parameters}, "width": width, "counts": counts}
    given = labels
    if isinstance(labels, list) and name.endswith(("LambdaLoss", "RankNetLoss", "ListNetLoss", "MLELoss", "ADRMSELoss")):
        case["lists"] = labels
        inputs = [queries, [[f"d{row}.{place}" for place in range(count)] for row, count in enumerate(counts)]]
        given = [torch.tensor(row) for row in labels]
    else:
        inputs = [queries, *[[f"d{row}.{place}" for row in range(len(counts))] for place in range(counts[0])]]
        if labels is not None:
            case["teacher_scores" if isinstance(labels[0], list) else "labels"] = labels
            given = torch.tensor(labels)
    loss = made(name, parameters, Pairs(texts, logits))
    value = loss(inputs, given)
    if value.requires_grad and not value.is_leaf:
        value.backward()
    slopes = torch.zeros_like(logits) if logits.grad is None else logits.grad
    sizes = [len(row) for row in wanted]
    case["logits"] = [numbers(part) for part in logits.split(sizes)]
    case["value"] = numbers(value)[0]
    case["slopes"] = [numbers(part) for part in slopes.split(sizes)]
    return case


def write(fixtures):
    # Losses of lists make float32 of what they get.
    exact, torch.Tensor.float = torch.Tensor.float, torch.Tensor.double
    torch.set_default_dtype(torch.float64)
    try:
        cases = [recorded(index, *case) for index, case in enumerate(CASES)]
    finally:
        torch.Tensor.float = exact
        torch.set_default_dtype(torch.float32)
    write_lines(fixtures / "training" / "rerank_losses.jsonl", cases)
