"""Tests/Fixtures/vectors/reranking.json: what sentence-transformers' evaluators make of rerankers whose scores are known."""

import numpy as np
from sentence_transformers.cross_encoder.evaluation import (
    CrossEncoderClassificationEvaluator,
    CrossEncoderRerankingEvaluator,
)

from .files import write_json


class Fixed:
    """A reranker whose scores of pairs are known: `pairs` are a name and a number."""

    def __init__(self, scores):
        self.scores = scores
        self.num_labels = 1 if scores.ndim == 1 else scores.shape[1]
        self.model_card_data = self

    def set_evaluation_metrics(self, *_, **__):
        pass

    def predict(self, pairs, **_):
        return np.stack([self.scores[int(document)] for _, document in pairs])


def samples(generator):
    """Queries with 2 to 14 documents, named by numbers below 60; the score of each number is its own."""
    made = []
    for number in range(24):
        names = [str(name) for name in generator.choice(60, generator.integers(4, 15), replace=False)]
        positive, others = names[: number % 3 + 1], names[number % 3 + 1 :]
        if number % 4 == 0:
            made.append({"query": "q", "positive": positive, "negative": others})
            continue
        ranked = others + positive[number % 2 :]
        generator.shuffle(ranked)
        made.append({"query": "q", "positive": positive, "documents": ranked})
    # None is relevant; one text in place of a list; none of the relevant ones was found; one twice.
    made.append({"query": "q", "positive": [], "negative": ["1", "2"]})
    made.append({"query": "q", "positive": "5", "negative": ["6", "7"]})
    made.append({"query": "q", "positive": ["8", "9"], "documents": ["10", "11", "12"]})
    made.append({"query": "q", "positive": ["13"], "documents": ["13", "14", "13", "15"]})
    return made


def is_open(sample, scores):
    """Whether the first relevant document has the score of another that is not: numpy leaves open which comes first."""
    positive = {int(name) for name in sample["positive"]}
    others = {int(name) for name in sample.get("documents", sample.get("negative"))} - positive
    best = max((scores[name] for name in positive), default=None)
    return best is not None and any(scores[name] == best for name in others)


def plain(metrics):
    return {name: float(value) for name, value in metrics.items()}


def write(fixtures):
    generator = np.random.default_rng(15)
    # Two numbers have one score.
    scores = generator.permutation(60).astype(np.float32) / 8
    scores[1::2] = scores[::2]
    queries = [sample for sample in samples(generator) if not is_open(sample, scores)]
    rankings = []
    for depth in [10, 3]:
        for adds_positives in [True, False]:
            evaluator = CrossEncoderRerankingEvaluator(queries, at_k=depth, always_rerank_positives=adds_positives)
            rankings.append({"depth": depth, "adds_positives": adds_positives, "metrics": plain(evaluator(Fixed(scores)))})
    classes = []
    for count in [3, 5]:
        logits = generator.normal(size=(80, count)).astype(np.float32)
        # The last class is nowhere; mostly right.
        logits[:, -1] -= 9
        labels = np.where(generator.random(80) < 0.7, logits.argmax(1), generator.integers(0, count - 1, 80))
        evaluator = CrossEncoderClassificationEvaluator([["q", str(row)] for row in range(80)], labels.tolist())
        metrics = plain(evaluator(Fixed(logits)))
        classes.append({"count": count, "found": logits.argmax(1).tolist(), "labels": labels.tolist(), "metrics": metrics})
    labels = (scores + generator.normal(size=60) > 4).astype(int).tolist()
    evaluator = CrossEncoderClassificationEvaluator([["q", str(row)] for row in range(60)], labels)
    write_json(
        fixtures / "vectors/reranking.json",
        {
            "scores": scores.tolist(),
            "samples": queries,
            "rankings": rankings,
            "classes": classes,
            "matches": {"labels": labels, "metrics": plain(evaluator(Fixed(scores)))},
        },
    )
