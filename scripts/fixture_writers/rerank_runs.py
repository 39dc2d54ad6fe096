"""Tests/Fixtures/training/runs/rerank_*: short runs of rerankers, as sentence-transformers' CrossEncoderTrainer logs
them, and what the trained model makes of some pairs.

The models are those of Tests/Fixtures/kinds, dropout 0. Negatives that MultipleNegativesRankingLoss draws come of torch's
own generator, which nothing else uses then but the loader, once an epoch.
"""

import json
import tempfile

import torch
from datasets import Dataset
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder import CrossEncoderTrainer, CrossEncoderTrainingArguments, losses
from transformers import TrainerCallback
from transformers.trainer_callback import PrinterCallback, ProgressCallback

from .files import write_json, write_lines

NO_DROPOUT = {
    "bert": ["hidden_dropout_prob", "attention_probs_dropout_prob"],
    "roberta": ["hidden_dropout_prob", "attention_probs_dropout_prob"],
    "electra": ["hidden_dropout_prob", "attention_probs_dropout_prob"],
    "distilbert": ["dropout", "attention_dropout", "seq_classif_dropout"],
    "modernbert": [],
}
RATE, DECAY, SEED = 1e-3, 0.01, 42


def pairs(rows):
    """0 and 1, and scores between."""
    scores = [0.0, 1.0, 0.25, 1.0, 0.0]
    return [
        {"sentence1": row["anchor"], "sentence2": row["positive" if index % 2 else "negative"], "score": scores[index % 5]}
        for index, row in enumerate(rows[:44])
    ]


def lists(rows):
    """Lists of one to four documents."""
    made = []
    for index, row in enumerate(rows[:30]):
        others = [rows[(index + 7 * step) % len(rows)]["positive"] for step in range(1, 4)]
        documents = [row["negative"], row["positive"], *others][index % 2 : 2 + index % 4]
        labels = [3 if text == row["positive"] else (index + place) % 2 for place, text in enumerate(documents)]
        made.append({"query": row["anchor"], "docs": documents, "labels": labels})
    return made


def margins(rows):
    return [
        {"query": r["anchor"], "positive": r["positive"], "negative": r["negative"], "label": round(4 - 0.21 * (i % 9), 2)}
        for i, r in enumerate(rows[:28])
    ]


def classes(folder):
    text = (folder / "bert_softmax" / "data.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()[:48]]


# model, loss, its parameters, rows, other arguments
CASES = {
    "rerank_bce": ("ce_bert", "BinaryCrossEntropyLoss", {}, pairs, {"warmup_steps": 0.25}),
    "rerank_cross_entropy": ("ce_roberta_nli", "CrossEntropyLoss", {}, classes, {}),
    "rerank_lambda": ("ce_distilbert", "LambdaLoss", {}, lists, {"prompts": "question: "}),
    "rerank_ranking": (
        "ce_electra", "MultipleNegativesRankingLoss", {}, lambda rows: rows[:20], {"num_train_epochs": 2}
    ),
    "rerank_margin": ("ce_modernbert_mean", "MarginMSELoss", {}, margins, {"gradient_accumulation_steps": 2}),
}


class Recording(CrossEncoderTrainer):
    """Keeps what is lost when losses are logged."""

    def compute_loss(self, *arguments, **named):
        value = super().compute_loss(*arguments, **named)
        self.values.append(value.item())
        return value


class Steps(TrainerCallback):
    def __init__(self, trainer):
        self.trainer, self.steps = trainer, []

    def on_log(self, args, state, control, logs=None, **_):
        if "grad_norm" not in logs:
            return
        values, self.trainer.values = self.trainer.values, []
        self.steps.append(
            {
                "step": state.global_step, "loss": float(f"{sum(values) / len(values):.9g}"),
                "learning_rate": logs["learning_rate"], "grad_norm": float(f"{logs['grad_norm']:.9g}"),
            }
        )


def write_one(runs, case, model_name, loss, parameters, rows, more):
    folder = runs / case
    folder.mkdir(exist_ok=True)
    place = runs.parent.parent / "kinds" / model_name
    kind = json.loads((place / "config.json").read_text())["model_type"]
    model = CrossEncoder(str(place), config_kwargs={key: 0.0 for key in NO_DROPOUT[kind]}, local_files_only=True)
    write_lines(folder / "data.jsonl", rows)
    with tempfile.TemporaryDirectory() as scratch:
        arguments = CrossEncoderTrainingArguments(
            output_dir=scratch, per_device_train_batch_size=8, learning_rate=RATE, weight_decay=DECAY, seed=SEED,
            logging_steps=1, save_strategy="no", report_to="none", use_cpu=True, **{"num_train_epochs": 1, **more},
        )
        trainer = Recording(
            model=model, args=arguments, train_dataset=Dataset.from_list(rows), loss=getattr(losses, loss)(model, **parameters)
        )
        trainer.values = []
        trainer.remove_callback(PrinterCallback)
        trainer.remove_callback(ProgressCallback)
        steps = Steps(trainer)
        trainer.add_callback(steps)
        trainer.train()
    probes = [list(row.values())[:2] for row in rows[:3]]
    probes = [[query, text if isinstance(text, str) else text[0]] for query, text in probes]
    logits = model.predict(probes, activation_fn=torch.nn.Identity(), convert_to_tensor=True).reshape(len(probes), -1)
    last = [
        {"query": query, "document": document, "logits": [float(f"{x:.8g}") for x in row]}
        for (query, document), row in zip(probes, logits.tolist())
    ]
    write_lines(folder / "golden.jsonl", steps.steps + last)
    recipe = {
        "model": f"../../../kinds/{model_name}",
        "datasets": [{"file": "data.jsonl", "loss": {"name": loss, **parameters}, "batch_size": 8}],
        "epochs": more.get("num_train_epochs", 1), "learning_rate": RATE, "schedule": "linear", "warmup_ratio": more.get("warmup_steps", 0.0),
        "weight_decay": DECAY, "max_grad_norm": 1.0, "seed": SEED, "batch_sampler": "batch_sampler", "dropout": 0.0,
        "gradient_accumulation_steps": more.get("gradient_accumulation_steps", 1),
    }
    if "prompts" in more:
        recipe["prompts"] = more["prompts"]
    write_json(folder / "recipe.json", recipe)


def write(fixtures):
    runs = fixtures / "training" / "runs"
    text = (runs / "bert_mnrl_triplets" / "data.jsonl").read_text(encoding="utf-8")
    triplets = [json.loads(line) for line in text.splitlines()]
    for case, (model, loss, parameters, rows, more) in CASES.items():
        made = rows(runs) if rows is classes else rows(triplets)
        write_one(runs, case, model, loss, parameters, made, more)
