"""Tests/Fixtures/training/runs/*_lora*: runs that train changes of low rank, by peft on sentence-transformers' models.

From a recorded adapter, in the order of the rows, by the plain loop of `training_runs`: AdamW over what peft lets be
trained, gradients clipped. Also an adapter as peft makes and saves it for a seed.
"""

import json
import shutil

import torch
from peft import LoraConfig
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer import losses
from transformers import DistilBertConfig, DistilBertModel

from .files import rounded, write_json, write_lines, write_tensors

BATCH, RATE, DECAY, NORM, STEPS = 8, 1e-2, 0.01, 1.0, 8
TEXTS = ["A man is eating food.", "The girl is carrying a baby.", "", "Two dogs run in the snow"]
CASES = {
    "bert_lora": ("bert", {"r": 4, "lora_alpha": 8, "target_modules": ["query", "value"]}),
    "distilbert_lora_all": (
        "distilbert",
        {"r": 3, "lora_alpha": 5, "target_modules": "all-linear", "use_rslora": True},
    ),
}


def make_distilbert(models):
    """A tiny model of random weights with the tokenizer of the tiny BERT."""
    folder = models / "distilbert"
    if folder.exists():
        return
    shutil.copytree(models / "bert", folder)
    words = len(json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"])
    torch.manual_seed(11)
    config = DistilBertConfig(
        vocab_size=words, dim=16, hidden_dim=32, n_layers=2, n_heads=2, max_position_embeddings=64, dropout=0.0,
        attention_dropout=0.0, initializer_range=0.15,
    )
    DistilBertModel(config).save_pretrained(folder)
    pooling = folder / "1_Pooling" / "config.json"
    settings = json.loads(pooling.read_text(encoding="utf-8"))
    key = next(k for k in settings if k.endswith("dimension"))
    write_json(pooling, {**settings, key: 16})


def adapter_config(options):
    return LoraConfig(task_type="FEATURE_EXTRACTION", lora_dropout=0.0, **options)


def adapted(model, options, seed):
    torch.manual_seed(seed)
    model.add_adapter(adapter_config(options))
    return model.transformers_model


def factors(network):
    """A and B by the names of peft's files."""
    return {
        "base_model.model." + name.replace(".default", ""): parameter
        for name, parameter in network.named_parameters() if "lora_" in name
    }


def save(network, base, folder):
    """As peft's PeftModel saves an adapter."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = network.peft_config["default"]
    config.base_model_name_or_path = base
    inference = config.inference_mode
    config.inference_mode = True
    config.save_pretrained(folder)
    config.inference_mode = inference
    settings = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    settings["target_modules"] = sorted(settings["target_modules"])
    write_json(folder / "adapter_config.json", settings)
    write_tensors(
        folder / "adapter_model.safetensors",
        {name: parameter.detach().clone() for name, parameter in sorted(factors(network).items())},
    )


def probes(model, step):
    for text in TEXTS:
        yield {"step": step, "probe": True, "text": text, "embedding": rounded(model.encode(text))}


def steps(model, network, columns, folder):
    loss = losses.MultipleNegativesRankingLoss(model)
    trained = [p for p in loss.parameters() if p.requires_grad]
    assert {id(p) for p in trained} == {id(p) for p in factors(network).values()}
    optimizer = torch.optim.AdamW(trained, lr=RATE, weight_decay=DECAY, fused=True)
    count = len(columns[0]) // BATCH
    yield from probes(model, 0)
    for step in range(STEPS):
        rate = RATE * (STEPS - step) / STEPS
        optimizer.param_groups[0]["lr"] = rate
        start = step % count * BATCH
        value = loss([model.preprocess(column[start : start + BATCH]) for column in columns], None)
        loss.zero_grad()
        value.backward()
        if step == 0:
            found = {name: p.grad.clone() for name, p in factors(network).items() if p.grad is not None}
            write_tensors(folder / "gradients.safetensors", found)
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), NORM)
        optimizer.step()
        yield {
            "step": step + 1, "loss": float(f"{value.item():.9g}"), "learning_rate": rate,
            "grad_norm": float(f"{norm.item():.9g}"),
        }
    yield from probes(model, STEPS)


def write(fixtures):
    runs = fixtures / "training" / "runs"
    data = runs / "bert_mnrl_triplets" / "data.jsonl"
    rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    names = ["anchor", "positive", "negative"]
    make_distilbert(runs / "models")
    for case, (base, options) in CASES.items():
        folder = runs / case
        folder.mkdir(exist_ok=True)
        model = SentenceTransformer(str(runs / "models" / base))
        network = adapted(model, options, 5)
        with torch.no_grad():
            for name, parameter in factors(network).items():
                if "lora_B" in name:
                    parameter.normal_(0, 0.05)
        save(network, f"../models/{base}", folder / "adapter")
        write_lines(folder / "golden.jsonl", steps(model, network, [[row[c] for row in rows] for c in names], folder))
        recipe = {
            "model": f"../models/{base}",
            "datasets": [
                {
                    "file": f"../{data.parent.name}/{data.name}", "columns": names, "label": None,
                    "loss": {"name": "MultipleNegativesRankingLoss"},
                }
            ],
            "lora": {"from": "adapter"}, "max_steps": STEPS, "batch_size": BATCH, "learning_rate": RATE,
            "schedule": "linear", "warmup_steps": 0, "weight_decay": DECAY, "max_grad_norm": NORM, "drop_last": True,
            "batch_sampler": "batch_sampler", "shuffle": False, "dropout": 0.0,
        }
        write_json(folder / "recipe.json", recipe)
    # What peft begins with for seed 42.
    base, options = CASES["bert_lora"]
    model = SentenceTransformer(str(runs / "models" / base))
    save(adapted(model, options, 42), f"../models/{base}", runs / "bert_lora" / "initial")
