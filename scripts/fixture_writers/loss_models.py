"""Models for losses, whose features hold what they are to return: one vector a text, or one of each layer."""

from types import SimpleNamespace

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

WIDTH = 6
# Those below the last.
LAYERS = 2


class Vectors(torch.nn.Module):
    """A model that returns the features' vectors."""

    device = torch.device("cpu")
    # What guided losses compare, to see whether both models read the same tokens.
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(WordLevel({"a": 0}, unk_token="a")))
    max_seq_length = 8

    def __init__(self, key="sentence_embedding"):
        super().__init__()
        self.key = key

    def forward(self, features):
        return {**features, "sentence_embedding": features[self.key]}

    def get_embedding_dimension(self):
        return WIDTH

    def __getitem__(self, index):
        return self


class LayersOfFeatures(Transformer):
    """A network that returns the features' layers, and leaves them in the features as a real one does."""

    auto_model = SimpleNamespace(config=SimpleNamespace(output_hidden_states=False))

    def __init__(self):
        torch.nn.Module.__init__(self)

    def forward(self, features):
        features["token_embeddings"] = features["all_layer_embeddings"][-1]
        return features


class Layered(SentenceTransformer):
    """A model of such a network, in which a text is one token, and which has no other module."""

    def __init__(self):
        torch.nn.Sequential.__init__(self, LayersOfFeatures())

    def forward(self, features):
        features = self[0](features)
        return {**features, "sentence_embedding": features["token_embeddings"]}

    def get_embedding_dimension(self):
        return WIDTH


def features(column, twin, guide):
    """Of one column: vectors of the model, of its copy, and of a guide."""
    layers = column.split(WIDTH, dim=1)
    return {
        "sentence_embedding": column,
        "twin": twin,
        "guide": guide,
        # The last layer's come first in a column, and last in a network.
        "all_layer_embeddings": [*layers[1:], layers[0]],
    }
