"""Tests/Fixtures/training/runs: short runs of losses that need more of a model than a vector a text.

Lower layers, a guide, a copy of the model. In the order of the rows, by a plain loop with what sentence-transformers'
Trainer uses: AdamW, a linear schedule, biases and norms not decayed, gradients of the model clipped.
"""

import json

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import losses

from .files import write_json, write_lines

BATCH, RATE, DECAY, NORM, STEPS = 8, 1e-3, 0.01, 1.0, 6
RANKING = {"name": "MultipleNegativesRankingLoss"}
LAYERS = {"loss": RANKING, "n_layers_per_step": -1}
GUIDE = "../models/bert"
CASES = {
    "bert_adaptive_layer": ("AdaptiveLayerLoss", LAYERS, ["anchor", "positive"]),
    "bert_matryoshka_2d": (
        "Matryoshka2dLoss",
        {**LAYERS, "matryoshka_dims": [32, 16], "n_dims_per_step": -1, "layer_weighting": "log"},
        ["anchor", "positive"],
    ),
    "bert_gist": ("GISTEmbedLoss", {"guide": GUIDE, "temperature": 0.05}, ["anchor", "positive", "negative"]),
    "bert_contrastive_tension": ("ContrastiveTensionLossInBatchNegatives", {}, ["anchor"]),
}


def made(name, parameters, model, folder):
    values = dict(parameters)
    if "loss" in values:
        inner = dict(values["loss"])
        values["loss"] = made(inner.pop("name"), inner, model, folder)
    if "guide" in values:
        values["guide"] = SentenceTransformer(str(folder / values["guide"]))
    return getattr(losses, name)(model, **values)


def steps(loss, model, columns):
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
        value = loss([model.preprocess(column[start : start + BATCH]) for column in columns], None)
        loss.zero_grad()
        value.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), NORM)
        optimizer.step()
        yield {
            "step": step + 1, "loss": float(f"{value.item():.9g}"), "learning_rate": rate,
            "grad_norm": float(f"{norm.item():.9g}"),
        }


def write(fixtures):
    runs = fixtures / "training" / "runs"
    data = runs / "bert_mnrl_triplets" / "data.jsonl"
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    for case, (name, parameters, columns) in CASES.items():
        folder = runs / case
        folder.mkdir(exist_ok=True)
        model = SentenceTransformer(str(runs / "models" / "bert"))
        loss = made(name, parameters, model, folder)
        write_lines(folder / "golden.jsonl", steps(loss, model, [[row[c] for row in rows] for c in columns]))
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
            "shuffle": False, "dropout": 0.0,
        }
        write_json(folder / "recipe.json", recipe)
