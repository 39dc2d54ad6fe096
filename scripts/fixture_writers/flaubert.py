"""Tests/Fixtures/encoders/flaubert*: as transformers 4 runs it, which the models were made with.

There the tokenizer gives sentence-transformers token types, which are zeros, and the model adds the word embedding of
each token's type, that is of id 0. transformers 5 makes no token types for FlauBERT, and its vectors are others.
"""

import transformers

from .encoder_configs import XLM
from .random_model import load, randomize, sequences, write_encoder

CONFIG = {
    "architectures": ["FlaubertModel"],
    "model_type": "flaubert",
    **XLM,
    "layer_norm_eps": 1e-12,
    "layerdrop": 0.0,
    "pre_norm": False,
}


def write_one(folder, config):
    fresh = transformers.FlaubertModel(transformers.FlaubertConfig(**config))
    randomize(fresh, 3)
    tensors = {f"transformer.{name}": tensor for name, tensor in fresh.state_dict().items()}
    tensors.pop("transformer.position_ids", None)
    model = load(transformers.FlaubertModel, config, tensors)
    rows = sequences(4, config["vocab_size"], pad=2)
    write_encoder(folder, config, tensors, model, rows, takes_segments=True)


def write(fixtures):
    transformers.utils.logging.set_verbosity_error()
    write_one(fixtures / "encoders/flaubert", CONFIG)
    write_one(fixtures / "encoders/flaubert-pre-norm", {**CONFIG, "pre_norm": True})
