"""Tests/Fixtures/negatives: what mine_hard_negatives makes of pairs and a corpus, with tiny models.

`pairs.csv` has anchors with one and several positives, pairs that come twice, and positives of several anchors;
`corpus.txt` has texts that come twice, and positives. A line of `cases.jsonl` has the model's place, the parameters by
their names (and `metric`, the model's similarity), whether the corpus was given, and the rows.
"""

import csv
import itertools

import numpy
from datasets import Dataset
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.util import mine_hard_negatives

from .files import TOP, write_lines

COLUMNS = ["query", "answer"]
PAIRS = [
    ("where is the cat", "the cat sat on the mat by the house"),
    ("how old is the house", "the house by the water is very old"),
    ("where is the cat", "she put the cat in a small house"),
    ("who came home", "a man came back home, and a boy with him"),
    ("what did they say", "they did not say much"),
    ("where is the cat", "the cat sat on the mat by the house"),
    ("who came home", "three people came by the river"),
    ("what is by the river", "three people came by the river"),
    ("what is by the river", "the house by the water is very old"),
    ("how many words", "the sentence has two words"),
    ("can she read", "give her a new word, and she can read it"),
    ("who came home", "he went out before her mother came home"),
    ("say it with \"quotes\", and more", "a sentence with a, b and \"c\" in it"),
]
CORPUS = [
    "the fox was in the house when people came",
    "the cat sat on the mat by the house",
    "a cat and a fox play on the river",
    "read this sentence back to me",
    "a very long day made the man old",
    "the boy has two small cats",
    "the fox was in the house when people came",
    "water is more than air to a cat",
    "how many of them could come home",
    "the new house has no place for a cat",
    "write down each word of the sentence",
    "they came from the old river",
    "show me the place where he would live",
    "good people help an old man",
    "do not say that the sentence is the same",
    "his work is to set words in a line",
    "all of us want some time at home",
    "find the cat under the mat",
]
STATIC, TINY, ROUTER = "models.example/minilm-static", "models.example/bert-tiny", "Tests/Fixtures/pipelines/router"
JUDGE = "Tests/Fixtures/kinds/ce_bert"

# model, whether there is a corpus, parameters
CASES = [
    (STATIC, False, {}),
    (STATIC, True, {}),
    (STATIC, True, {"num_negatives": 1}),
    (STATIC, True, {"range_min": 2, "num_negatives": 2}),
    (STATIC, True, {"range_min": 1, "range_max": 4, "num_negatives": 3}),
    (STATIC, True, {"range_max": 60, "num_negatives": 30, "output_format": "labeled-list"}),
    (STATIC, False, {"range_min": 7, "num_negatives": 3, "output_format": "labeled-list"}),
    (STATIC, True, {"max_score": 0.3, "output_scores": True}),
    (STATIC, True, {"min_score": 0.25, "output_scores": True}),
    (STATIC, True, {"min_score": 0.2, "max_score": 0.4, "range_max": 12}),
    (STATIC, True, {"absolute_margin": 0.1, "num_negatives": 4}),
    (STATIC, True, {"relative_margin": 0.05}),
    (STATIC, True, {"relative_margin": 0.4, "absolute_margin": 0.05, "max_score": 0.35, "min_score": 0.1}),
    (STATIC, True, {"output_format": "n-tuple", "num_negatives": 4}),
    (STATIC, True, {"output_format": "n-tuple", "num_negatives": 2, "min_score": 0.42, "output_scores": True}),
    (STATIC, True, {"output_format": "labeled-pair", "min_score": 0.42}),
    (STATIC, True, {"output_format": "labeled-pair", "output_scores": True, "num_negatives": 2}),
    (STATIC, True, {"output_format": "labeled-list", "min_score": 0.45}),
    (STATIC, True, {"output_format": "labeled-list", "output_scores": True}),
    (STATIC, True, {"include_positives": True, "num_negatives": 6}),
    (STATIC, True, {"include_positives": True, "num_negatives": 3, "range_min": 1, "output_scores": True}),
    # Drawn from as many as are wanted: all of them.
    (STATIC, True, {"sampling_strategy": "random", "range_min": 1, "range_max": 5, "num_negatives": 4}),
    (STATIC, False, {"sampling_strategy": "random", "range_max": 40, "num_negatives": 40}),
    (STATIC, True, {"metric": "dot", "max_score": 0.3, "output_scores": True}),
    (STATIC, True, {"metric": "euclidean", "relative_margin": 0.1, "output_scores": True}),
    (STATIC, True, {"metric": "manhattan", "absolute_margin": 0.5, "max_score": -12.0}),
    (TINY, True, {"output_scores": True}),
    (TINY, True, {"query_prompt": "", "output_scores": True}),
    (TINY, True, {"query_prompt": "house: ", "corpus_prompt": "the old ", "output_scores": True}),
    (TINY, True, {"query_prompt_name": "document", "corpus_prompt_name": "query", "output_scores": True}),
    (ROUTER, True, {"output_scores": True}),
    (ROUTER, True, {"query_prompt": "the ", "output_scores": True}),
    (STATIC, True, {"cross_encoder": JUDGE, "max_score": 0.9, "output_scores": True}),
    (STATIC, True, {"cross_encoder": JUDGE, "min_score": 1.1, "output_scores": True, "num_negatives": 2}),
    (STATIC, True, {"cross_encoder": JUDGE, "absolute_margin": 0.002, "range_max": 8, "output_scores": True}),
    (STATIC, False, {"cross_encoder": JUDGE, "relative_margin": 0.01, "range_min": 1, "output_format": "labeled-list"}),
]
# What another order of sums may change.
CLOSE = 2e-6


def check(scores, parameters):
    """Refuses scores, a list for each anchor, that rounding could put in another order."""
    limits = [value for name, value in parameters.items() if name in ("max_score", "min_score")]
    for row in scores:
        values = sorted([*row, *limits])
        near = [(a, b) for a, b in itertools.pairwise(values) if b - a < CLOSE]
        assert not near, (parameters, near)


def mined(place, corpus, parameters):
    values = dict(parameters)
    # The static model would be computed in its table's float16.
    model = SentenceTransformer(str(TOP / place), device="cpu", local_files_only=True).float().eval()
    model.similarity_fn_name = values.pop("metric", model.similarity_fn_name)
    texts = list(dict.fromkeys([*(CORPUS if corpus else []), *(answer for _, answer in PAIRS)]))
    queries = list(dict.fromkeys(query for query, _ in PAIRS))
    if "cross_encoder" in values:
        judge = CrossEncoder(str(TOP / values["cross_encoder"]), device="cpu", local_files_only=True)
        values["cross_encoder"] = judge
        check([judge.predict([(query, text) for text in texts]).tolist() for query in queries], parameters)
    asked = model.encode_query(
        queries, normalize_embeddings=True, prompt=values.get("query_prompt"),
        prompt_name=values.get("query_prompt_name"))
    found = model.encode_document(
        texts, normalize_embeddings=True, prompt=values.get("corpus_prompt"),
        prompt_name=values.get("corpus_prompt_name"))
    check(numpy.asarray(model.similarity(asked, found)).tolist(), parameters if "cross_encoder" not in values else {})
    pairs = Dataset.from_dict({name: [pair[side] for pair in PAIRS] for side, name in enumerate(COLUMNS)})
    # One batch's padding is another's rounding: a text at a time.
    values |= {"corpus": CORPUS if corpus else None, "batch_size": 1, "verbose": False}
    return mine_hard_negatives(pairs, model, **values).to_list()


def shortened(value):
    """A score for JSON: 8 significant digits say which float32 it is, nearly always."""
    if isinstance(value, list):
        return [shortened(element) for element in value]
    return float(f"{value:.8g}") if isinstance(value, float) else value


def write(fixtures):
    folder = fixtures / "negatives"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "pairs.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *PAIRS])
    (folder / "corpus.txt").write_text("\n".join(CORPUS) + "\n", encoding="utf-8")
    cases = []
    for place, corpus, parameters in CASES:
        rows = [
            {name: shortened(value) for name, value in row.items()} for row in mined(place, corpus, parameters)
        ]
        cases.append({"model": place, "corpus": corpus, "parameters": parameters, "rows": rows})
    write_lines(folder / "cases.jsonl", cases)
