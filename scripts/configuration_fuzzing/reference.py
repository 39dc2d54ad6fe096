"""The reference, in this process: a model folder's weights, and its ids and vectors of texts."""

import contextlib
import functools
import json
import logging
import os
import warnings

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import torch
import transformers
from safetensors.torch import save
from sentence_transformers import SentenceTransformer
from transformers import AutoModel, T5EncoderModel
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from fixture_writers.random_model import randomize

torch.set_num_threads(1)
transformers.utils.logging.set_verbosity(50)
transformers.utils.logging.disable_progress_bar()
logging.disable(logging.CRITICAL)
warnings.filterwarnings("ignore")

LARGEST = 2_000_000


class TooLarge(Exception):
    """A model that would take too long to make."""


def network(config):
    """The encoder that config.json describes, with random weights, every one of which matters."""
    told = CONFIG_MAPPING[config["model_type"]].from_dict(config)
    make = T5EncoderModel if config["model_type"] == "t5" else AutoModel.from_config
    with torch.device("meta"):
        if sum(p.numel() for p in make(told).parameters()) > LARGEST:
            raise TooLarge
    model = make(told)
    randomize(model, 1)
    return model


@functools.lru_cache(maxsize=64)
def weights(config, fallback):
    """model.safetensors of the network that `config` describes, or where it describes none, of `fallback`."""
    try:
        model = network(json.loads(config))
    except TooLarge:
        raise
    except Exception:
        model = network(json.loads(fallback))
    seen, tensors = set(), {}
    for name, tensor in model.state_dict().items():
        if tensor.data_ptr() not in seen:
            seen.add(tensor.data_ptr())
            tensors[name] = tensor.float().contiguous()
    return save(tensors, metadata={"format": "pt"})


def write_dense(folder, config):
    """model.safetensors of a Dense, of the shape that its config.json has."""
    inputs, outputs = config.get("in_features", 32), config.get("out_features", 8)
    generator = torch.Generator().manual_seed(2)
    tensors = {"linear.weight": torch.randn(outputs, inputs, generator=generator) / 4}
    if config.get("bias", True):
        tensors["linear.bias"] = torch.randn(outputs, generator=generator)
    if config.get("use_residual") and inputs != outputs:
        tensors["residual.weight"] = torch.randn(outputs, inputs, generator=generator) / 4
    (folder / "model.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))


def write_weights(folder, config, fallback):
    (folder / "model.safetensors").write_bytes(weights(json.dumps(config), json.dumps(fallback)))


@contextlib.contextmanager
def quiet():
    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null), contextlib.redirect_stderr(null):
        yield


def load(folder):
    told = {"dtype": torch.float32}
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs=told).eval()


def vectors(folder, texts):
    """-> those of the texts, each encoded alone, or a sentence about what failed."""
    try:
        with quiet():
            made = load(folder).encode(texts, batch_size=1, convert_to_tensor=True, show_progress_bar=False)
        return made.float().tolist(), None
    except Exception as error:
        said = str(error).strip().splitlines() or [""]
        return None, f"{type(error).__name__}: {said[0][:200]}"


def ids(folder, text):
    """The text's, without any prompt."""
    try:
        with quiet():
            return load(folder).preprocess([text])["input_ids"][0].tolist()
    except Exception as error:
        return repr(error)[:200]
