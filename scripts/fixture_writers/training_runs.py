"""Tests/Fixtures/training/runs: short runs of losses that need more of a model than a vector a text.

Lower layers, a guide, a copy of the model, a moving average of the weights, a teacher whose vectors are longer or
shorter. In the order of the rows, by a plain loop with what sentence-transformers'
Trainer uses: AdamW, a linear schedule, biases and norms not decayed, gradients of the model clipped.
"""

import json

import torch
from sentence_transformers import SentenceTransformer, models
from sentence_transformers.sentence_transformer import losses
from torch.optim import swa_utils

from .files import write_json, write_lines

BATCH, RATE, DECAY, NORM, STEPS = 8, 1e-3, 0.01, 1.0, 6
RANKING = {"name": "MultipleNegativesRankingLoss"}
LAYERS = {"loss": RANKING, "n_layers_per_step": -1}
GUIDE = "../models/bert"
NARROW = "../../../pipelines/bert-max"
CASES = {
    "bert_adaptive_layer": ("AdaptiveLayerLoss", LAYERS, ["anchor", "positive"]),
    "bert_matryoshka_2d": (
        "Matryoshka2dLoss",
        {**LAYERS, "matryoshka_dims": [32, 16], "n_dims_per_step": -1, "layer_weighting": "log"},
        ["anchor", "positive"],
    ),
    "bert_gist": ("GISTEmbedLoss", {"guide": GUIDE, "temperature": 0.05}, ["anchor", "positive", "negative"]),
    "bert_contrastive_tension": ("ContrastiveTensionLossInBatchNegatives", {}, ["anchor"]),
    "bert_moving_average": ("MultipleNegativesRankingLoss", {}, ["anchor", "positive"]),
    "bert_kept_layers": ("MultipleNegativesRankingLoss", {}, ["anchor", "positive"], {"keep_layers": [1]}),
    "bert_teacher_dense": (
        "MSELoss", {}, ["anchor", "positive", "negative"], {"teacher": NARROW, "project": "dense", "seed": 42},
    ),
    "bert_teacher_pca": (
        "MSELoss", {}, ["anchor", "positive", "negative"],
        {"model": NARROW, "keep_layers": [0], "teacher": GUIDE, "project": "pca"},
    ),
}
# By case: what the average keeps of itself in a step.
AVERAGES = {"bert_moving_average": 0.7}
PROBES = ["the cat sat on the mat", "where is the river?", "a"]


def made(name, parameters, model, folder):
    values = dict(parameters)
    if "loss" in values:
        inner = dict(values["loss"])
        values["loss"] = made(inner.pop("name"), inner, model, folder)
    if "guide" in values:
        values["guide"] = SentenceTransformer(str(folder / values["guide"]))
    return getattr(losses, name)(model, **values)


def student(model, options, teacher):
    """As sentence-transformers' example model_distillation.py makes one of a model."""
    if "keep_layers" in options:
        network = model[0].auto_model
        network.encoder.layer = torch.nn.ModuleList([network.encoder.layer[i] for i in options["keep_layers"]])
        network.config.num_hidden_layers = len(network.encoder.layer)
    if options.get("project") == "dense":
        torch.manual_seed(options["seed"])
        width, wanted = (m.get_embedding_dimension() for m in (model, teacher))
        model.add_module("dense", models.Dense(width, wanted, activation_function=torch.nn.Identity()))


def vectors(teacher, texts, components):
    """What is to be learned of texts: on so many principal components, where their number is given."""
    found = teacher.encode(texts, convert_to_tensor=True).clone()
    if components is None:
        return found
    exact = found.double()
    directions = torch.linalg.svd(exact - exact.mean(0), full_matrices=False).Vh[:components]
    # scikit-learn's sign: the number of the largest magnitude is positive.
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    return found @ (directions * largest.sign()).float().T


def steps(loss, model, columns, labels=None, average=None):
    decayed = [p for n, p in loss.named_parameters() if "bias" not in n and "LayerNorm" not in n]
    others = [p for n, p in loss.named_parameters() if "bias" in n or "LayerNorm" in n]
    guides = set(loss.guide.parameters()) if hasattr(loss, "guide") else set()
    groups = [{"params": decayed, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}]
    for group in groups:
        group["params"] = [p for p in group["params"] if p not in guides]
    optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
    count = len(columns[0]) // BATCH
    for step in range(STEPS):
        rate = RATE * (STEPS - step) / STEPS
        for group in optimizer.param_groups:
            group["lr"] = rate
        start = step % count * BATCH
        wanted = None if labels is None else labels[start : start + BATCH]
        value = loss([model.preprocess(column[start : start + BATCH]) for column in columns], wanted)
        loss.zero_grad()
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), NORM)
        optimizer.step()
        if average:
            average.update_parameters(model)
        yield {
            "step": step + 1, "loss": float(f"{value.item():.9g}"), "learning_rate": rate,
            "grad_norm": float(f"{norm.item():.9g}"),
        }
    if average:
        for text, row in zip(PROBES, average.module.encode(PROBES, convert_to_tensor=True), strict=True):
            yield {"step": STEPS, "text": text, "embedding": [float(f"{x:.9g}") for x in row.tolist()]}


def averaged(case, model):
    decay = AVERAGES.get(case)
    return decay and swa_utils.AveragedModel(model, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(decay))


def write(fixtures):
    runs = fixtures / "training" / "runs"
    data = runs / "bert_mnrl_triplets" / "data.jsonl"
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    for case, (name, parameters, columns, *options) in CASES.items():
        options = options[0] if options else {}
        folder = runs / case
        folder.mkdir(exist_ok=True)
        model = SentenceTransformer(str(folder / options.get("model", GUIDE)), device="cpu")
        teacher, labels = None, None
        if "teacher" in options:
            teacher = SentenceTransformer(str(folder / options["teacher"]), device="cpu")
            width = model.get_embedding_dimension() if options["project"] == "pca" else None
            labels = vectors(teacher, [row[columns[0]] for row in rows], width)
        student(model, options, teacher)
        loss = made(name, parameters, model, folder)
        texts = [[row[c] for row in rows] for c in columns]
        write_lines(folder / "golden.jsonl", steps(loss, model, texts, labels, averaged(case, model)))
        recipe = {
            "model": GUIDE,
            "datasets": [
                {
                    "file": f"../{data.parent.name}/{data.name}", "columns": columns, "label": None,
                    "loss": {"name": name, **parameters},
                }
            ],
            "max_steps": STEPS, "batch_size": BATCH, "learning_rate": RATE, "schedule": "linear", "warmup_steps": 0,
            "weight_decay": DECAY, "max_grad_norm": NORM, "drop_last": True, "batch_sampler": "batch_sampler",
            "shuffle": False, "dropout": 0.0, **options,
        }
        if case in AVERAGES:
            recipe["ema"] = AVERAGES[case]
        write_json(folder / "recipe.json", recipe)
