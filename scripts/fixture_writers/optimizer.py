"""Tests/Fixtures/training: what steps of training are made of, without a model.

`orders.jsonl`: batches as sentence-transformers' samplers draw them (several sets: the set's number first). Row i has
text `i`, for no_duplicates `i mod 7`, and label `i mod 3`.
`permutations.jsonl`: torch's randperm; of long ones the first and the last numbers.
`schedules.jsonl`: transformers' factors of the learning rate, a line for each schedule.
`decay.jsonl`: for each model of Tests/Fixtures/encoders which tensors transformers' Trainer decays; of layers the first.
`adamw.jsonl`: torch's AdamW: the settings, then a line a step. The table's gradient is of some rows; null: the tensor had none at that step.
"""

import re

import torch
from datasets import Dataset
from sentence_transformers.base import sampler
from torch.utils.data import ConcatDataset, RandomSampler
from transformers import AutoModel, get_scheduler
from transformers.pytorch_utils import ALL_LAYERNORM_LAYERS
from transformers.trainer import Trainer

from .files import write_lines

RUNS = [(42, 0), (42, 1), (7, 3)]
ONE_SET = {
    "batch_sampler": [(10, 4, False), (1000, 64, True)],
    "no_duplicates": [(24, 4, False), (24, 4, True)],
    "group_by_label": [(31, 6, False)],
}
SEVERAL = {"round_robin": [10, 23], "proportional": [10, 23, 5]}
MODELS = ["albert", "camembert", "deberta", "deberta-v2", "deberta-v2-conv", "distilbert", "electra", "ernie"]
MODELS += ["flaubert", "gemma3", "gte", "modernbert", "mpnet", "mt5", "nomic-bert", "qwen2", "qwen3", "roberta"]
MODELS += ["t5-gated", "xlm", "xlm-roberta", "xlnet"]


def write(fixtures):
    folder = fixtures / "training"
    write_lines(folder / "orders.jsonl", orders())
    write_lines(folder / "permutations.jsonl", permutations())
    write_lines(folder / "schedules.jsonl", schedules())
    write_lines(folder / "decay.jsonl", [decay(fixtures / "encoders" / name) for name in MODELS])
    write_lines(folder / "adamw.jsonl", adamw())


def one_sampler(kind, rows, size, drop_last, seed, generator):
    texts = [str(i % 7 if kind == "no_duplicates" else i) for i in range(rows)]
    data = Dataset.from_dict({"text": texts, "label": [i % 3 for i in range(rows)]})
    shared = {"batch_size": size, "drop_last": drop_last, "generator": generator, "seed": seed}
    shared["valid_label_columns"] = ["label"]
    if kind == "no_duplicates":
        return data, sampler.NoDuplicatesBatchSampler(data, **shared)
    if kind == "group_by_label":
        return data, sampler.GroupByLabelBatchSampler(data, **shared)
    return data, sampler.DefaultBatchSampler(RandomSampler(data, generator=generator), **shared)


def orders():
    for kind, cases in ONE_SET.items():
        for rows, size, drop_last in cases:
            for seed, epoch in RUNS:
                # The Trainer's own sampler begins each epoch so.
                generator = torch.Generator().manual_seed(seed + epoch)
                _, drawn = one_sampler(kind, rows, size, drop_last, seed, generator)
                drawn.set_epoch(epoch)
                yield order(kind, [rows], size, drop_last, seed, epoch, list(drawn))
    for kind, rows in SEVERAL.items():
        for seed, epoch in RUNS:
            generator = torch.Generator().manual_seed(seed)
            sets = [one_sampler("batch_sampler", n, 4, False, seed, generator) for n in rows]
            of_all = {"round_robin": sampler.RoundRobinBatchSampler, "proportional": sampler.ProportionalBatchSampler}
            data = ConcatDataset([data for data, _ in sets])
            drawn = of_all[kind](data, [one for _, one in sets], generator=generator, seed=seed)
            drawn.set_epoch(epoch)
            batches = []
            for batch in drawn:
                number = sum(batch[0] >= end for end in data.cumulative_sizes)
                start = ([0] + data.cumulative_sizes)[number]
                batches.append([number] + [row - start for row in batch])
            yield order(kind, rows, 4, False, seed, epoch, batches)


def order(kind, rows, size, drop_last, seed, epoch, batches):
    batches = [[int(row) for row in batch] for batch in batches]
    case = {"sampler": kind, "rows": rows, "batch_size": size, "drop_last": drop_last, "seed": seed, "epoch": epoch}
    return {**case, "batches": batches}


def permutations():
    for count in [1, 2, 10, 1000, 5749, 100_000]:
        for seed in [0, 42, 2**32 + 5, -1]:
            drawn = torch.randperm(count, generator=torch.Generator().manual_seed(seed)).tolist()
            yield {"count": count, "seed": seed, "first": drawn[:8], "last": drawn[-8:]}


def schedules():
    for name in ["linear", "cosine", "constant", "constant_with_warmup"]:
        for steps, warmup in [(13, 0), (13, 2), (40, 4), (5, 5), (3, 7), (1, 0)]:
            optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
            schedule = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=steps)
            factors = []
            for _ in range(steps):
                factors.append(schedule.get_last_lr()[0])
                optimizer.step()
                schedule.step()
            yield {"name": name, "steps": steps, "warmup_steps": warmup, "factors": factors}


def decay(folder):
    model = AutoModel.from_pretrained(folder)
    decayed = set(Trainer.get_decay_parameter_names(None, model))
    assert ALL_LAYERNORM_LAYERS == [torch.nn.LayerNorm]
    names = [n for n, _ in model.named_parameters() if not re.search(r"decoder|\.[1-9]\d*\.", n)]
    return {
        "model": folder.name,
        "decayed": [n for n in names if n in decayed],
        "others": [n for n in names if n not in decayed],
    }


def adamw():
    torch.manual_seed(0)
    shapes = {"table.weight": [6, 3], "layer.weight": [2, 5], "layer.bias": [5]}
    start = {name: torch.randn(shape) for name, shape in shapes.items()}
    now = {name: torch.nn.Parameter(tensor.clone()) for name, tensor in start.items()}
    settings = {"learning_rate": 0.05, "weight_decay": 0.2, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6}
    optimizer = torch.optim.AdamW(
        [
            {"params": [now["table.weight"], now["layer.weight"]], "weight_decay": settings["weight_decay"]},
            {"params": [now["layer.bias"]], "weight_decay": 0.0},
        ],
        lr=settings["learning_rate"],
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["epsilon"],
        fused=True,
    )
    rows = [[0, 2], [2], [0, 3], None, [3], [2], [], [0], [3], [2, 3], [3], [0, 2, 3]]
    yield {**settings, "shapes": shapes, "start": {n: numbers(t) for n, t in start.items()}}
    for index, ids in enumerate(rows):
        factor = (index + 1) / 4 if index < 4 else 1 - (index - 4) / 10
        gradients = {name: torch.randn(shape) for name, shape in shapes.items()}
        gradients["table.weight"] = None if ids is None else torch.randn(len(ids), 3)
        if index == 5:
            gradients["layer.weight"] = None
        for name, gradient in gradients.items():
            now[name].grad = gradient if name != "table.weight" else None
        if ids is not None:
            now["table.weight"].grad = torch.zeros(6, 3)
            now["table.weight"].grad[ids] = gradients["table.weight"]
        for group in optimizer.param_groups:
            group["lr"] = settings["learning_rate"] * factor
        optimizer.step()
        after = {name: numbers(tensor.detach()) for name, tensor in now.items()}
        given = {name: None if g is None else numbers(g) for name, g in gradients.items()}
        yield {"factor": factor, "rows": ids, "gradients": given, "after": after}


def numbers(tensor):
    return tensor.flatten().tolist()
