"""Models with random weights, every one of which matters, and the hidden states they make."""

import tempfile
from pathlib import Path

import torch

from .files import write_json, write_tensors

LENGTHS = (1, 5, 13, 40)


def randomize(model, seed):
    """Norms near one, biases that are not zero, tables and matrices of a size at which softmax still chooses."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_positions" in name:
                # RoFormer's sines and cosines.
                continue
            table = "embed" in name and name.endswith("weight") and parameter.dim() == 2
            parameter.normal_(0, 0.5 if table else 0.2 if parameter.dim() > 1 else 0.1)
            if parameter.dim() == 1 and name.endswith("weight"):
                parameter.add_(1)
        for name, buffer in model.named_buffers():
            if name.endswith("layer_scalar"):
                buffer.uniform_(0.5, 1.5)


def sequences(seed, vocabulary, pad=None, segments=1, last_segment=None):
    """Ids of the lengths above: `pad` stands in the midst of the third; the third and the fourth change segment."""
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for i, length in enumerate(LENGTHS):
        ids = torch.randint(0, vocabulary, (length,), generator=generator).tolist()
        if pad is not None:
            # Elsewhere it does not occur, so that only one sequence shows what it does.
            ids = [(pad + 1) % vocabulary if token == pad else token for token in ids]
            if i == 2:
                ids[6] = pad
        change = 8 if i == 2 else 25 if i == 3 else length
        types = [0 if segments == 1 or t < change else 1 for t in range(length)]
        if last_segment is not None:
            types[-1] = last_segment
        rows.append({"ids": ids, "segments": types})
    return rows


def hidden_states(model, rows, takes_segments):
    """What the model returns for each sequence alone, as tensors named `I.hidden.L` and `I.output`."""
    tensors = {}
    for i, row in enumerate(rows):
        ids = torch.tensor([row["ids"]])
        given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if takes_segments:
            given["token_type_ids"] = torch.tensor([row["segments"]])
        with torch.no_grad():
            out = model(**given, output_hidden_states=True)
        states = list(out.hidden_states)
        if model.config.model_type == "clip_text_model":
            # Its class alone gives the last layer's before they are normalized.
            states[-1] = out.last_hidden_state
        for layer, state in enumerate(states):
            tensors[f"{i}.hidden.{layer}"] = state[0]
        tensors[f"{i}.output"] = out.last_hidden_state[0].clone()
    return tensors


def load(kind, config, tensors):
    """The model as transformers reads it from files, told of every weight, with nothing left over."""
    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / "config.json", config)
        write_tensors(Path(folder) / "model.safetensors", tensors)
        model, about = kind.from_pretrained(
            folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
        )
    missing = [key for key in about["missing_keys"] if not key.startswith("pooler.")]
    assert not missing and not about["unexpected_keys"] and not about["mismatched_keys"], about
    return model.eval()


def write_encoder(folder, config, tensors, model, rows, takes_segments):
    write_json(folder / "config.json", config)
    write_tensors(folder / "model.safetensors", tensors)
    write_json(folder / "hidden.json", {"hasSegments": takes_segments, "sequences": rows})
    write_tensors(folder / "hidden.safetensors", hidden_states(model, rows, takes_segments))
