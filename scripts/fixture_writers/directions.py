"""Tests/Fixtures/encoders: the models there, told by config.json to look another way, and the rows they make."""

import transformers

from .rotary import write_one

# name: (class, the model whose weights it has, what config.json has else).
DIRECTIONS = {
    "roberta-decoder": ("RobertaModel", "roberta", {"is_decoder": True}),
    "roberta-decoder-two-way": ("RobertaModel", "roberta", {"is_decoder": True, "is_causal": False}),
    "electra-decoder": ("ElectraModel", "electra", {"is_decoder": True}),
    "qwen2-two-way": ("Qwen2Model", "qwen2", {"is_causal": False}),
    "qwen3-two-way-window": (
        "Qwen3Model",
        "qwen3",
        {"is_causal": False, "use_sliding_window": True, "sliding_window": 3, "max_window_layers": 1},
    ),
    "gemma3-two-way": ("Gemma3TextModel", "gemma3-causal", {"is_causal": False}),
    "gemma3-two-way-both": ("Gemma3TextModel", "gemma3", {"is_causal": False}),
    "modernbert-window": ("ModernBertModel", "modernbert", {"sliding_window": 4}),
}


def write(fixtures):
    transformers.utils.logging.set_verbosity_error()
    for name, row in DIRECTIONS.items():
        write_one(fixtures / "encoders", name, *row)
