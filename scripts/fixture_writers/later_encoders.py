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
            "attention_probs_dropout_prob": 0.1,
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1,
            "hidden_size": 24,
            "intermediate_size": 36,
            "layer_norm_eps": 1e-05,
            "max_position_embeddings": 64,
            "model_type": "jina_embeddings_v3",
            "num_attention_heads": 4,
            "num_hidden_layers": 3,
            "pad_token_id": 1,
            "rope_parameters": {"rope_theta": 20000.0, "rope_type": "default"},
            "type_vocab_size": 1,
            "vocab_size": 50,
        },
        {"pad": 1, "names": jina_names},
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
LATER_SEGMENTLESS = ("llama", "mistral", "eurobert", "gemma", "embedding-gemma2")
