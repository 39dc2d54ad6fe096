"""Tests/Fixtures/encoders: the models there with other rotary positions, and the rows they make.

Each row of ROTARY takes the weights of a recorded model and changes its config.json. Its sequences are run from the
shortest on, so that what transformers keeps of a longer one (`dynamic`) reaches none.
"""

import json

import transformers
from safetensors.torch import load_file

from .encoder_configs import NOMIC
from .files import write_json, write_tensors
from .random_model import hidden_states, load

YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}
# With θ 100 and 8 columns: nothing, two parts, all.
RAMP = {**YARN, "rope_theta": 100.0, "beta_fast": 4, "beta_slow": 0.1}
LONG = {
    "rope_type": "longrope",
    "short_factor": [1.0, 1.5, 2.0],
    "long_factor": [1.25, 4.0, 16.0],
    "original_max_position_embeddings": 16,
}
# With θ 10000 and 8 columns, one pair is as it was, one between and two slower.
LLAMA = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 100,
}
HALVES = {"rope_type": "linear", "factor": 2.0}
DYNAMIC = {"rope_type": "dynamic", "factor": 2.0}


def new(scaling, theta=10000.0):
    return {"rope_parameters": {"rope_theta": theta, **scaling}}


def layers(whole, windowed, **more):
    return {"rope_parameters": {"full_attention": whole, "sliding_attention": windowed, **more}}


# name: (class, the model whose weights it has, what config.json has else; what the reference is told, if not that).
ROTARY = {
    "qwen2-linear": ("Qwen2Model", "qwen2", new(HALVES)),
    "qwen2-yarn": ("Qwen2Model", "qwen2", {"rope_scaling": {**YARN, "type": "yarn"}}),
    # The factor is what `max_position_embeddings` is of the other, and that beside the object counts.
    "qwen2-yarn-ratio": (
        "Qwen2Model",
        "qwen2",
        {
            "rope_scaling": {**YARN, "factor": None, "attention_factor": 0.8},
            "original_max_position_embeddings": 24,
            "rope_theta": 50.0,
        },
    ),
    "qwen2-dynamic": ("Qwen2Model", "qwen2", {"rope_scaling": DYNAMIC, "max_position_embeddings": 16}),
    "qwen2-longrope": ("Qwen2Model", "qwen2", new({**LONG, "attention_factor": 1.2})),
    "qwen3-longrope": (
        "Qwen3Model",
        "qwen3",
        new({**LONG, "short_factor": [1.0, 1.5, 2.0, 3.0], "long_factor": [1.25, 4.0, 16.0, 20.0]}),
    ),
    "qwen3-yarn": (
        "Qwen3Model",
        "qwen3",
        # What older files say counts.
        {
            "rope_scaling": {**RAMP, "mscale": 0.7, "mscale_all_dim": 0.3, "truncate": False},
            **new(HALVES),
        },
    ),
    "qwen3-llama3": ("Qwen3Model", "qwen3", new(LLAMA)),
    "qwen3-proportional": (
        "Qwen3Model",
        "qwen3",
        {**new({"rope_type": "proportional", "factor": 2.0}), "partial_rotary_factor": 0.5},
    ),
    # Beside no scaling, the part that is named is not looked at.
    "qwen3-partial": ("Qwen3Model", "qwen3", {"partial_rotary_factor": 0.5}),
    "gemma3-linear": ("Gemma3TextModel", "gemma3", {"rope_scaling": {**HALVES, "rope_theta": 500.0}}),
    # `type` alone undoes nothing there.
    "gemma3-type": ("Gemma3TextModel", "gemma3", {"rope_scaling": {"type": "linear", "factor": 2.0}}),
    # `truncate` counts beside the objects alone.
    "gemma3-yarn": ("Gemma3TextModel", "gemma3", layers({**RAMP, "truncate": True}, HALVES, truncate=False)),
    "modernbert-yarn": ("ModernBertModel", "modernbert", {"rope_scaling": {**YARN, "truncate": False}}),
    "modernbert-dynamic": (
        "ModernBertModel",
        "modernbert",
        {**layers({**LONG, "rope_theta": 200.0}, {**DYNAMIC, "type": "linear"}), "max_position_embeddings": 16},
    ),
    "nomic-bert-yarn": ("NomicBertModel", "nomic-bert", new(YARN, theta=1000.0)),
    "nomic-bert-hub-dynamic": (
        "NomicBertModel",
        "nomic-bert-hub",
        {"rotary_scaling_factor": 2, "max_trained_positions": 16},
        {**NOMIC, **new(DYNAMIC, theta=1000.0), "max_position_embeddings": 16},
    ),
    "gte-llama3": ("GteModel", "gte", new({**LLAMA, "original_max_position_embeddings": 16}, theta=500.0)),
    "gte-unsaid": ("GteModel", "gte", {"rope_parameters": None, "type_vocab_size": None}, {}),
}


def without_nulls(config):
    return {key: value for key, value in config.items() if value is not None}


def write_one(encoders, name, kind, base, changes, told=None):
    kind = getattr(transformers, kind)
    stored = json.loads((encoders / base / "config.json").read_text())
    config = {**stored, **changes}
    tensors = load_file(encoders / base / "model.safetensors")
    if told is None:
        told = config
    elif not told:
        config = told = without_nulls(config)
    model = load(kind, told, tensors)
    recorded = json.loads((encoders / base / "hidden.json").read_text())
    write_json(encoders / name / "config.json", config)
    write_json(encoders / name / "hidden.json", {"model": f"Tests/Fixtures/encoders/{base}", **recorded})
    rows = recorded["sequences"]
    write_tensors(encoders / name / "hidden.safetensors", hidden_states(model, rows, recorded["hasSegments"]))


def write(fixtures):
    transformers.utils.logging.set_verbosity_error()
    for name, row in ROTARY.items():
        write_one(fixtures / "encoders", name, *row)
