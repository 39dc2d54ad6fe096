"""Tests/Fixtures/smallest: a model of a few thousand bytes, every one of which a test can change.

Its vectors are recorded too, so that it is known to be a model at all: a BERT of four numbers a token, a Dense in torch's
zip format, and no folder for Normalize.
"""

import json

import torch
from transformers import BertConfig, BertModel

from .files import write_lines, write_tensors
from .random_model import randomize
from .recording import record

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "b", "##b", "c"]
TEXTS = ["a", "ab c", "", "d a [SEP] b", "a b c a b c"]


def compact(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, separators=(",", ":")), encoding="utf-8")


def tokenizer():
    special = [
        {"id": i, "content": PIECES[i], "single_word": False, "lstrip": False, "rstrip": False}
        | {"normalized": False, "special": True}
        for i in (2, 3)
    ]
    return {
        "added_tokens": special,
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 9,
            "vocab": {piece: i for i, piece in enumerate(PIECES)},
        },
    }


def write(fixtures):
    folder = fixtures / "smallest"
    compact(folder / "tokenizer.json", tokenizer())
    compact(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]"})
    shape = {
        "hidden_size": 4,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 4,
        "max_position_embeddings": 6,
        "type_vocab_size": 1,
        "vocab_size": len(PIECES),
        "hidden_act": "gelu",
    }
    compact(folder / "config.json", {"model_type": "bert", "architectures": ["BertModel"], **shape})
    model = BertModel(BertConfig(**shape), add_pooling_layer=False)
    randomize(model, 5)
    write_tensors(folder / "model.safetensors", model.state_dict())
    library = "sentence_transformers.models."
    names = ["Transformer", "Pooling", "Dense", "Normalize"]
    compact(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": f"{i}_{name}" if i else "", "type": library + name}
            for i, name in enumerate(names)
        ],
    )
    compact(folder / "sentence_bert_config.json", {"max_seq_length": 6})
    compact(folder / "1_Pooling/config.json", {"word_embedding_dimension": 4, "pooling_mode_mean_tokens": True})
    compact(
        folder / "2_Dense/config.json",
        {"in_features": 4, "out_features": 2, "bias": False, "activation_function": "torch.nn.modules.activation.Tanh"},
    )
    weight = torch.randn(2, 4, generator=torch.Generator().manual_seed(6))
    torch.save({"linear.weight": weight}, folder / "2_Dense/pytorch_model.bin")
    write_lines(folder / "golden.jsonl", record(folder, TEXTS))
