"""Tests/Fixtures/heads: a tiny model with a head of each family, and the logits that transformers gives.

Each row of HEADS is a class of transformers and a configuration of `encoder_configs` with what heads add to it. Weights
are random; the reference is read back from files by its own names, and written by those that `names` makes, as models
of that family have them on the hub. Decoders that are the table of words are left out of the file.
"""

import torch
import transformers

from .encoders import ENCODERS, SEGMENTLESS
from .encoder_configs import BERT, GTE_HUB, GTE_NATIVE
from .files import write_json, write_tensors
from .random_model import load, randomize, sequences

LABELS = {"id2label": {"0": "contradiction", "1": "entailment", "2": "neutral"}}
ONE = {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}
SMALL = {"num_hidden_layers": 1}
PLAIN = {
    **BERT,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 44,
    "model_type": "bert",
    "pad_token_id": 0,
    "type_vocab_size": 2,
    "vocab_size": 50,
}
SHALLOW_GEMMA = {**SMALL, "layer_types": ["sliding_attention"]}


def base(name):
    return ENCODERS[name][1]


def renamed(*pairs):
    """The tensors by other names: each pair is what a name has, and what it has in its place."""

    def names(tensors):
        out = {}
        for name, tensor in tensors.items():
            for old, new in pairs:
                name = name.replace(old, new)
            out[name] = tensor
        return out

    return names


def own_decoder(tensors):
    """As old .bin files have them: norms by TensorFlow's names."""
    return renamed(("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta"))(tensors)


new_names = renamed(("gte.", "new."), ("lm_head.layer_norm", "lm_head.norm"))

# name: (class, configuration, what else); `ends` is the id of padding that closes one more sequence, `reference` what
# transformers is told in the place of the configuration.
HEADS = {
    "bert": ("BertForSequenceClassification", {**PLAIN, **SMALL, **ONE}, {"segments": 2}),
    "albert": ("AlbertForSequenceClassification", {**base("albert"), "num_hidden_layers": 2}, {"segments": 2}),
    "ernie": ("ErnieForSequenceClassification", {**base("ernie"), **SMALL, **LABELS}, {"segments": 4}),
    "roberta": ("RobertaForSequenceClassification", {**base("roberta"), **SMALL, **LABELS}, {}),
    "xlm-roberta": ("XLMRobertaForSequenceClassification", {**base("xlm-roberta"), **SMALL, **ONE}, {}),
    "camembert": ("CamembertForSequenceClassification", {**base("camembert"), **SMALL, **ONE}, {}),
    "mpnet": ("MPNetForSequenceClassification", {**base("mpnet"), **SMALL}, {}),
    "distilbert": ("DistilBertForSequenceClassification", {**base("distilbert"), "n_layers": 1, **ONE}, {}),
    "electra": (
        "ElectraForSequenceClassification",
        {**base("electra"), **SMALL, **LABELS, "hidden_act": "relu"},
        {"segments": 2},
    ),
    "deberta": (
        "DebertaForSequenceClassification",
        {**base("deberta"), **SMALL, **LABELS, "pooler_hidden_act": "tanh"},
        {},
    ),
    "deberta-v2": ("DebertaV2ForSequenceClassification", {**base("deberta-v2"), **SMALL, **ONE}, {}),
    "modernbert": (
        "ModernBertForSequenceClassification",
        {
            **base("modernbert"),
            **SMALL,
            **ONE,
            "classifier_activation": "silu",
            "classifier_bias": True,
            "classifier_pooling": "cls",
            "norm_bias": True,
        },
        {},
    ),
    "modernbert-mean": ("ModernBertForSequenceClassification", {**base("modernbert"), **SMALL, **LABELS}, {}),
    "gte": ("GteForSequenceClassification", {**GTE_NATIVE, **SMALL, **ONE}, {}),
    "new": (
        "GteForSequenceClassification",
        {**GTE_HUB, **SMALL, **ONE, "rope_scaling": None},
        {"names": new_names, "reference": {**GTE_NATIVE, **SMALL, **ONE}},
    ),
    "xlnet": ("XLNetForSequenceClassification", {**base("xlnet"), "n_layer": 1, **LABELS}, {"segments": 2}),
    "xlnet-mean": (
        "XLNetForSequenceClassification",
        {**base("xlnet"), "n_layer": 1, **ONE, "summary_activation": "relu", "summary_type": "mean"},
        {"segments": 2},
    ),
    "xlm": ("XLMForSequenceClassification", {**base("xlm"), "n_layers": 1, **LABELS}, {}),
    "qwen2": ("Qwen2ForSequenceClassification", {**base("qwen2"), **SMALL, **ONE, "pad_token_id": 48}, {"ends": 48}),
    "qwen3": ("Qwen3ForSequenceClassification", {**base("qwen3"), **SMALL, **LABELS}, {"ends": 48}),
    "gemma3": ("Gemma3TextForSequenceClassification", {**base("gemma3"), **SHALLOW_GEMMA, **LABELS}, {"ends": 0}),
    "gemma": ("GemmaForSequenceClassification", {**base("gemma"), **SMALL, **ONE}, {"ends": 0}),
    "gemma2": ("Gemma2ForSequenceClassification", {**base("gemma2"), **SMALL, **ONE}, {"ends": 0}),
    "llama": ("LlamaForSequenceClassification", {**base("llama"), **SMALL, **LABELS, "pad_token_id": 48}, {"ends": 48}),
    "mistral": ("MistralForSequenceClassification", {**base("mistral"), **SMALL, **ONE, "pad_token_id": 48}, {"ends": 48}),
    "masked-bert": ("BertForMaskedLM", {**PLAIN, **SMALL}, {"segments": 2}),
    "masked-bert-untied": (
        "BertForMaskedLM",
        {**PLAIN, **SMALL, "hidden_act": "gelu_new", "tie_word_embeddings": False},
        {"segments": 2, "names": own_decoder},
    ),
    "masked-albert": ("AlbertForMaskedLM", {**base("albert"), "num_hidden_layers": 2}, {"segments": 2}),
    "masked-ernie": ("ErnieForMaskedLM", {**base("ernie"), **SMALL}, {"segments": 4}),
    "masked-roberta": ("RobertaForMaskedLM", {**base("roberta"), **SMALL, "hidden_act": "relu"}, {}),
    "masked-xlm-roberta": ("XLMRobertaForMaskedLM", {**base("xlm-roberta"), **SMALL}, {}),
    "masked-camembert": ("CamembertForMaskedLM", {**base("camembert"), **SMALL}, {}),
    "masked-mpnet": ("MPNetForMaskedLM", {**base("mpnet"), **SMALL}, {}),
    "masked-distilbert": ("DistilBertForMaskedLM", {**base("distilbert"), "n_layers": 1, "activation": "relu"}, {}),
    "masked-electra": ("ElectraForMaskedLM", {**base("electra"), **SMALL, "hidden_act": "relu"}, {"segments": 2}),
    "masked-deberta": ("DebertaForMaskedLM", {**base("deberta"), **SMALL}, {}),
    "masked-deberta-v2": (
        "DebertaV2ForMaskedLM",
        {**base("deberta-v2"), **SMALL, "hidden_act": "relu", "legacy": False},
        {},
    ),
    "masked-modernbert": ("ModernBertForMaskedLM", {**base("modernbert"), **SMALL}, {}),
    "masked-modernbert-plain": (
        "ModernBertForMaskedLM",
        {**base("modernbert"), **SMALL, "classifier_bias": True, "decoder_bias": False, "norm_bias": True},
        {},
    ),
    "masked-gte": ("GteForMaskedLM", {**GTE_NATIVE, **SMALL}, {}),
    "masked-new": (
        "GteForMaskedLM",
        {**GTE_HUB, **SMALL, "rope_scaling": None},
        {"names": new_names, "reference": {**GTE_NATIVE, **SMALL}},
    ),
    "causal-qwen2": ("Qwen2ForCausalLM", {**base("qwen2"), **SMALL}, {}),
    "causal-qwen3": ("Qwen3ForCausalLM", {**base("qwen3"), **SMALL, "tie_word_embeddings": False}, {}),
    "causal-gemma": ("GemmaForCausalLM", {**base("gemma"), **SMALL}, {}),
    "causal-gemma2": ("Gemma2ForCausalLM", {**base("gemma2"), **SMALL, "final_logit_softcapping": 5.0}, {}),
    "causal-llama": ("LlamaForCausalLM", {**base("llama"), **SMALL, "tie_word_embeddings": False}, {}),
    "causal-mistral": ("MistralForCausalLM", {**base("mistral"), **SMALL}, {}),
    "causal-gemma3": (
        "Gemma3ForCausalLM",
        {**base("gemma3"), **SHALLOW_GEMMA, "final_logit_softcapping": 5.0},
        {},
    ),
}


def logits(model, rows, takes_segments):
    """What the model returns for each sequence alone: one row of labels, or a row of the vocabulary for each token."""
    tensors = {}
    for i, row in enumerate(rows):
        ids = torch.tensor([row["ids"]])
        given = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if takes_segments:
            given["token_type_ids"] = torch.tensor([row["segments"]])
        with torch.no_grad():
            tensors[f"{i}.logits"] = model(**given).logits[0].clone()
    return tensors


def write_one(folder, kind, config, segments=1, ends=None, names=None, reference=None):
    config = {**config, "architectures": [kind]}
    kind = getattr(transformers, kind)
    told = {**reference, "architectures": [kind.__name__]} if reference else config
    fresh = kind(kind.config_class.from_dict(told))
    randomize(fresh, 5)
    tied = set(fresh.all_tied_weights_keys)
    tensors = {name: tensor for name, tensor in fresh.state_dict().items() if name not in tied}
    model = load(kind, told, tensors)
    assert all(torch.equal(model.state_dict()[name], tensor) for name, tensor in tensors.items())
    rows = sequences(6, config["vocab_size"], ends, segments)
    if ends is not None:
        rows.append({"ids": rows[1]["ids"] + [ends, ends], "segments": rows[1]["segments"] + [0, 0]})
        rows.append({"ids": [ends, ends], "segments": [0, 0]})
    takes_segments = config["model_type"] not in (*SEGMENTLESS, "gemma3_text")
    write_json(folder / "config.json", config)
    write_tensors(folder / "model.safetensors", names(tensors) if names else tensors)
    write_json(folder / "head.json", {"hasSegments": takes_segments, "sequences": rows})
    write_tensors(folder / "head.safetensors", logits(model, rows, takes_segments))


def write(fixtures):
    transformers.utils.logging.set_verbosity_error()
    for name, (kind, config, how) in HEADS.items():
        write_one(fixtures / "heads" / name, kind, config, **how)
