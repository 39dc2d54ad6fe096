"""Small weight files in every format that is read, and the same tensors as one safetensors file to compare with.

The stream format names storages by their addresses, so a file in it is left alone as long as it holds the right tensors.
"""

import collections

import torch

from .files import write_json, write_tensors


def tensors():
    """Every type and layout: name → tensor, with views, ties and a Parameter among them."""
    random = torch.Generator().manual_seed(7)

    def normal(*shape):
        return torch.randn(*shape, generator=random)

    table = normal(5, 4)
    return collections.OrderedDict(
        {
            "f32": normal(2, 3),
            "f64": normal(3).double(),
            "f16": normal(2, 2).half(),
            "bf16": normal(4).bfloat16(),
            "parameter": torch.nn.Parameter(normal(2, 2)),
            "scalar": torch.tensor(1.5),
            "empty": torch.zeros(0, 4),
            "position_ids": torch.arange(6).expand(1, -1),
            "mask": torch.tensor([True, False, True]),
            "i32": torch.tensor([1, -2], dtype=torch.int32),
            "i16": torch.tensor([3, -4], dtype=torch.int16),
            "i8": torch.tensor([5, -6], dtype=torch.int8),
            "u8": torch.tensor([7, 200], dtype=torch.uint8),
            "table": table,
            "tied": table,
            "rows": table[1:3],
            "columns": table[:, 1:3],
            "transposed": table.t(),
            "transposed.f16": normal(2, 3).half().t(),
            "permuted": normal(2, 3, 4).permute(2, 0, 1),
            "expanded": normal(3, 1).expand(3, 4),
        }
    )


def plain(named):
    """Copies that share nothing and lie row-major, as safetensors wants them."""
    return {name: tensor.detach().clone(memory_format=torch.contiguous_format) for name, tensor in named.items()}


def save_stream(path, value, holds):
    """Saves as torch did before 1.6, unless the file is there and holds just that."""
    if path.exists():
        found = torch.load(path, weights_only=True)
        if list(found) == list(holds) and all(torch.equal(found[name], holds[name]) for name in holds):
            return
    torch.save(value, path, _use_new_zipfile_serialization=False)


def write_index(path, shards):
    weight_map = {name: file for file, names in shards.items() for name in names}
    write_json(path, {"metadata": {"total_size": 0}, "weight_map": weight_map})


def write_shards(folder, named):
    """The first half and the second, as transformers names them."""
    names = list(named)
    halves = names[: len(names) // 2], names[len(names) // 2 :]
    for ending, stem, save in [
        ("safetensors", "model", lambda part, path: write_tensors(path, plain(part))),
        ("bin", "pytorch_model", torch.save),
    ]:
        place = folder / f"sharded-{ending}"
        place.mkdir(parents=True, exist_ok=True)
        files = [f"{stem}-0000{i + 1}-of-00002.{ending}" for i in range(2)]
        for file, half in zip(files, halves):
            save({name: named[name] for name in half}, place / file)
        write_index(place / f"{stem}.{ending}.index.json", dict(zip(files, halves)))


def write(folder):
    """Writes one folder for each kind of file, each like a model's."""
    folder = folder / "weights"
    named = tensors()
    for name in ["zip", "stream", "wrapped", "newer", "small-zip", "small-stream"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    file = "pytorch_model.bin"
    write_tensors(folder / "expected.safetensors", plain(named))
    torch.save(named, folder / "zip" / file)
    save_stream(folder / "stream" / file, named, named)
    write_shards(folder, named)

    # What a training script saves: the module's own dictionary (with `_metadata`) in another.
    layer = torch.nn.Linear(2, 2)
    with torch.no_grad():
        layer.weight.copy_(named["f32"][:, :2])
        layer.bias.copy_(named["f32"][:, 2])
    torch.save({"epoch": 3, "loss": 0.25, "seed": 2**40, "state_dict": layer.state_dict()}, folder / "wrapped" / file)

    # Types without a storage class of their own.
    newer = {"u16": torch.tensor([[1, 2], [3, 65535]], dtype=torch.uint16).t()}
    newer["f8"] = torch.tensor([1.0, -2.0]).to(torch.float8_e4m3fn)
    torch.save(newer, folder / "newer" / file)

    small = {"a": torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).t(), "b": torch.tensor([0.5, -1.0]).half()}
    torch.save(small, folder / "small-zip" / file)
    save_stream(folder / "small-stream" / file, small, small)
