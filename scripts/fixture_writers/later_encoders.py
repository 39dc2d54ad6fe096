"""Rows of Tests/Fixtures/encoders (see encoders.py): networks of LLaMA's kind, and others of 2020 to 2026."""

import torch

from .encoder_configs import GEMMA, QWEN, ROBERTA

LLAMA = {
    **{key: value for key, value in QWEN.items() if key not in ("max_window_layers", "use_sliding_window")},
    "attention_bias": True,
    "head_dim": 8,
    "mlp_bias": True,
    "rms_norm_eps": 1e-05,
    "rope_theta": 500.0,
}
GEMMA_PLAIN = {
    key: value
    for key, value in GEMMA.items()
    if key not in ("layer_types", "rope_local_base_freq", "query_pre_attn_scalar", "sliding_window")
} | {"rope_theta": 10000.0, "use_bidirectional_attention": None}


def jina_names(tensors):
    """The names that jina-embeddings-v3 has on the hub, and that transformers saves by."""
    out = {}
    for name, tensor in tensors.items():
        if "k_proj" in name or "v_proj" in name:
            continue
        if "q_proj" in name:
            tensor = torch.cat([tensors[name.replace("q_proj", part)] for part in ("q_proj", "k_proj", "v_proj")])
        for old, new in (
            ("embeddings.LayerNorm", "emb_ln"),
            ("layers.", "encoder.layers."),
            ("self_attn.q_proj", "mixer.Wqkv"),
            ("self_attn.o_proj", "mixer.out_proj"),
            ("post_attention_layernorm", "norm1"),
            ("post_mlp_layernorm", "norm2"),
        ):
            name = name.replace(old, new)
        out[name] = tensor
    return out


LFM2 = {
    # As LFM2-350M has them, whose inner size is 4608 of 6656.
    "block_auto_adjust_ff_dim": True,
    "block_ffn_dim_multiplier": 1.0,
    "block_multiple_of": 8,
    "conv_L_cache": 3,
    "conv_bias": False,
    "hidden_size": 24,
    "intermediate_size": 54,
    "max_position_embeddings": 64,
    "model_type": "lfm2",
    "norm_eps": 1e-05,
    "num_attention_heads": 4,
    "num_hidden_layers": 4,
    "num_key_value_heads": 2,
    "pad_token_id": 0,
    "rope_theta": 1000000.0,
    "vocab_size": 50,
}


JINA = {
    "attention_probs_dropout_prob": 0.1,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": 24,
    "intermediate_size": 36,
    "layer_norm_eps": 1e-05,
    "max_position_embeddings": 64,
    "num_attention_heads": 4,
    "num_hidden_layers": 3,
    "pad_token_id": 1,
    "type_vocab_size": 1,
    "vocab_size": 50,
}


def prefixed(prefix):
    return lambda tensors: {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


# As in encoders.py: class, config.json, what else.
LATER = {
    "llama": (
        "LlamaModel",
        {
            **LLAMA,
            "architectures": ["LlamaModel"],
            "model_type": "llama",
            "rope_scaling": {
                "factor": 4.0,
                "high_freq_factor": 4.0,
                "low_freq_factor": 1.0,
                "original_max_position_embeddings": 16,
                "rope_type": "llama3",
            },
        },
        {},
    ),
    "llama-two-way": (
        "LlamaModel",
        {**LLAMA, "architectures": ["LlamaModel"], "is_causal": False, "model_type": "llama", "mlp_bias": False},
        {},
    ),
    "mistral": (
        "MistralModel",
        {**LLAMA, "architectures": ["MistralForCausalLM"], "model_type": "mistral", "sliding_window": 7},
        {},
    ),
    "mistral-whole": ("MistralModel", {**LLAMA, "architectures": ["MistralModel"], "model_type": "mistral"}, {}),
    "eurobert": (
        "EuroBertModel",
        {**LLAMA, "architectures": ["EuroBertForMaskedLM"], "model_type": "eurobert", "pad_token_id": 3},
        {},
    ),
    "gemma": (
        "GemmaModel",
        {**GEMMA_PLAIN, "architectures": ["GemmaForCausalLM"], "hidden_act": "gelu", "model_type": "gemma"},
        {"pad": 0},
    ),
    "gemma2": (
        "Gemma2Model",
        {
            **GEMMA_PLAIN,
            "architectures": ["Gemma2ForCausalLM"],
            # Low enough to bend the scores of such small networks.
            "attn_logit_softcapping": 2.0,
            "final_logit_softcapping": 30.0,
            "model_type": "gemma2",
            "query_pre_attn_scalar": 12,
            "sliding_window": 7,
        },
        {"pad": 0},
    ),
    "lfm2": (
        "Lfm2Model",
        {**LFM2, "architectures": ["Lfm2ForCausalLM"], "full_attn_idxs": [1, 3]},
        {"names": prefixed("model")},
    ),
    "lfm2-two-way": (
        "Lfm2Model",
        {
            **LFM2,
            "architectures": ["Lfm2Model"],
            "block_auto_adjust_ff_dim": False,
            "conv_L_cache": 4,
            "conv_bias": True,
            "is_causal": False,
            "layer_types": ["conv", "conv", "full_attention", "conv"],
        },
        {},
    ),
    "clip": (
        "CLIPTextModel",
        {
            "architectures": ["CLIPTextModel"],
            "attention_dropout": 0.0,
            "bos_token_id": 48,
            "eos_token_id": 49,
            "hidden_act": "quick_gelu",
            "hidden_size": 24,
            "intermediate_size": 36,
            "layer_norm_eps": 1e-05,
            "max_position_embeddings": 44,
            "model_type": "clip_text_model",
            "num_attention_heads": 4,
            "num_hidden_layers": 3,
            "pad_token_id": 1,
            "projection_dim": 12,
            "vocab_size": 50,
        },
        {"names": prefixed("text_model")},
    ),
    "embedding-gemma2": (
        "EmbeddingGemma2TextModel",
        {
            "architectures": ["EmbeddingGemma2TextModel"],
            "attention_bias": False,
            "attention_dropout": 0.0,
            "embedding_dim": 28,
            "head_dim": 6,
            "hidden_activation": "gelu_pytorch_tanh",
            "hidden_size": 24,
            "hidden_size_per_layer_input": 10,
            "intermediate_size": 36,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
            "max_position_embeddings": 64,
            "model_type": "embedding_gemma2_text",
            "num_attention_heads": 4,
            "num_hidden_layers": 4,
            "num_key_value_heads": 2,
            "pad_token_id": 0,
            "per_layer_config": {
                "1": {"head_dim": 12, "num_key_value_heads": 1},
                "3": {"head_dim": 12, "num_key_value_heads": 1},
            },
            "rms_norm_eps": 1e-06,
            "rope_parameters": {
                "full_attention": {"rope_theta": 1000000.0, "rope_type": "default"},
                "sliding_attention": {"rope_theta": 10000.0, "rope_type": "default"},
            },
            "sliding_window": 5,
            "vocab_size": 50,
        },
        {"pad": 0},
    ),
    "jina-v3": (
        "JinaEmbeddingsV3Model",
        {
            "architectures": ["JinaEmbeddingsV3Model"],
            **JINA,
            "model_type": "jina_embeddings_v3",
            "rope_parameters": {"rope_theta": 20000.0, "rope_type": "default"},
        },
        {"pad": 1, "names": jina_names},
    ),
    # By the names that jina-embeddings-v3 itself has for it, which transformers does not read.
    "jina-v3-hub": (
        "JinaEmbeddingsV3Model",
        {**JINA, "architectures": ["XLMRobertaModel"], "model_type": "xlm-roberta", "position_embedding_type": "rotary"},
        {
            "pad": 1,
            "names": lambda tensors: prefixed("roberta")(jina_names(tensors)),
            "reference": {**JINA, "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}},
        },
    ),
    "roformer": (
        "RoFormerModel",
        {
            "architectures": ["RoFormerForMaskedLM"],
            "attention_probs_dropout_prob": 0.1,
            "embedding_size": 16,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": 24,
            "intermediate_size": 36,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": 48,
            "model_type": "roformer",
            "num_attention_heads": 4,
            "num_hidden_layers": 3,
            "pad_token_id": 0,
            "rotary_value": False,
            "type_vocab_size": 2,
            "vocab_size": 50,
        },
        {"pad": 0, "segments": 2},
    ),
    "longformer": (
        "LongformerModel",
        {**ROBERTA, "architectures": ["LongformerModel"], "attention_window": [4, 8], "model_type": "longformer"},
        {"pad": 1},
    ),
    "luke": (
        "LukeModel",
        {
            **ROBERTA,
            "architectures": ["LukeModel"],
            "entity_emb_size": 8,
            "entity_vocab_size": 4,
            "model_type": "luke",
            "use_entity_aware_attention": True,
        },
        {"pad": 1},
    ),
}
# Networks whose class takes no segments.
LATER_SEGMENTLESS = ("clip", "llama", "lfm2", "mistral", "eurobert", "gemma", "embedding-gemma2")
