"""Tests/Fixtures/gguf: models of Tests/Fixtures and what `gguf` 0.19 makes of them, and blocks of each type with the
numbers that it raises them to. Names and keys are those that llama.cpp's convert_hf_to_gguf.py gives such models."""

import base64
import json

import gguf
import numpy as np
from safetensors.numpy import load_file, save_file

from .files import TOP

TYPES = ("Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K")


def write_blocks(folder):
    """Blocks of random bytes, whose scales are made finite, and what they are."""
    rng = np.random.default_rng(7)
    stored, raised = {}, {}
    for name in TYPES:
        kind = gguf.GGMLQuantizationType[name]
        size, length = gguf.GGML_QUANT_SIZES[kind]
        blocks = rng.integers(0, 256, (24, length), dtype=np.uint8)
        halves = {"Q6_K": [208], "Q4_0": [0], "Q5_0": [0], "Q8_0": [0]}.get(name, [0, 2])
        for place in halves:
            values = rng.normal(0, 1, len(blocks)).astype(np.float16)
            values[0] = np.float16(6e-8)
            values[1] = np.float16(-65504)
            values[2] = np.float16(0)
            blocks[:, place : place + 2] = values.view(np.uint8).reshape(-1, 2)
        stored[name] = blocks
        raised[f"{name}.raised"] = gguf.quants.dequantize(blocks, kind).reshape(len(blocks), size)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({**stored, **raised}, folder / "blocks.safetensors")
    (folder / "blocks.safetensors").chmod(0o644)


def marked(token):
    """llama.cpp's WordPiece: a mark before what begins a word."""
    if token.startswith("[") and token.endswith("]"):
        return token
    return token[2:] if token.startswith("##") else "▁" + token


def add_vocabulary(writer, tokenizer, kind):
    model = tokenizer["model"]
    added = {token["id"]: token for token in tokenizer["added_tokens"]}
    vocabulary = model["vocab"]
    size = max(len(vocabulary), max(added, default=-1) + 1)
    texts, scores = [f"[PAD{i}]" for i in range(size)], [-1000.0] * size
    for id, entry in enumerate(vocabulary):
        text, place = (entry[0], id) if isinstance(entry, list) else (entry, vocabulary[entry])
        texts[place] = text
        scores[place] = entry[1] if isinstance(entry, list) else 0.0
    types = [gguf.TokenType.NORMAL] * size
    for id, token in added.items():
        texts[id] = token["content"]
        types[id] = gguf.TokenType.CONTROL if token["special"] else gguf.TokenType.USER_DEFINED
    for id, text in enumerate(texts):
        if len(text) == 6 and text.startswith("<0x") and types[id] == gguf.TokenType.NORMAL:
            types[id] = gguf.TokenType.BYTE
    writer.add_tokenizer_model(kind)
    if kind == "bert":
        texts = [text if types[id] == gguf.TokenType.CONTROL else marked(text) for id, text in enumerate(texts)]
    writer.add_token_list([text.encode() for text in texts])
    writer.add_token_types([int(kind) for kind in types])
    if kind in ("t5", "llama"):
        writer.add_token_scores(scores)
    if kind == "t5":
        normalizer = tokenizer["normalizer"] or {}
        for part in normalizer.get("normalizers", [normalizer]):
            if part.get("type") == "Precompiled":
                writer.add_precompiled_charsmap(base64.b64decode(part["precompiled_charsmap"]))
    if kind == "gpt2":
        writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in model["merges"]])
    return {text: id for id, text in enumerate(texts)}


def add_roles(writer, ids, **roles):
    for role, text in roles.items():
        getattr(writer, f"add_{role}_token_id")(ids[text])


def base_writer(path, arch, config):
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[arch])
    first = lambda *names: next((config[name] for name in names if config.get(name) is not None), None)
    writer.add_block_count(first("num_hidden_layers", "n_layer"))
    writer.add_context_length(first("max_position_embeddings", "n_positions"))
    writer.add_embedding_length(first("hidden_size", "n_embd"))
    writer.add_feed_forward_length(first("intermediate_size", "n_inner"))
    writer.add_head_count(first("num_attention_heads", "n_head"))
    epsilon = first("layer_norm_eps", "layer_norm_epsilon")
    if epsilon is not None:
        writer.add_layer_norm_eps(epsilon)
    return writer


def add_tensors(writer, arch, layers, tensors, kind=None):
    names = gguf.get_tensor_name_map(arch, layers)
    for name, tensor in tensors.items():
        new = names.get_name(name, try_suffixes=(".weight", ".bias"))
        assert new, name
        tensor = np.ascontiguousarray(tensor.astype(np.float32))
        if kind and tensor.ndim > 1:
            try:
                packed = gguf.quants.quantize(tensor, kind)
                writer.add_tensor(new, packed, raw_dtype=kind)
                continue
            except (gguf.quants.QuantError, NotImplementedError):
                pass
        writer.add_tensor(new, tensor)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def without(tensors, *names):
    return {name: tensor for name, tensor in tensors.items() if not any(part in name for part in names)}


def start(source, path, arch, pooling="MEAN"):
    config = json.loads((source / "config.json").read_text())
    writer = base_writer(path, arch, config)
    writer.add_pooling_type(gguf.PoolingType[pooling])
    tensors = without(load_file(source / "model.safetensors"), "position_ids", "pooler", "lm_head", "position_embd")
    for prefix in ("bert.", "roberta.", "nomic_bert."):
        tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return writer, config, tensors


def no_vocabulary(writer, config):
    """As many words as the table has rows, for networks that are recorded without a tokenizer."""
    writer.add_tokenizer_model("bert")
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    words = specials + [f"▁w{i}" for i in range(config["vocab_size"] - len(specials))]
    writer.add_token_list([word.encode() for word in words])
    writer.add_token_types([3 if word in specials else 1 for word in words])


def bert(source, path, kind=None):
    arch = gguf.MODEL_ARCH.BERT
    writer, config, tensors = start(source, path, arch)
    writer.add_causal_attention(False)
    ids = add_vocabulary(writer, json.loads((source / "tokenizer.json").read_text()), "bert")
    add_roles(writer, ids, bos="[CLS]", sep="[SEP]", eos="[SEP]", unk="[UNK]", pad="[PAD]")
    add_tensors(writer, arch, config["num_hidden_layers"], tensors, kind)
    finish(writer)


def cut_positions(tensors, config):
    """RoBERTa's first token has the position behind that of padding: rows before it are left out."""
    key = "embeddings.position_embeddings.weight"
    return {**tensors, key: tensors[key][config["pad_token_id"] + 1 :]}


def xlm_roberta(source, path):
    arch = gguf.MODEL_ARCH.BERT
    writer, config, tensors = start(source, path, arch)
    writer.add_causal_attention(False)
    if (source / "tokenizer.json").exists():
        ids = add_vocabulary(writer, json.loads((source / "tokenizer.json").read_text()), "t5")
        add_roles(writer, ids, bos="<s>", sep="</s>", eos="</s>", unk="<unk>", pad="<pad>", mask="<mask>")
        writer.add_add_bos_token(True)
        writer.add_add_eos_token(True)
    else:
        no_vocabulary(writer, config)
    add_tensors(writer, arch, config["num_hidden_layers"], cut_positions(without(tensors, "classifier"), config))
    finish(writer)


def qwen(source, path, name="QWEN3"):
    arch = gguf.MODEL_ARCH[name]
    writer, config, tensors = start(source, path, arch, "LAST")
    writer.add_head_count_kv(config["num_key_value_heads"])
    if "head_dim" in config:
        writer.add_key_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config.get("rope_theta") or config["rope_parameters"]["rope_theta"])
    if (source / "tokenizer.json").exists():
        ids = add_vocabulary(writer, json.loads((source / "tokenizer.json").read_text()), "gpt2")
        writer.add_tokenizer_pre("qwen2")
        add_roles(writer, ids, eos="<|endoftext|>", pad="<|endoftext|>")
        writer.add_add_bos_token(False)
        writer.add_add_eos_token(True)
    else:
        no_vocabulary(writer, config)
    tensors = {n if n.startswith("model.") else f"model.{n}": t for n, t in tensors.items()}
    add_tensors(writer, arch, config["num_hidden_layers"], without(tensors, "score"))
    finish(writer)


def nomic(source, path):
    config = json.loads((source / "config.json").read_text())
    experts = config.get("moe_every_n_layers", 0)
    arch = gguf.MODEL_ARCH.NOMIC_BERT_MOE if experts else gguf.MODEL_ARCH.NOMIC_BERT
    writer, config, tensors = start(source, path, arch)
    writer.add_causal_attention(False)
    writer.add_rope_freq_base(float(config["rotary_emb_base"]))
    if experts:
        writer.add_moe_every_n_layers(experts)
        writer.add_expert_count(config["num_experts"])
        writer.add_expert_used_count(config["moe_top_k"])
        shape = (config["num_experts"], config["n_inner"], config["n_embd"])
        made = {}
        for name, tensor in without(tensors, "experts.bias").items():
            if name.endswith("mlp.experts.mlp.w1"):
                made[name + ".weight"] = tensor.reshape(shape)
            elif name.endswith("mlp.experts.mlp.w2"):
                made[name + ".weight"] = tensor.reshape(shape).transpose(0, 2, 1)
            else:
                made[name] = tensor
        tensors = made
    no_vocabulary(writer, config)
    add_tensors(writer, arch, config["n_layer"], tensors)
    finish(writer)


def jina(source, path, name="JINA_BERT_V2"):
    arch = gguf.MODEL_ARCH[name]
    writer, config, tensors = start(source, path, arch)
    writer.add_causal_attention(False)
    if "rope_parameters" in config:
        writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    no_vocabulary(writer, config)
    add_tensors(writer, arch, config["num_hidden_layers"], tensors)
    finish(writer)


def jina_v3(source, path):
    jina(source, path, "JINA_BERT_V3")


def gemma(source, path):
    arch = gguf.MODEL_ARCH.GEMMA_EMBEDDING
    writer, config, tensors = start(source, path, arch)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_sliding_window(config["sliding_window"])
    writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config["layer_types"]])
    no_vocabulary(writer, config)
    # As llama.cpp stores them.
    tensors = {
        f"model.{name.removeprefix('model.')}": tensor + 1 if name.endswith("norm.weight") else tensor
        for name, tensor in tensors.items()
    }
    # There is no key for this: scores are over the root of the heads' size.
    asked = (config["head_dim"] / config["query_pre_attn_scalar"]) ** 0.5
    tensors = {name: tensor * asked if "q_norm" in name else tensor for name, tensor in tensors.items()}
    add_tensors(writer, arch, config["num_hidden_layers"], tensors)
    finish(writer)


def write(fixtures):
    folder = fixtures / "gguf"
    write_blocks(folder)
    encoders = fixtures / "encoders"
    bert(TOP / "models.example" / "bert-tiny", folder / "bert-tiny.gguf")
    bert(TOP / "models.example" / "bert-tiny", folder / "bert-tiny-q8.gguf", gguf.GGMLQuantizationType.Q8_0)
    xlm_roberta(encoders / "xlm-roberta", folder / "xlm-roberta.gguf")
    xlm_roberta(fixtures / "kinds" / "ce_xlm_roberta", folder / "ce_xlm_roberta.gguf")
    qwen(fixtures / "kinds" / "ce_qwen3_seqcls", folder / "ce_qwen3_seqcls.gguf")
    for name, make in {
        "nomic-bert-hub": nomic, "nomic-bert-experts": nomic, "jina-bert-v2": jina, "jina-v3": jina_v3,
        "qwen3": qwen, "gemma3": gemma,
    }.items():
        make(encoders / name, folder / f"{name}.gguf")
