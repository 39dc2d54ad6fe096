"""Tests/Fixtures/tasks/jina-v3: a tiny jina-embeddings-v3 as it is published, with adapters for tasks in the weights'
file, and what transformers' own class makes of texts when each task's are added to the weights by hand."""

import json
import shutil

import torch
from transformers import JinaEmbeddingsV3Model, PreTrainedTokenizerFast

from .files import rounded, write_json, write_lines, write_tensors
from .later_encoders import LATER, jina_names
from .random_model import load, randomize
from .texts import TEXTS

TASKS = ["retrieval.query", "retrieval.passage", "text-matching"]
RANK, ALPHA = 4, 6
THETA = 5000.0


def adapted(tensors, factors, task):
    """The weights with a task's adapter, by jina's LoRAParametrization: of tables A·B, of matrices B·A."""
    out = dict(tensors)
    for name, (a, b) in factors.items():
        change = a[task] @ b[task] if name.endswith("embeddings.weight") else b[task] @ a[task]
        out[name] = tensors[name] + change * (ALPHA / RANK)
    return out


def write(fixtures):
    folder = fixtures / "tasks" / "jina-v3"
    source = fixtures / "kinds" / "ce_xlm_roberta"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _, config, _ = LATER["jina-v3"]
    words = json.loads((source / "config.json").read_text())["vocab_size"]
    config = {
        **config, "vocab_size": words, "num_hidden_layers": 2, "rope_parameters": {"rope_theta": THETA, "rope_type": "default"},
    }
    fresh = JinaEmbeddingsV3Model(JinaEmbeddingsV3Model.config_class.from_dict(config))
    randomize(fresh, 41)
    fresh.pooler = None
    tensors = jina_names(fresh.state_dict())
    torch.manual_seed(42)
    factors = {}
    for name, tensor in tensors.items():
        if tensor.dim() == 2:
            rows, columns = tensor.shape
            first, second = ((rows, RANK), (RANK, columns)) if name.endswith("embeddings.weight") else ((RANK, columns), (rows, RANK))
            factors[name] = (torch.randn(len(TASKS), *first) * 0.2, torch.randn(len(TASKS), *second) * 0.2)
    stored = {}
    for name, tensor in tensors.items():
        if name in factors:
            middle = f"roberta.{name.removesuffix('weight')}parametrizations.weight."
            stored |= {middle + "original": tensor, middle + "0.lora_A": factors[name][0], middle + "0.lora_B": factors[name][1]}
        else:
            stored[f"roberta.{name}"] = tensor
    write_tensors(folder / "model.safetensors", stored)
    kept = {key: value for key, value in config.items() if key not in ("model_type", "rope_parameters", "architectures")}
    write_json(
        folder / "config.json",
        {
            **kept, "architectures": ["XLMRobertaModel"], "load_trained_adapters": True, "lora_adaptations": TASKS,
            "lora_alpha": ALPHA, "lora_dropout_p": 0.0, "lora_main_params_trainable": False, "lora_rank": RANK,
            "model_type": "xlm-roberta", "position_embedding_type": "rotary", "rotary_emb_base": THETA,
            "task_instructions": {"retrieval.query": "the ", "retrieval.passage": "a ", "text-matching": ""},
            "use_flash_attn": True,
        },
    )
    for name in ("tokenizer.json", "special_tokens_map.json"):
        shutil.copy(source / name, folder / name)
    settings = json.loads((source / "tokenizer_config.json").read_text())
    write_json(folder / "tokenizer_config.json", {**settings, "model_max_length": 64})
    write_json(
        folder / "modules.json",
        [
            {"idx": 0, "name": "transformer", "path": "", "type": "custom_st.Transformer", "kwargs": ["task"]},
            {"idx": 1, "name": "pooler", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "normalizer", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    )
    (folder / "1_Pooling").mkdir()
    write_json(folder / "1_Pooling/config.json", {"word_embedding_dimension": config["hidden_size"], "pooling_mode_mean_tokens": True})
    write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"retrieval.query": "the ", "retrieval.passage": "a ", "text-matching": ""}, "default_prompt_name": None},
    )
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    rows = []
    for number, task in enumerate([None, *TASKS]):
        weights = tensors if task is None else adapted(tensors, factors, number - 1)
        model = load(JinaEmbeddingsV3Model, config, weights)
        for text in TEXTS[:8]:
            ids = tokenizer(text, truncation=True, max_length=64)["input_ids"]
            with torch.no_grad():
                states = model(input_ids=torch.tensor([ids])).last_hidden_state[0]
            vector = torch.nn.functional.normalize(states.mean(0), dim=0)
            rows.append({"task": task, "text": text, "ids": ids, "embedding": rounded(vector)})
    write_lines(folder / "golden.jsonl", rows)
