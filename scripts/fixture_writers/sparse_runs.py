"""Part of Tests/Fixtures/training/runs: short runs of SPLADE models by sentence-transformers' SparseEncoderTrainer.

Shuffled by its seed, dropout 0, in float64: in float32 it is itself up to 9e-5 away from that, where sums of many tokens
are learned. The regularizers' weights rise as its callback has them, and are large enough to be seen.
"""

import json
import tempfile

import torch
from datasets import Dataset
from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder import SparseEncoderTrainer, SparseEncoderTrainingArguments, losses

from .files import write_json, write_lines

BATCH, RATE, DECAY, STEPS = 8, 3e-4, 0.01, 12
TEXTS = ["anchor", "positive", "negative"]
DATA = "splade_margin_mse"
WEIGHTS = {"document_regularizer_weight": 0.02, "query_regularizer_weight": 0.05}
# The model below Tests/Fixtures/kinds, columns, the label, the loss inside, parameters around it.
CASES = {
    "splade_ranking": ("sp_bert", TEXTS, None, "SparseMultipleNegativesRankingLoss", WEIGHTS),
    # A masked language model without modules.json.
    "splade_margin_mse": ("sp_bert_bare", TEXTS, "margin", "SparseMarginMSELoss", WEIGHTS),
    # Sums, and not the largest numbers.
    "splade_kl": ("sp_modernbert", TEXTS, "scores", "SparseDistillKLDivLoss", WEIGHTS),
    # The logarithm taken twice.
    "splade_cosent": (
        "sp_distilbert", TEXTS[:2], "score", "SparseCoSENTLoss",
        {"document_regularizer_weight": 0.5, "use_document_regularizer_only": True},
    ),
}
NO_DROPOUT = {
    "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "dropout": 0.0, "attention_dropout": 0.0,
}


def rows_of(source):
    """Triplets with a teacher's scores, which are made up."""
    for number, row in enumerate(source):
        negative = number * 7 % 11 / 4
        margin = number * 5 % 13 / 2 - 1
        score = number * 3 % 8 / 8
        yield {**row, "margin": margin, "scores": [negative + margin, negative], "score": score}


def steps(name, columns, label, loss, parameters, rows, fixtures):
    model = SparseEncoder(str(fixtures / "kinds" / name), config_kwargs=NO_DROPOUT).double()
    data = Dataset.from_dict(
        {column: [row[column] for row in rows] for column in columns}
        | ({"label": [row[label] for row in rows]} if label else {})
    )
    inner = getattr(losses, loss)(model)
    with tempfile.TemporaryDirectory() as folder:
        arguments = SparseEncoderTrainingArguments(
            output_dir=folder, max_steps=STEPS, per_device_train_batch_size=BATCH, learning_rate=RATE,
            weight_decay=DECAY, warmup_steps=0, logging_steps=1, save_strategy="no", report_to="none", seed=42,
            dataloader_drop_last=True, disable_tqdm=True, use_cpu=True,
        )
        trainer = SparseEncoderTrainer(
            model=model, args=arguments, train_dataset=data, loss=losses.SpladeLoss(model, loss=inner, **parameters),
        )
        trainer.train()
    keys = ["loss", "base_loss", "document_regularizer_loss", "query_regularizer_loss", "learning_rate", "grad_norm"]
    for log in trainer.state.log_history:
        if "loss" in log:
            yield {"step": log["step"], **{key: float(f"{log[key]:.9g}") for key in keys if key in log}}


def write(fixtures):
    torch.set_num_threads(2)
    runs = fixtures / "training" / "runs"
    source = (runs / "bert_mnrl_triplets" / "data.jsonl").read_text(encoding="utf-8").splitlines()
    rows = list(rows_of(json.loads(line) for line in source))
    for case, (name, columns, label, loss, parameters) in CASES.items():
        folder = runs / case
        folder.mkdir(exist_ok=True)
        if case == DATA:
            write_lines(folder / "data.jsonl", rows)
        write_lines(folder / "golden.jsonl", steps(name, columns, label, loss, parameters, rows, fixtures))
        recipe = {
            "model": f"../../../kinds/{name}",
            "datasets": [
                {
                    "file": f"../{DATA}/data.jsonl", "columns": columns, "label": label,
                    "loss": {"name": "SpladeLoss", "loss": {"name": loss}, **parameters},
                }
            ],
            "max_steps": STEPS, "batch_size": BATCH, "learning_rate": RATE, "schedule": "linear", "warmup_steps": 0,
            "weight_decay": DECAY, "max_grad_norm": 1.0, "drop_last": True, "batch_sampler": "batch_sampler",
            "shuffle": True, "seed": 42, "dropout": 0.0,
        }
        write_json(folder / "recipe.json", recipe)
