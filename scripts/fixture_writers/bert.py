"""A tiny BERT with a WordPiece tokenizer, and the modules that sentence-transformers writes around it."""

import string

import torch
from transformers import BertConfig, BertModel

from .files import write_json, write_tensors

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# In the order of concatenation.
MODES = ["cls_token", "max_tokens", "mean_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"]


def pieces(punctuation, words, endings):
    starts = list(string.digits + string.ascii_lowercase)
    known = SPECIALS + list(punctuation) + starts + [f"##{c}" for c in starts] + endings + words
    return list(dict.fromkeys(known))


def tokenizer_json(vocabulary, baked):
    """An uncased BERT tokenizer; `baked` adds the cut and the filling that MiniLM's has and nobody applies."""
    special = [
        {
            "id": i,
            "content": piece,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, piece in enumerate(SPECIALS)
    ]
    first = [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
    ]
    second = [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}]
    cut = {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0}
    fill = {
        "strategy": {"Fixed": 8},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "[PAD]",
    }
    return {
        "version": "1.0",
        "truncation": cut if baked else None,
        "padding": fill if baked else None,
        "added_tokens": special,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": first,
            "pair": first + second,
            "special_tokens": {
                p: {"id": p, "ids": [SPECIALS.index(p)], "tokens": [p]} for p in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {piece: i for i, piece in enumerate(vocabulary)},
        },
    }


def write_tokenizer(folder, vocabulary, longest, baked=False):
    write_json(folder / "tokenizer.json", tokenizer_json(vocabulary, baked))
    names = {f"{p[1:-1].lower()}_token": p for p in SPECIALS}
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": True,
            "strip_accents": None,
            "tokenize_chinese_chars": True,
            "model_max_length": longest,
            **names,
        },
    )
    return names


def write_bert(folder, seed, **shape):
    """config.json and model.safetensors of a BERT with random weights, every one of which matters."""
    config = BertConfig(**shape)
    torch.manual_seed(seed)
    model = BertModel(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            scale = 0.5 if "embeddings.weight" in name else 0.2 if parameter.dim() == 2 else 0.1
            parameter.normal_(0, scale)
            if name.endswith("LayerNorm.weight"):
                parameter.add_(1)
    write_tensors(folder / "model.safetensors", model.state_dict())
    kept = (
        "attention_probs_dropout_prob hidden_act hidden_dropout_prob hidden_size initializer_range "
        "intermediate_size layer_norm_eps max_position_embeddings model_type num_attention_heads "
        "num_hidden_layers pad_token_id type_vocab_size vocab_size"
    ).split()
    write_json(
        folder / "config.json", {"architectures": ["BertModel"], **{k: getattr(config, k) for k in kept}}
    )


def write_old_modules(folder, hidden, modes, longest, normalize, prompts):
    """What sentence-transformers 2.0 to 5.3 wrote around the transformer."""
    names = ["Transformer", "Pooling"] + (["Normalize"] if normalize else [])
    paths = ["" if i == 0 else f"{i}_{name}" for i, name in enumerate(names)]
    modules = [
        {"idx": i, "name": str(i), "path": paths[i], "type": f"sentence_transformers.models.{name}"}
        for i, name in enumerate(names)
    ]
    write_json(folder / "modules.json", modules)
    flags = {f"pooling_mode_{mode}": mode in modes for mode in MODES}
    write_json(
        folder / "1_Pooling/config.json",
        {"word_embedding_dimension": hidden, **flags, "include_prompt": True},
    )
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": longest, "do_lower_case": False})
    about = {"__version__": {"sentence_transformers": "5.1.0", "transformers": "4.56.0", "pytorch": "2.8.0"}}
    write_json(
        folder / "config_sentence_transformers.json",
        {**about, "prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )


def write_new_modules(folder, hidden):
    """What sentence-transformers 5.4 and later write: other type names, other keys, no limit of its own."""
    library = "sentence_transformers."
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": library + "base.modules.transformer.Transformer"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Pooling",
            "type": library + "sentence_transformer.modules.pooling.Pooling",
        },
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": library + "base.modules.normalize.Normalize"},
    ]
    write_json(folder / "modules.json", modules)
    write_json(
        folder / "1_Pooling/config.json",
        {"embedding_dimension": hidden, "pooling_mode": "mean", "include_prompt": False},
    )
    write_json(
        folder / "2_Normalize/config.json",
        {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"},
    )
    text = {"method": "forward", "method_output_name": "last_hidden_state"}
    write_json(
        folder / "sentence_bert_config.json",
        {
            "transformer_task": "feature-extraction",
            "modality_config": {"text": text},
            "module_output_name": "token_embeddings",
        },
    )
    about = {
        "model_type": "SentenceTransformer",
        "__version__": {"sentence_transformers": "6.2.0", "transformers": "5.23.0", "pytorch": "2.15.0"},
    }
    prompts = {"query": "find: ", "document": "text: "}
    write_json(
        folder / "config_sentence_transformers.json",
        {**about, "prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "dot"},
    )
