"""Tests/Fixtures/encoders: a tiny model of each architecture and the rows after each of its layers.

Each row of ENCODERS is written with random weights, read back by transformers' own class and run, one sequence at a
time, with eager attention in float32. `config.json` is what the models of that family have on the hub; where the
native class of transformers reads other keys than the models have, `reference` is what it is told instead.
"""

import torch
import transformers

from .files import write_json
from .random_model import load, randomize, sequences, write_encoder

DROPOUTS = {"hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1}

BERT = {
    **DROPOUTS,
    "hidden_act": "gelu",
    "hidden_size": 24,
    "initializer_range": 0.02,
    "intermediate_size": 36,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
}

ROBERTA = {
    **BERT,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "layer_norm_eps": 1e-05,
    "max_position_embeddings": 46,
    "pad_token_id": 1,
    "position_embedding_type": "absolute",
    "type_vocab_size": 1,
    "use_cache": True,
    "vocab_size": 50,
}

XLM = {
    "asm": False,
    "attention_dropout": 0.1,
    "bos_index": 0,
    "causal": False,
    "dropout": 0.1,
    "emb_dim": 24,
    "embed_init_std": 0.02209708691207961,
    "eos_index": 1,
    "gelu_activation": True,
    "init_std": 0.02,
    "is_encoder": True,
    "lang2id": {"fr": 0},
    "layer_norm_eps": 1e-06,
    "mask_index": 5,
    "max_position_embeddings": 44,
    "n_heads": 4,
    "n_langs": 1,
    "n_layers": 2,
    "n_words": 50,
    "pad_index": 2,
    "pad_token_id": 2,
    "sinusoidal_embeddings": False,
    "unk_index": 3,
    "use_lang_emb": True,
    "vocab_size": 50,
}

XLNET = {
    "architectures": ["XLNetLMHeadModel"],
    "attn_type": "bi",
    "bi_data": False,
    "bos_token_id": 1,
    "clamp_len": -1,
    "d_head": 6,
    "d_inner": 36,
    "d_model": 24,
    "dropout": 0.1,
    "end_n_top": 5,
    "eos_token_id": 2,
    "ff_activation": "gelu",
    "initializer_range": 0.02,
    "layer_norm_eps": 1e-12,
    "mem_len": None,
    "model_type": "xlnet",
    "n_head": 4,
    "n_layer": 2,
    "pad_token_id": 5,
    "reuse_len": None,
    "same_length": False,
    "start_n_top": 5,
    "untie_r": True,
    "vocab_size": 50,
}

T5 = {
    "d_ff": 36,
    "d_kv": 5,
    "d_model": 24,
    "decoder_start_token_id": 0,
    "dropout_rate": 0.1,
    "eos_token_id": 1,
    "feed_forward_proj": "relu",
    "initializer_factor": 1.0,
    "is_encoder_decoder": True,
    "layer_norm_epsilon": 1e-06,
    "model_type": "t5",
    "num_heads": 4,
    "num_layers": 3,
    "pad_token_id": 0,
    "relative_attention_num_buckets": 32,
    "use_cache": True,
    "vocab_size": 50,
}
T5_GATED = {
    **T5,
    "dense_act_fn": "gelu_new",
    "feed_forward_proj": "gated-gelu",
    "is_gated_act": True,
    # Few buckets and a short reach, so that forty tokens go beyond both.
    "relative_attention_max_distance": 24,
    "relative_attention_num_buckets": 16,
    "tie_word_embeddings": False,
}

QWEN = {
    "attention_dropout": 0.0,
    "bos_token_id": 47,
    "eos_token_id": 49,
    "hidden_act": "silu",
    "hidden_size": 24,
    "initializer_range": 0.02,
    "intermediate_size": 36,
    "max_position_embeddings": 64,
    "max_window_layers": 3,
    "num_attention_heads": 4,
    "num_hidden_layers": 3,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-06,
    "rope_theta": 1000000.0,
    "sliding_window": None,
    "use_cache": True,
    "use_sliding_window": False,
    "vocab_size": 50,
}

GEMMA = {
    "architectures": ["Gemma3TextModel"],
    "attention_bias": False,
    "attention_dropout": 0.0,
    "attn_logit_softcapping": None,
    "bos_token_id": 2,
    "eos_token_id": 1,
    "final_logit_softcapping": None,
    "head_dim": 8,
    "hidden_activation": "gelu_pytorch_tanh",
    "hidden_size": 24,
    "initializer_range": 0.02,
    "intermediate_size": 36,
    "layer_types": ["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"],
    "max_position_embeddings": 64,
    "model_type": "gemma3_text",
    "num_attention_heads": 4,
    "num_hidden_layers": 4,
    "num_key_value_heads": 2,
    "pad_token_id": 0,
    "query_pre_attn_scalar": 12,
    "rms_norm_eps": 1e-06,
    "rope_local_base_freq": 10000.0,
    "rope_scaling": None,
    "rope_theta": 1000000.0,
    "sliding_window": 12,
    "use_bidirectional_attention": True,
    "use_cache": True,
    "vocab_size": 50,
}

DEBERTA = {
    **BERT,
    "layer_norm_eps": 1e-07,
    "max_position_embeddings": 48,
    "max_relative_positions": -1,
    "num_hidden_layers": 3,
    "pad_token_id": 0,
    "pooler_dropout": 0,
    "pooler_hidden_act": "gelu",
    "pooler_hidden_size": 24,
    "pos_att_type": "p2c|c2p",
    "position_biased_input": False,
    "relative_attention": True,
    "type_vocab_size": 0,
    "vocab_size": 50,
}
DEBERTA_V2 = {
    **DEBERTA,
    "model_type": "deberta-v2",
    "norm_rel_ebd": "layer_norm",
    "position_buckets": 8,
    "share_att_key": True,
}

MODERNBERT = {
    "architectures": ["ModernBertForMaskedLM"],
    "attention_bias": False,
    "attention_dropout": 0.0,
    "bos_token_id": 46,
    "classifier_pooling": "mean",
    "cls_token_id": 46,
    "decoder_bias": True,
    "embedding_dropout": 0.0,
    "eos_token_id": 47,
    "global_attn_every_n_layers": 3,
    "global_rope_theta": 160000.0,
    "gradient_checkpointing": False,
    "hidden_activation": "gelu",
    "hidden_size": 24,
    "initializer_range": 0.02,
    "intermediate_size": 36,
    "layer_norm_eps": 1e-05,
    "local_attention": 12,
    "local_rope_theta": 10000.0,
    "max_position_embeddings": 64,
    "mlp_bias": False,
    "mlp_dropout": 0.0,
    "model_type": "modernbert",
    "norm_bias": False,
    "norm_eps": 1e-05,
    "num_attention_heads": 4,
    "num_hidden_layers": 4,
    "pad_token_id": 48,
    "position_embedding_type": "absolute",
    "sep_token_id": 47,
    "vocab_size": 50,
}

NOMIC = {
    "architectures": ["NomicBertModel"],
    "attention_probs_dropout_prob": 0.0,
    "head_dim": 6,
    "hidden_act": "silu",
    "hidden_dropout_prob": 0.0,
    "hidden_size": 24,
    "initializer_range": 0.02,
    "intermediate_size": 36,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 64,
    "model_type": "nomic_bert",
    "num_attention_heads": 4,
    "num_hidden_layers": 3,
    "pad_token_id": 0,
    "rope_parameters": {"rope_theta": 1000.0, "rope_type": "default"},
    "type_vocab_size": 2,
    "vocab_size": 50,
}
NOMIC_HUB = {
    "activation_function": "swiglu",
    "architectures": ["NomicBertModel"],
    "attn_pdrop": 0.0,
    "auto_map": {
        "AutoConfig": "nomic-ai/nomic-bert-2048--configuration_hf_nomic_bert.NomicBertConfig",
        "AutoModel": "nomic-ai/nomic-bert-2048--modeling_hf_nomic_bert.NomicBertModel",
    },
    "bos_token_id": None,
    "causal": False,
    "dense_seq_output": True,
    "embd_pdrop": 0.0,
    "eos_token_id": None,
    "fused_bias_fc": True,
    "fused_dropout_add_ln": True,
    "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-12,
    "mlp_fc1_bias": False,
    "mlp_fc2_bias": False,
    "model_type": "nomic_bert",
    "n_embd": 24,
    "n_head": 4,
    "n_inner": 36,
    "n_layer": 3,
    "n_positions": 64,
    "pad_vocab_size_multiple": 64,
    "parallel_block": False,
    "parallel_block_tied_norm": False,
    "prenorm": False,
    "qkv_proj_bias": False,
    "reorder_and_upcast_attn": False,
    "resid_pdrop": 0.0,
    "rotary_emb_base": 1000,
    "rotary_emb_fraction": 1.0,
    "rotary_emb_interleaved": False,
    "rotary_emb_scale_base": None,
    "rotary_scaling_factor": None,
    "scale_attn_by_inverse_layer_idx": False,
    "scale_attn_weights": True,
    "type_vocab_size": 2,
    "use_cache": True,
    "use_flash_attn": True,
    "use_rms_norm": False,
    "use_xentropy": True,
    "vocab_size": 50,
}

GTE = {
    "attention_probs_dropout_prob": 0.0,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": 24,
    "initializer_range": 0.02,
    "intermediate_size": 36,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 64,
    "num_attention_heads": 4,
    "num_hidden_layers": 3,
    "pad_token_id": 1,
    "type_vocab_size": 1,
    "vocab_size": 50,
}
GTE_NATIVE = {
    **GTE,
    "architectures": ["GteModel"],
    "model_type": "gte",
    "rope_parameters": {"rope_theta": 20000.0, "rope_type": "default"},
}
GTE_HUB = {
    **GTE,
    "architectures": ["NewModel"],
    "auto_map": {"AutoConfig": "configuration.NewConfig", "AutoModel": "modeling.NewModel"},
    "classifier_dropout": 0.0,
    "layer_norm_type": "layer_norm",
    "logn_attention_clip1": False,
    "logn_attention_scale": False,
    "model_type": "new",
    "pack_qkv": True,
    "position_embedding_type": "rope",
    "rope_scaling": {"factor": 8.0, "type": "ntk"},
    "rope_theta": 20000,
    "unpad_inputs": False,
    "use_memory_efficient_attention": False,
}


def joined(tensors, made):
    """`tensors` with the three of each layer that `made` names stacked under one name."""
    out = {}
    for name, tensor in tensors.items():
        for parts, whole in made:
            at = [i for i, part in enumerate(parts) if part in name]
            if at:
                if at[0] == 0:
                    out[name.replace(parts[0], whole)] = torch.cat(
                        [tensors[name.replace(parts[0], p)] for p in parts]
                    )
                break
        else:
            out[name] = tensor
    return out


def renamed(tensors, names):
    out = {}
    for name, tensor in tensors.items():
        for old, new in names:
            name = name.replace(old, new)
        out[name] = tensor
    return out


def nomic_names(tensors):
    """The names that nomic-embed-text has on the hub."""
    q, k, v = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
    return renamed(
        joined(tensors, [((q, k, v), "attn.Wqkv")]),
        [
            ("embeddings.LayerNorm", "emb_ln"),
            ("layers.", "encoder.layers."),
            ("self_attn.o_proj", "attn.out_proj"),
            ("up_proj", "fc11"),
            ("gate_proj", "fc12"),
            ("down_proj", "fc2"),
            ("post_attention_layernorm", "norm1"),
            ("post_mlp_layernorm", "norm2"),
        ],
    )


def gte_names(tensors):
    """The names that gte-multilingual-base has on the hub."""
    q, k, v = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj")
    packed = joined(
        tensors, [((q, k, v), "attention.qkv_proj"), (("mlp.up_proj", "mlp.gate_proj"), "mlp.up_gate_proj")]
    )
    names = renamed(
        packed,
        [
            ("layers.", "encoder.layer."),
            ("self_attn.o_proj", "attention.o_proj"),
            ("post_attention_layernorm", "attn_ln"),
            ("post_mlp_layernorm", "mlp_ln"),
        ],
    )
    return {f"new.{name}": tensor for name, tensor in names.items()}


def stretch_as_ntk(model):
    """The hub's NTKScalingRotaryEmbedding, which transformers has not: base·factor, then frequencies/factor^(2/d)."""
    factor, base, width = 8.0, 20000.0, 6
    exponents = torch.arange(0, width, 2).float() / width
    model.rotary_emb.inv_freq = 1.0 / ((base * factor) ** exponents) / factor ** (2 / width)


def prefixed(prefix):
    return lambda tensors: {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


def once(*shared):
    """Without the names that are only another name for a table that is there already."""
    return lambda tensors: {name: tensor for name, tensor in tensors.items() if name not in shared}


t5_names = once("encoder.embed_tokens.weight")

# name: (class, config.json, what else). `pad` is the id that stands in the midst of the third sequence, `segments` the
# number of token types that the sequences have; `names` makes the names of model.safetensors.
ENCODERS = {
    "roberta": ("RobertaModel", {"architectures": ["RobertaModel"], "model_type": "roberta", **ROBERTA}, {"pad": 1}),
    "xlm-roberta": (
        "XLMRobertaModel",
        {"architectures": ["XLMRobertaForMaskedLM"], "model_type": "xlm-roberta", **ROBERTA, "output_past": True},
        {"pad": 1, "names": prefixed("roberta")},
    ),
    "camembert": (
        "CamembertModel",
        {"architectures": ["CamembertModel"], "model_type": "camembert", **ROBERTA},
        {"pad": 1},
    ),
    "distilbert": (
        "DistilBertModel",
        {
            "activation": "gelu",
            "architectures": ["DistilBertForMaskedLM"],
            "attention_dropout": 0.1,
            "dim": 24,
            "dropout": 0.1,
            "hidden_dim": 36,
            "initializer_range": 0.02,
            "max_position_embeddings": 44,
            "model_type": "distilbert",
            "n_heads": 4,
            "n_layers": 2,
            "pad_token_id": 0,
            "qa_dropout": 0.1,
            "seq_classif_dropout": 0.2,
            "sinusoidal_pos_embds": False,
            "tie_weights_": True,
            "vocab_size": 50,
        },
        {"pad": 0, "names": prefixed("distilbert")},
    ),
    "electra": (
        "ElectraModel",
        {
            "architectures": ["ElectraForPreTraining"],
            **BERT,
            "embedding_size": 16,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": 44,
            "model_type": "electra",
            "pad_token_id": 0,
            "summary_activation": "gelu",
            "summary_last_dropout": 0.1,
            "summary_type": "first",
            "summary_use_proj": True,
            "type_vocab_size": 2,
            "vocab_size": 50,
        },
        {"pad": 0, "segments": 2, "names": prefixed("electra")},
    ),
    "albert": (
        "AlbertModel",
        {
            "architectures": ["AlbertForMaskedLM"],
            **BERT,
            "attention_probs_dropout_prob": 0,
            "bos_token_id": 2,
            "classifier_dropout_prob": 0.1,
            "down_scale_factor": 1,
            "embedding_size": 16,
            "eos_token_id": 3,
            "gap_size": 0,
            "hidden_act": "gelu_new",
            "hidden_dropout_prob": 0,
            "inner_group_num": 2,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": 44,
            "model_type": "albert",
            "net_structure_type": 0,
            "num_hidden_groups": 2,
            "num_hidden_layers": 4,
            "num_memory_blocks": 0,
            "pad_token_id": 0,
            "type_vocab_size": 2,
            "vocab_size": 50,
        },
        {"pad": 0, "segments": 2, "names": prefixed("albert")},
    ),
    "mpnet": (
        "MPNetModel",
        {
            "architectures": ["MPNetForMaskedLM"],
            **BERT,
            "bos_token_id": 0,
            "eos_token_id": 2,
            "layer_norm_eps": 1e-05,
            "max_position_embeddings": 46,
            "model_type": "mpnet",
            "pad_token_id": 1,
            "relative_attention_num_buckets": 32,
            "vocab_size": 50,
        },
        {"pad": 1},
    ),
    "xlnet": ("XLNetModel", XLNET, {"pad": 5, "segments": 2, "last": 2, "names": prefixed("transformer")}),
    "xlnet-clamped": (
        "XLNetModel",
        {**XLNET, "clamp_len": 6, "ff_activation": "relu"},
        {"pad": 5, "segments": 2, "last": 2},
    ),
    "xlm": (
        "XLMModel",
        {"architectures": ["XLMWithLMHeadModel"], "model_type": "xlm", **XLM},
        {"pad": 2, "names": prefixed("transformer")},
    ),
    "xlm-sinusoidal": (
        "XLMModel",
        {
            "architectures": ["XLMModel"],
            "model_type": "xlm",
            **XLM,
            "gelu_activation": False,
            "lang2id": {"de": 0, "en": 1},
            "n_langs": 2,
            "sinusoidal_embeddings": True,
        },
        {"pad": 2},
    ),
    "modernbert": ("ModernBertModel", MODERNBERT, {"pad": 48, "names": prefixed("model")}),
    "nomic-bert": ("NomicBertModel", NOMIC, {"pad": 0, "segments": 2}),
    "nomic-bert-hub": (
        "NomicBertModel",
        NOMIC_HUB,
        {"pad": 0, "segments": 2, "names": nomic_names, "reference": NOMIC},
    ),
    "t5": ("T5EncoderModel", {"architectures": ["T5ForConditionalGeneration"], **T5}, {"pad": 0, "names": t5_names}),
    "t5-gated": ("T5EncoderModel", {"architectures": ["T5EncoderModel"], **T5_GATED}, {"pad": 0, "names": t5_names}),
    "mt5": (
        "MT5EncoderModel",
        {**T5_GATED, "architectures": ["MT5ForConditionalGeneration"], "model_type": "mt5"},
        {"pad": 0, "names": t5_names},
    ),
    "qwen2": (
        "Qwen2Model",
        {"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", **QWEN, "tie_word_embeddings": True},
        {"names": prefixed("model")},
    ),
    "qwen3": (
        "Qwen3Model",
        {
            "architectures": ["Qwen3ForCausalLM"],
            "model_type": "qwen3",
            **QWEN,
            "attention_bias": False,
            "head_dim": 8,
            "rope_scaling": None,
            "tie_word_embeddings": True,
        },
        {},
    ),
    "gemma3": ("Gemma3TextModel", GEMMA, {"pad": 0}),
    "gemma3-causal": (
        "Gemma3TextModel",
        {**GEMMA, "sliding_window": 7, "use_bidirectional_attention": False},
        {"pad": 0},
    ),
    "deberta": (
        "DebertaModel",
        # Positions farther apart than 24 count as 24.
        {"architectures": ["DebertaModel"], "model_type": "deberta", **DEBERTA, "max_position_embeddings": 24},
        {"pad": 0, "names": prefixed("deberta")},
    ),
    "deberta-v2": ("DebertaV2Model", DEBERTA_V2, {"pad": 0, "names": prefixed("deberta")}),
    "deberta-v2-conv": (
        "DebertaV2Model",
        {
            **DEBERTA_V2,
            "attention_head_size": 6,
            "conv_act": "gelu",
            "conv_kernel_size": 3,
            "embedding_size": 16,
            "norm_rel_ebd": "none",
            "position_biased_input": True,
            "share_att_key": False,
            "type_vocab_size": 2,
        },
        {"pad": 0, "segments": 2},
    ),
    "gte": ("GteModel", GTE_NATIVE, {"pad": 1}),
    "gte-new": (
        "GteModel",
        GTE_HUB,
        {"pad": 1, "names": gte_names, "reference": GTE_NATIVE, "change": stretch_as_ntk},
    ),
}
SEGMENTLESS = ("distilbert", "mpnet", "xlm", "modernbert", "t5", "mt5", "qwen2", "qwen3", "gemma3")


def write_one(folder, kind, config, pad=None, segments=1, last=None, names=None, reference=None, change=None):
    kind = getattr(transformers, kind)
    told = reference or config
    fresh = kind(kind.config_class.from_dict(told))
    randomize(fresh, 3)
    if hasattr(fresh, "pooler"):
        # Nobody reads it, so it is not there.
        fresh.pooler = None
    tensors = fresh.state_dict()
    if names:
        tensors = names(tensors)
    model = load(kind, told, tensors)
    known = fresh.state_dict()
    assert all(torch.equal(known[name], tensor) for name, tensor in model.state_dict().items() if name in known)
    if change:
        change(model)
    rows = sequences(4, config["vocab_size"], pad, segments, last)
    takes_segments = not folder.name.startswith(SEGMENTLESS)
    write_encoder(folder, config, tensors, model, rows, takes_segments)


def write(fixtures):
    transformers.utils.logging.set_verbosity_error()
    for name, (kind, config, how) in ENCODERS.items():
        write_one(fixtures / "encoders" / name, kind, config, **how)
