"""Tests/Fixtures/tokenizer-files/pairs*.jsonl: pairs of texts by folders without tokenizer.json.

With transformers 4 those of FlauBERT and XLM, else all others.
"""

import json
import shutil
import tempfile
from pathlib import Path

import transformers

FAMILIES = {
    "bert-vocab": "bert", "bert-vocab-accents": "bert", "mpnet-vocab": "mpnet", "roberta": "roberta",
    "roberta-mask": "roberta", "xlm-roberta-spm": "xlm-roberta", "camembert-spm": "camembert", "albert-spm": "albert",
    "xlnet-spm": "xlnet", "t5-spm": "t5", "deberta-spm": "deberta-v2", "llama-spm": "llama", "llama-spm-legacy": "llama",
    "llama-spm-scores": "llama", "gemma-spm": "gemma3_text", "no-class-spm": "mistral", "no-class-spm-rules": "llama",
}
PAST = {"flaubert": "flaubert", "flaubert-cased": "flaubert", "xlm": "xlm", "xlm-cased": "xlm"}
PAIRS = [("Bonjour le monde", "a b c"), ("", "a"), ("l'été", ""), ("", "")]


def pairs(folder, model_type):
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        (Path(copy) / "config.json").write_text(json.dumps({"model_type": model_type}), encoding="utf-8")
        kinds = {"flaubert": "FlaubertTokenizer", "xlm": "XLMTokenizer"}
        tokenizer = getattr(transformers, kinds.get(model_type, "AutoTokenizer")).from_pretrained(copy)
        for first, second in PAIRS:
            # In a batch, as a cross-encoder asks: alone, an empty second text would count as none.
            row = tokenizer([first], [second])
            ids, segments = row["input_ids"][0], row.get("token_type_ids", [None])[0]
            if model_type not in kinds:
                # The library says segments that transformers leaves out for most families.
                encoding = tokenizer.backend_tokenizer.encode(first, second)
                assert ids == encoding.ids, (folder, first, second)
                segments = encoding.type_ids
            yield {"first": first, "second": second, "ids": ids, "segments": segments}


def write(fixtures):
    folder = fixtures / "tokenizer-files"
    is_past = transformers.__version__.startswith("4.")
    rows = [
        {"folder": name, "model_type": model_type, **row}
        for name, model_type in (PAST if is_past else FAMILIES).items()
        for row in pairs(folder / name, model_type)
    ]
    name = "pairs-flaubert.jsonl" if is_past else "pairs.jsonl"
    (folder / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
