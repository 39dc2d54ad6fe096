"""Tests/Fixtures/encoders: a tiny model of each architecture and the rows after each of its layers.

Each row of ENCODERS is written with random weights, read back by transformers' own class and run, one sequence at a
time, with eager attention in float32. `config.json` is what the models of that family have on the hub; where the
native class of transformers reads other keys than the models have, `reference` is what it is told instead.
"""

import torch
import transformers

from .encoder_configs import (
    BERT,
    DEBERTA,
    DEBERTA_V2,
    ERNIE,
    GEMMA,
    GTE_HUB,
    GTE_NATIVE,
    MODERNBERT,
    NOMIC,
    NOMIC_HUB,
    QWEN,
    ROBERTA,
    T5,
    T5_GATED,
    XLM,
    XLNET,
)
from .later_encoders import LATER, LATER_SEGMENTLESS, prefixed
from .random_model import load, randomize, sequences, write_encoder


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
    "ernie": (
        "ErnieModel",
        {
            "architectures": ["ErnieForMaskedLM"],
            "model_type": "ernie",
            **ERNIE,
            "task_type_vocab_size": 16,
            "use_task_id": True,
        },
        {"pad": 0, "segments": 4, "names": prefixed("ernie")},
    ),
    "ernie-untold": (
        "ErnieModel",
        {"architectures": ["ErnieModel"], "model_type": "ernie", **ERNIE},
        {"pad": 0, "segments": 4},
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
    **LATER,
}
SEGMENTLESS = ("distilbert", "mpnet", "xlm", "modernbert", "t5", "mt5", "qwen2", "qwen3", *LATER_SEGMENTLESS)


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
