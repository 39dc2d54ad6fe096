"""Tests/Fixtures/adapters: changes of models.example/bert-tiny of several kinds, and the weights that peft merges them to."""

import json
import shutil

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModel

USUAL = {"r": 4, "lora_alpha": 8, "init_lora_weights": "gaussian"}
ADAPTERS = {
    "patterns": {
        **USUAL,
        "target_modules": ["query", "value"],
        "rank_pattern": {"layer.1.attention.self.query": 2},
        "alpha_pattern": {r"0\.attention.self.value": 3, "value": 6},
    },
    "stabilized": {
        **USUAL,
        "target_modules": r".*(attention\.output\.dense|key)$",
        "use_rslora": True,
        "bias": "lora_only",
        "modules_to_save": ["embeddings.LayerNorm"],
    },
    "scaled": {**USUAL, "target_modules": ["query", "intermediate.dense"], "use_dora": True},
    "embeddings": {**USUAL, "target_modules": ["word_embeddings", "key"]},
    "scaled-embeddings": {**USUAL, "target_modules": ["token_type_embeddings"], "use_dora": True},
}


def write(fixtures):
    base = fixtures.parent.parent / "models.example" / "bert-tiny"
    for name, options in ADAPTERS.items():
        folder = fixtures / "adapters" / name
        shutil.rmtree(folder, ignore_errors=True)
        torch.manual_seed(11)
        model = get_peft_model(AutoModel.from_pretrained(base, dtype=torch.float32), LoraConfig(**options))
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                if parameter.requires_grad:
                    parameter.add_(0.1 * torch.randn_like(parameter))
        model.save_pretrained(folder)
        (folder / "README.md").unlink()
        settings = json.loads((folder / "adapter_config.json").read_text())
        settings["base_model_name_or_path"] = "bert-tiny"
        (folder / "adapter_config.json").write_text(json.dumps(settings, indent=2) + "\n")
        before = AutoModel.from_pretrained(base, dtype=torch.float32).state_dict()
        after = model.merge_and_unload().state_dict()
        changed = {key: tensor.contiguous() for key, tensor in after.items() if not torch.equal(tensor, before[key])}
        save_file(changed, folder / "merged.safetensors")
        print(name, sorted(load_file(folder / "adapter_model.safetensors")), sorted(changed))
