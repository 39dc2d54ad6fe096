"""Trains with sentence-transformers' Trainer and prints the seconds of each step as a JSON list."""

import csv
import json
import logging
import sys
import tempfile
import time
import warnings

import datasets
import sentence_transformers
import torch
import transformers
from sentence_transformers import losses

model, file, loss, batch, steps, threads = sys.argv[1:]
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(int(threads))


class Clock(transformers.TrainerCallback):
    """Takes the time between the beginnings of steps."""

    def __init__(self):
        self.seconds, self.began = [], None

    def on_step_begin(self, *_, **__):
        self.began = time.perf_counter()

    def on_step_end(self, *_, **__):
        self.seconds.append(time.perf_counter() - self.began)


is_reranker = loss == "BinaryCrossEntropyLoss"
if is_reranker:
    from sentence_transformers.cross_encoder import losses

    network = sentence_transformers.CrossEncoder(model, num_labels=1, device="cpu")
    Trainer, Arguments = sentence_transformers.CrossEncoderTrainer, sentence_transformers.CrossEncoderTrainingArguments
elif loss == "SpladeLoss":
    from sentence_transformers.sparse_encoder import losses

    network = sentence_transformers.SparseEncoder(model, device="cpu")
    Trainer, Arguments = sentence_transformers.SparseEncoderTrainer, sentence_transformers.SparseEncoderTrainingArguments
else:
    network = sentence_transformers.SentenceTransformer(model, device="cpu")
    Trainer = sentence_transformers.SentenceTransformerTrainer
    Arguments = sentence_transformers.SentenceTransformerTrainingArguments
with open(file, encoding="utf-8", newline="") as rows:
    rows = list(csv.DictReader(rows))
columns = {name: [row[name] for row in rows] for name in ["sentence1", "sentence2"]}
if loss == "CosineSimilarityLoss" or is_reranker:
    columns["score"] = [float(row["score"]) for row in rows]
if loss == "SpladeLoss":
    # The weights that `embed` takes where none are named.
    learned = losses.SpladeLoss(
        network, losses.SparseMultipleNegativesRankingLoss(network), document_regularizer_weight=3e-5,
        query_regularizer_weight=5e-5)
else:
    learned = getattr(losses, loss)(network)
clock = Clock()
with tempfile.TemporaryDirectory() as folder:
    Trainer(
        model=network, train_dataset=datasets.Dataset.from_dict(columns), loss=learned,
        callbacks=[clock],
        args=Arguments(
            output_dir=folder, per_device_train_batch_size=int(batch), max_steps=int(steps), learning_rate=2e-5,
            warmup_steps=0.1, weight_decay=0.01, save_strategy="no", report_to=[], disable_tqdm=True, use_cpu=True,
            logging_strategy="no", seed=42),
    ).train()
print(json.dumps(clock.seconds))
