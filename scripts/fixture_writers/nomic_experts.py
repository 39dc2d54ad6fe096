"""The row nomic-bert-experts of Tests/Fixtures/encoders: nomic-embed-text-v2-moe's kind of network, which no class of
transformers is; written out here by the formulas of its model card and of Shazeer et al., 2017."""

import math
from types import SimpleNamespace

import torch
from torch import nn

from .random_model import randomize, sequences, write_encoder

CONFIG = {
    "activation_function": "gelu",
    "architectures": ["NomicBertModel"],
    "causal": False,
    "expert_choice_router": False,
    "layer_norm_epsilon": 1e-05,
    "mlp_fc1_bias": True,
    "mlp_fc2_bias": True,
    "model_type": "nomic_bert",
    "moe_every_n_layers": 2,
    "moe_normalize_expert_weights": False,
    "moe_top_k": 2,
    "n_embd": 24,
    "n_head": 4,
    "n_inner": 36,
    "n_layer": 4,
    "n_positions": 64,
    "num_experts": 5,
    "pad_token_id": 1,
    "prenorm": False,
    "qkv_proj_bias": True,
    "rotary_emb_base": 10000,
    "rotary_emb_fraction": 1.0,
    "rotary_emb_interleaved": False,
    "rotary_emb_scale_base": None,
    "rotary_scaling_factor": None,
    "type_vocab_size": 1,
    "use_rms_norm": False,
    "vocab_size": 50,
}


class Experts(nn.Module):
    """Each token through the two that the router gives the most weight, which is not made to sum to one."""

    def __init__(self):
        super().__init__()
        hidden, inner, count = CONFIG["n_embd"], CONFIG["n_inner"], CONFIG["num_experts"]
        self.router = nn.Module()
        self.router.layer = nn.Linear(hidden, count, bias=False)
        self.experts = nn.Module()
        self.experts.mlp = nn.Module()
        self.experts.mlp.w1 = nn.Parameter(torch.empty(count * inner, hidden))
        self.experts.mlp.w2 = nn.Parameter(torch.empty(count * inner, hidden))
        self.experts.bias = nn.Parameter(torch.empty(hidden))

    def forward(self, x):
        weights = self.router.layer(x).softmax(-1)
        chosen = torch.zeros_like(weights).scatter(-1, weights.topk(CONFIG["moe_top_k"]).indices, 1)
        up = self.experts.mlp.w1.view(CONFIG["num_experts"], -1, CONFIG["n_embd"])
        down = self.experts.mlp.w2.view_as(up)
        inner = nn.functional.gelu(torch.einsum("th,eih->tei", x, up))
        each = torch.einsum("tei,eih->teh", inner, down)
        return (each * (weights * chosen)[..., None]).sum(1) + self.experts.bias


class Layer(nn.Module):
    def __init__(self, has_experts):
        super().__init__()
        hidden, inner = CONFIG["n_embd"], CONFIG["n_inner"]
        self.attn = nn.Module()
        self.attn.Wqkv = nn.Linear(hidden, 3 * hidden)
        self.attn.out_proj = nn.Linear(hidden, hidden)
        self.norm1 = nn.LayerNorm(hidden, CONFIG["layer_norm_epsilon"])
        self.norm2 = nn.LayerNorm(hidden, CONFIG["layer_norm_epsilon"])
        if has_experts:
            self.mlp = Experts()
        else:
            self.mlp = nn.Module()
            self.mlp.fc1 = nn.Linear(hidden, inner)
            self.mlp.fc2 = nn.Linear(inner, hidden)

    def forward(self, x):
        tokens, heads = len(x), CONFIG["n_head"]
        q, k, v = self.attn.Wqkv(x).view(tokens, 3, heads, -1).permute(1, 2, 0, 3)
        q, k = turned(q), turned(k)
        scores = (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1)
        x = self.norm1(x + self.attn.out_proj((scores @ v).permute(1, 0, 2).reshape(tokens, -1)))
        plain = hasattr(self.mlp, "fc1")
        made = self.mlp.fc2(nn.functional.gelu(self.mlp.fc1(x))) if plain else self.mlp(x)
        return self.norm2(x + made)


def turned(x):
    """Columns i and i + D/2 of each head by position · 10000^(-2i/D): [heads, tokens, D]."""
    half = x.shape[-1] // 2
    angles = torch.arange(x.shape[-2])[:, None] * CONFIG["rotary_emb_base"] ** (-torch.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * angles.cos() - b * angles.sin(), b * angles.cos() + a * angles.sin()), -1)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.word_embeddings = nn.Embedding(CONFIG["vocab_size"], CONFIG["n_embd"])
        self.embeddings.token_type_embeddings = nn.Embedding(1, CONFIG["n_embd"])
        self.emb_ln = nn.LayerNorm(CONFIG["n_embd"], CONFIG["layer_norm_epsilon"])
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(
            Layer(index % CONFIG["moe_every_n_layers"] == 1) for index in range(CONFIG["n_layer"])
        )

    def forward(self, input_ids, token_type_ids, **_):
        x = self.embeddings.word_embeddings(input_ids[0]) + self.embeddings.token_type_embeddings(token_type_ids[0])
        states = [self.emb_ln(x)]
        for layer in self.encoder.layers:
            states.append(layer(states[-1]))
        return SimpleNamespace(hidden_states=[state[None] for state in states], last_hidden_state=states[-1][None])


def write(fixtures):
    network = Network().eval()
    randomize(network, 3)
    rows = sequences(4, CONFIG["vocab_size"], CONFIG["pad_token_id"])
    write_encoder(fixtures / "encoders" / "nomic-bert-experts", CONFIG, network.state_dict(), network, rows, True)
