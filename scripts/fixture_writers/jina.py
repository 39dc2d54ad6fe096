"""Tests/Fixtures/encoders/jina-bert-v2: BERT with ALiBi and a gated feed-forward, which is remote code on the hub.

No class of transformers computes it, so the formula stands here (jinaai/jina-bert-implementation): scores get
-slope·|i - j| instead of position embeddings, and mlp(x) = LayerNorm(wo(gelu(a)·b) + x), where a and b are the halves
of gated_layers(x).
"""

import math

import torch
from torch import nn
from torch.nn.functional import gelu
from transformers.modeling_outputs import BaseModelOutput

from .random_model import randomize, sequences, write_encoder

HEADS = 6  # Not a power of two: four slopes are of four heads, two are every other of eight.
CONFIG = {
    "architectures": ["JinaBertForMaskedLM"],
    "attention_probs_dropout_prob": 0.0,
    "attn_implementation": "torch",
    "auto_map": {
        "AutoConfig": "jinaai/jina-bert-implementation--configuration_bert.JinaBertConfig",
        "AutoModel": "jinaai/jina-bert-implementation--modeling_bert.JinaBertModel",
    },
    "classifier_dropout": None,
    "emb_pooler": "mean",
    "feed_forward_type": "geglu",
    "gradient_checkpointing": False,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": 24,
    "initializer_range": 0.02,
    "intermediate_size": 36,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 8192,
    "model_max_length": 8192,
    "model_type": "bert",
    "num_attention_heads": HEADS,
    "num_hidden_layers": 3,
    "pad_token_id": 0,
    "position_embedding_type": "alibi",
    "type_vocab_size": 2,
    "use_cache": True,
    "vocab_size": 50,
}


def slopes(heads):
    power = 2 ** math.floor(math.log2(heads))
    first = [2 ** (-8 * (i + 1) / power) for i in range(power)]
    return first if power == heads else first + slopes(2 * power)[0::2][: heads - power]


class Block(nn.Module):
    """The modules named, none of which calls another by itself."""

    def __init__(self, /, **parts):
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)


def layer(hidden, inner):
    def norm():
        return nn.LayerNorm(hidden, eps=1e-12)

    def linear():
        return nn.Linear(hidden, hidden)

    attention = Block(
        self=Block(query=linear(), key=linear(), value=linear()), output=Block(dense=linear(), LayerNorm=norm())
    )
    gated = nn.Linear(hidden, 2 * inner, bias=False)
    return Block(attention=attention, mlp=Block(gated_layers=gated, wo=nn.Linear(inner, hidden), layernorm=norm()))


class JinaBERT(nn.Module):
    def __init__(self):
        super().__init__()
        hidden, inner = CONFIG["hidden_size"], CONFIG["intermediate_size"]
        self.embeddings = Block(
            word_embeddings=nn.Embedding(CONFIG["vocab_size"], hidden),
            token_type_embeddings=nn.Embedding(2, hidden),
            LayerNorm=nn.LayerNorm(hidden, eps=1e-12),
        )
        self.encoder = Block(layer=nn.ModuleList([layer(hidden, inner) for _ in range(3)]))

    def attend(self, x, one):
        def split(rows):
            return rows.view(len(x), HEADS, -1).transpose(0, 1)

        q, k, v = (split(getattr(one.self, name)(x)) for name in ("query", "key", "value"))
        places = torch.arange(len(x))
        bias = -(places[None] - places[:, None]).abs() * torch.tensor(slopes(HEADS))[:, None, None]
        scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1]) + bias
        return (scores.softmax(-1) @ v).transpose(0, 1).reshape(x.shape)

    def forward(self, input_ids, attention_mask, token_type_ids, output_hidden_states):
        x = self.embeddings.word_embeddings(input_ids[0])
        x = self.embeddings.LayerNorm(x + self.embeddings.token_type_embeddings(token_type_ids[0]))
        states = [x]
        for one in self.encoder.layer:
            out, mlp = one.attention.output, one.mlp
            x = out.LayerNorm(out.dense(self.attend(x, one.attention)) + x)
            first, second = mlp.gated_layers(x).chunk(2, dim=-1)
            x = mlp.layernorm(mlp.wo(gelu(first) * second) + x)
            states.append(x)
        return BaseModelOutput(x[None], tuple(state[None] for state in states))


def write(fixtures):
    model = JinaBERT().eval()
    randomize(model, 3)
    rows = sequences(4, CONFIG["vocab_size"], pad=0, segments=2)
    write_encoder(fixtures / "encoders/jina-bert-v2", CONFIG, model.state_dict(), model, rows, takes_segments=True)
