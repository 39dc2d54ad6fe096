"""Tests/Fixtures/pipelines/clip*: CLIP models of which the texts are read, as sentence-transformers has them since 5.4
and as it had them before, with the tokenizer's older files and the id that files had for the end of a text then."""

import json
import shutil

from sentence_transformers import SentenceTransformer
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

from .files import rounded, write_json, write_lines, write_tensors
from .random_model import randomize
from .texts import TEXTS

MERGES = ["t h", "th e</w>", "c a", "ca t</w>", "i n", "in g</w>", "o n</w>", "r i", "ri v", "e r</w>", "riv er</w>"]
START, END = "<|startoftext|>", "<|endoftext|>"
POSITIONS = 40


def alphabet():
    """GPT-2's character for each byte."""
    printed = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printed]
    return [chr(byte) for byte in printed] + [chr(256 + i) for i in range(len(others))]


def vocabulary():
    letters = alphabet()
    pieces = letters + [letter + "</w>" for letter in letters] + [merge.replace(" ", "") for merge in MERGES]
    return {piece: id for id, piece in enumerate([*pieces, START, END])}


def configuration(words, end):
    return CLIPConfig(
        text_config={
            "vocab_size": words, "hidden_size": 24, "intermediate_size": 36, "projection_dim": 12, "num_hidden_layers": 2,
            "num_attention_heads": 4, "max_position_embeddings": POSITIONS, "bos_token_id": words - 2,
            "eos_token_id": end, "pad_token_id": 1,
        },
        vision_config={
            "hidden_size": 8, "intermediate_size": 8, "projection_dim": 12, "num_hidden_layers": 1,
            "num_attention_heads": 2, "image_size": 4, "patch_size": 4,
        },
        projection_dim=12,
    )


def write_network(folder, words, end):
    model = CLIPModel(configuration(words, end))
    randomize(model, 31)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Without what each release writes anew.
    config = {**model.config.to_dict(), "architectures": ["CLIPModel"]}
    for part in (config, config["text_config"], config["vision_config"]):
        part.pop("transformers_version", None)
    write_json(folder / "config.json", config)
    write_tensors(folder / "model.safetensors", model.state_dict())
    # Without it sentence-transformers does not load the model at all.
    write_json(folder / "preprocessor_config.json", {"image_processor_type": "CLIPImageProcessor"})


def record(folder):
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    # Several ends, of which the first counts, and texts longer than there are positions.
    rows = []
    for text in [*TEXTS, f"the cat{END} on the river", "the river " * POSITIONS]:
        ids = model.preprocess([text])["input_ids"][0].tolist()
        rows.append({"text": text, "ids": ids, "embedding": rounded(model.encode(text, convert_to_tensor=True))})
    write_lines(folder / "golden.jsonl", rows)


def write(fixtures):
    words = vocabulary()
    tokenizer = CLIPTokenizer(vocab=words, merges=[tuple(merge.split()) for merge in MERGES])
    settings = {
        "bos_token": START, "eos_token": END, "model_max_length": POSITIONS, "pad_token": END,
        "tokenizer_class": "CLIPTokenizer", "unk_token": END,
    }
    new = fixtures / "pipelines" / "clip"
    write_network(new, len(words), len(words) - 1)
    tokenizer.backend_tokenizer.save(str(new / "tokenizer.json"))
    write_json(new / "tokenizer_config.json", settings)
    write_json(
        new / "modules.json",
        [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"}],
    )
    output = {"method_output_name": "pooler_output"}
    write_json(
        new / "sentence_bert_config.json",
        {
            "modality_config": {
                "image": {"method": "get_image_features", **output}, "text": {"method": "get_text_features", **output},
            },
            "module_output_name": "sentence_embedding",
            "transformer_task": "feature-extraction",
        },
    )
    record(new)
    old = fixtures / "pipelines" / "clip-old-schema"
    shutil.rmtree(old, ignore_errors=True)
    inner = old / "0_CLIPModel"
    write_network(inner, len(words), 2)
    write_json(inner / "vocab.json", words)
    (inner / "merges.txt").write_text("\n".join(["#version: 0.2", *MERGES]) + "\n")
    write_json(inner / "tokenizer_config.json", settings)
    write_json(inner / "special_tokens_map.json", {k: v for k, v in settings.items() if k.endswith("_token")})
    write_json(
        old / "modules.json",
        [{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}],
    )
    record(old)
