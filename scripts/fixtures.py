#!/usr/bin/env python3
"""Writes models.example/bert-tiny and everything under Tests/Fixtures, and records what the reference says.

usage: fixtures.py [PART…]      (every part whose versions are installed, unless named)

Each part is a module of scripts/fixture_writers and needs exactly the versions below (pip install NAME==VERSION).
Run by hand when a fixture changes; the same versions on the same processor write the same bytes.
"""

import importlib
import importlib.metadata
import pathlib
import sys

PRESENT = {
    "torch": "2.15.0",
    "sentence-transformers": "6.2.0",
    "transformers": "5.23.0",
    "tokenizers": "0.23.3",
}
# The last transformers whose FlauBERT is what its models were made with.
PAST = {"torch": "2.15.0", "transformers": "4.57.6", "sacremoses": "0.2.0"}
PARTS = {
    "example": PRESENT,
    "encoders": PRESENT,
    "heads": PRESENT,
    "rotary": PRESENT,
    "directions": PRESENT,
    "clip": {**PRESENT, "pillow": "13.0.0"},
    "jina": PRESENT,
    "jina_tasks": PRESENT,
    "gguf_files": {"gguf": "0.19.0", "safetensors": "0.8.0"},
    "nomic_experts": {"torch": "2.15.0"},
    "flaubert": PAST,
    "pipelines": PRESENT,
    "modules": PRESENT,
    "activations": PRESENT,
    "adapters": {**PRESENT, "peft": "0.21.2"},
    "optimizer": PRESENT,
    "model2vec": {**PRESENT, "model2vec": "0.10.0"},
    "smallest": PRESENT,
    "weights": {"torch": "2.15.0", "safetensors": "0.8.0"},
    "tokenizers": {"tokenizers": "0.23.3"},
    "tokenizer_pairs": {"tokenizers": "0.23.3"},
    "tokenizer_decoders": {"tokenizers": "0.23.3"},
    "chat_templates": PRESENT,
    "tokenizer_files": {**PRESENT, "sentencepiece": "0.2.3"},
    "tokenizer_class": PRESENT,
    "tokenizer_files_flaubert": PAST,
    "tokenizer_files_japanese": {**PRESENT, "fugashi": "1.5.2"},
    "tokenizer_files_phobert": PRESENT,
    # These write what goes with the versions they find.
    "tokenizer_extras": {},
    "tokenizer_file_pairs": {},
    "minilm": PRESENT,
    # Needs several Pythons, and writes what this one can.
    "vectors": {**PRESENT, "scikit-learn": "1.9.1", "scipy": "1.17.1", "numpy": "2.4.6"},
    "reranking": {**PRESENT, "scikit-learn": "1.9.1", "numpy": "2.4.6"},
    "quantized": {**PRESENT, "numpy": "2.4.6"},
    "chunked": PRESENT,
    "losses": PRESENT,
    "sparse_losses": PRESENT,
    "rerank_losses": PRESENT,
    "training_runs": PRESENT,
    "sparse_runs": {**PRESENT, "datasets": "5.2.0"},
    "rerank_runs": {**PRESENT, "datasets": "5.2.0"},
    "lora_runs": {**PRESENT, "peft": "0.21.2"},
    "negatives": {**PRESENT, "datasets": "5.2.0"},
}
FOLDER = pathlib.Path(__file__).resolve().parent


def unlike(versions):
    """What is installed in another version, as a sentence; empty when nothing is."""
    wrong = []
    for name, version in versions.items():
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found = "missing"
        if found != version:
            wrong.append(f"{name} is {found}, should be {version}")
    return ", ".join(wrong)


def main(names):
    for name in names or PARTS:
        if name not in PARTS:
            sys.exit(f"fixtures.py: no part `{name}`; there are {', '.join(PARTS)}")
        wrong = unlike(PARTS[name])
        if wrong and names:
            sys.exit(f"fixtures.py: {name}: {wrong}")
        if wrong:
            print(f"{name} left as it is: {wrong}")
            continue
        print(name, flush=True)
        if "torch" in PARTS[name]:
            # Sums in one order, whatever the machine.
            importlib.import_module("torch").set_num_threads(1)
        importlib.import_module(f"fixture_writers.{name}").write(FOLDER.parent / "Tests/Fixtures")


# The working tree keeps no compiled Python.
sys.dont_write_bytecode = True
main(sys.argv[1:])
