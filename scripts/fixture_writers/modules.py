"""Tests/Fixtures/pipelines: complete tiny models, one for each module that sentence-transformers has, and old layouts.

The modules are saved by sentence-transformers itself (the new schema), then `modules.json` and the settings are put
into the old schema where a fixture is about that. Vectors are recorded one text at a time.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Router, Transformer
from sentence_transformers.sentence_transformer.modules import (
    CNN,
    LSTM,
    BoW,
    Dropout,
    LayerNorm,
    Pooling,
    StaticEmbedding,
    WeightedLayerPooling,
    WordEmbeddings,
    WordWeights,
)
from sentence_transformers.sentence_transformer.modules.tokenizer import WhitespaceTokenizer
from tokenizers import Tokenizer

from .bert import write_old_modules, write_tokenizer
from .files import rounded, write_json, write_lines
from .pipelines import VOCABULARY, write_tiny_bert
from .random_model import randomize
from .recording import record
from .texts import TEXTS

WORDS = ["PADDING_TOKEN", "the", "cat", "sat", "on", "mat", "Paris", "river", "old", "house", "is", "it", "and", "café"]
STOP_WORDS = ["a", "by"]
SENTENCES = [
    "The cat sat on the mat.",
    "the cat",
    "Paris",
    "river house old house, river!",
    "It is (old) and Café is a house by the river; the cat and the mat and the cat sat on it.",
    "cat unknown cat UNKNOWN mat",
]
WORDLESS = ["", "   ", "unknown words", "a by a"]


def seeded(*modules):
    """The modules with random weights, all of which matter, in the order they are given."""
    for seed, module in enumerate(modules):
        randomize(module, 20 + seed)
    return list(modules)


def save(folder, modules, prompts=None):
    """What `SentenceTransformer.save` writes, without the README it composes."""
    shutil.rmtree(folder, ignore_errors=True)
    model = SentenceTransformer(modules=modules, device="cpu", prompts=prompts)
    model.save_pretrained(str(folder), create_model_card=False)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)


def vectors(folder, texts, kinds=("embedding",), ids=None):
    """Rows for golden.jsonl: the vectors of each text alone; `ids` says how to ask the model for its tokens."""
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    encode = {"embedding": model.encode, "query": model.encode_query, "document": model.encode_document}
    rows = []
    for text in texts:
        row = {"text": text}
        if ids:
            row["ids"] = ids(model, text)
        for kind in kinds:
            row[kind] = rounded(encode[kind](text, convert_to_tensor=True).float())
        rows.append(row)
    write_lines(folder / "golden.jsonl", rows)


def static_ids(model, text):
    return model.preprocess([text])["input_ids"].tolist()


def word_ids(model, text):
    features = model.preprocess([text])
    return [i for i, kept in zip(features["input_ids"][0].tolist(), features["attention_mask"][0].tolist()) if kept]


def transformer(**settings):
    """The Transformer module of the tiny BERT that all these pipelines have."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tiny_bert(folder)
        write_tokenizer(folder, VOCABULARY, 40)
        config = json.loads((folder / "config.json").read_text())
        write_json(folder / "config.json", {**config, **settings})
        return Transformer(str(folder), max_seq_length=24)


def after_bert(folder, *modules, **settings):
    save(folder, [transformer(**settings), *modules])
    write_lines(folder / "golden.jsonl", record(folder, TEXTS))


def write_dense(pipelines):
    folder = pipelines / "dense-old-schema"
    dense = seeded(Dense(16, 12))
    after_bert(folder, Pooling(16), *dense)
    # As sentence-transformers 2 wrote it.
    write_json(
        folder / "2_Dense/config.json",
        {
            "in_features": 16,
            "out_features": 12,
            "bias": True,
            "activation_function": "torch.nn.modules.activation.Tanh",
        },
    )
    with tempfile.TemporaryDirectory() as name:
        write_old_modules(Path(name), 16, ["mean_tokens"], 24, False, {})
        modules = json.loads((Path(name) / "modules.json").read_text())
        shutil.copytree(name, folder, dirs_exist_ok=True)
    modules.append({"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    write_json(folder / "modules.json", modules)
    write_lines(folder / "golden.jsonl", record(folder, TEXTS))

    gelu = torch.nn.GELU()
    projected = Dense(16, 12, bias=False, activation_function=gelu, use_residual=True)
    added = Dense(12, 12, activation_function=torch.nn.SiLU(), use_residual=True)
    after_bert(pipelines / "dense-residual", Pooling(16), *seeded(projected, added))
    tokens = Dense(16, 12, activation_function=None, module_input_name="token_embeddings")
    after_bert(pipelines / "dense-on-tokens", *seeded(tokens), Pooling(12, pooling_mode=("cls", "mean")))


def write_small(pipelines):
    after_bert(pipelines / "layer-norm", Pooling(16), *seeded(LayerNorm(16)))
    after_bert(pipelines / "dropout", Pooling(16), Dropout(0.3), Normalize())
    weights = torch.nn.Parameter(torch.tensor([0.5, 1.25]))
    layers = WeightedLayerPooling(16, num_hidden_layers=2, layer_start=1, layer_weights=weights)
    after_bert(pipelines / "weighted-layer-pooling", layers, Pooling(16), output_hidden_states=True)
    # Where the model does not give its layers, the module does nothing.
    layers = WeightedLayerPooling(16, num_hidden_layers=2, layer_start=1, layer_weights=weights)
    after_bert(pipelines / "weighted-layer-pooling-idle", layers, Pooling(16))


def words(limit=1000000):
    tokenizer = WhitespaceTokenizer(WORDS, stop_words=STOP_WORDS, do_lower_case=False)
    torch.manual_seed(30)
    return WordEmbeddings(tokenizer, torch.randn(len(WORDS), 8), max_seq_length=limit)


def write_words(pipelines):
    weights = WordWeights(WORDS, {"the": 0.25, "cat": 1.5, "paris": 2, "house": 0.75}, unknown_word_weight=0.5)
    modes = ("mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken")
    for name, modules, texts in [
        ("word-embeddings", [words(), Pooling(8)], SENTENCES + WORDLESS),
        ("word-embeddings-limited", [words(limit=5), Pooling(8, pooling_mode=("max", "mean"))], SENTENCES),
        ("word-weights", [words(), weights, Pooling(8, pooling_mode=modes)], SENTENCES + WORDLESS),
        ("lstm", [words(), *seeded(LSTM(8, 6, num_layers=2)), Pooling(12)], SENTENCES + WORDLESS),
        (
            "lstm-one-way",
            [words(), *seeded(LSTM(8, 6, bidirectional=False)), Pooling(6, pooling_mode=("lasttoken", "mean"))],
            SENTENCES + WORDLESS,
        ),
        (
            "cnn",
            [words(), *seeded(CNN(8, 5, [1, 3, 5])), Pooling(15, pooling_mode="mean")],
            SENTENCES + WORDLESS,
        ),
        # An even width makes a row less than there are words, and fewer words than the width make none.
        (
            "cnn-even",
            [words(), *seeded(CNN(8, 5, [2, 4])), Pooling(10, pooling_mode=("mean", "max"))],
            [s for s in SENTENCES if s not in ("Paris", "the cat")],
        ),
    ]:
        save(pipelines / name, modules)
        sort_stop_words(pipelines / name)
        vectors(pipelines / name, texts, ids=word_ids)


def sort_stop_words(folder):
    """They are saved in the order of a Python set, another each time."""
    for path in folder.rglob("whitespacetokenizer_config.json"):
        config = json.loads(path.read_text())
        path.write_text(json.dumps({**config, "stop_words": sorted(config["stop_words"])}))


def write_bags(pipelines):
    weights = {"the": 0.25, "cat": 1.5, "paris": 2, "house": 0.75}
    for name, cumulative in [("bow", True), ("bow-once", False)]:
        bag = BoW(WORDS[1:], weights, unknown_word_weight=0.5, cumulative_term_frequency=cumulative)
        save(pipelines / name, [bag])
        vectors(pipelines / name, SENTENCES + WORDLESS)


def static(precision=torch.float32):
    with tempfile.TemporaryDirectory() as name:
        write_tokenizer(Path(name), VOCABULARY, 40, baked=False)
        tokenizer = Tokenizer.from_file(str(Path(name) / "tokenizer.json"))
    torch.manual_seed(31)
    return StaticEmbedding(tokenizer, torch.randn(len(VOCABULARY), 12).to(precision))


def write_static(pipelines):
    # Texts of no token at all are among TEXTS.
    save(pipelines / "static-embedding", [static(), Normalize()], prompts={"query": "find: ", "document": ""})
    vectors(pipelines / "static-embedding", TEXTS, ("embedding", "query", "document"), static_ids)
    folder = pipelines / "static-embedding-half"
    save(folder, [static(torch.float16)])
    vectors(folder, TEXTS, ids=static_ids)
    folder = pipelines / "static-embedding-old"
    save(folder, [static()])
    (folder / "0_StaticEmbedding").mkdir()
    for name in ("tokenizer.json", "model.safetensors"):
        (folder / name).rename(folder / "0_StaticEmbedding" / name)
    write_json(
        folder / "modules.json",
        [
            {
                "idx": 0,
                "name": "0",
                "path": "0_StaticEmbedding",
                "type": "sentence_transformers.models.StaticEmbedding",
            }
        ],
    )
    vectors(folder, TEXTS, ids=static_ids)


def write_routes(pipelines):
    both = ("embedding", "query", "document")
    router = Router.for_query_document(
        [static(), *seeded(Dense(12, 16, activation_function=None))], [transformer(), Pooling(16)]
    )
    save(pipelines / "router", [router, Normalize()], prompts={"query": "find: ", "document": ""})
    vectors(pipelines / "router", TEXTS, both)

    # The older layout: the routes after the pooling, each a list of modules that may share one.
    folder = pipelines / "asym"
    query, document, shared = seeded(Dense(16, 12), Dense(16, 12, bias=False), Dense(12, 8))
    save(folder, [transformer(), Pooling(16), Router({"query": [query, shared], "document": [document, shared]})])
    names = ["query_0_Dense", "document_0_Dense", "query_1_Dense"]
    ids = {name: f"13963{i}_Dense" for i, name in enumerate(names, start=7)}
    (folder / "2_Router").rename(folder / "2_Asym")
    for new, old in ids.items():
        (folder / "2_Asym" / new).rename(folder / "2_Asym" / old)
    (folder / "2_Asym/router_config.json").unlink()
    structure = {"query": ["query_0_Dense", "query_1_Dense"], "document": ["document_0_Dense", "query_1_Dense"]}
    write_json(
        folder / "2_Asym/config.json",
        {
            "types": {old: "sentence_transformers.models.Dense" for old in ids.values()},
            "structure": {route: [ids[name] for name in names] for route, names in structure.items()},
            "parameters": {"allow_empty_key": True},
        },
    )
    paths = ["", "1_Pooling", "2_Asym"]
    write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{name}"}
            for i, (path, name) in enumerate(zip(paths, ["Transformer", "Pooling", "Asym"]))
        ],
    )
    vectors(folder, TEXTS, both)


def write_old_layouts(pipelines):
    """The folders of 2019 and 2020, whose classes no longer exist: recorded from the same files in today's places."""
    for name, first, kind, about in [
        ("layout-0.1", "0_BERT", "BERT", {"__version__": "0.1.0"}),
        ("layout-0.3", "0_Transformer", "Transformer", {"__version__": "0.3.0"}),
    ]:
        folder = pipelines / name
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as today:
            write_tiny_bert(Path(today))
            special = write_tokenizer(Path(today), VOCABULARY, 40)
            # The class BERT counted the text's own tokens: two more in all.
            write_old_modules(Path(today), 16, ["mean_tokens"], 26 if kind == "BERT" else 24, False, {})
            rows = record(Path(today), TEXTS)
            (folder / first).mkdir(parents=True)
            for part in ("config.json", "model.safetensors", "tokenizer_config.json"):
                shutil.copy(Path(today) / part, folder / first / part)
        write_json(folder / "config.json", about)
        write_json(folder / first / "special_tokens_map.json", special)
        (folder / first / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
        limit = {"max_seq_length": 24, "do_lower_case": False} if kind == "BERT" else {"max_seq_length": 24}
        write_json(folder / first / "sentence_bert_config.json", limit)
        flags = {f"pooling_mode_{mode}": mode == "mean_tokens" for mode in ("cls_token", "mean_tokens", "max_tokens")}
        write_json(
            folder / "1_Pooling/config.json",
            {"word_embedding_dimension": 16, **flags, "pooling_mode_mean_sqrt_len_tokens": False},
        )
        write_json(
            folder / "modules.json",
            [
                {"idx": 0, "name": "0", "path": first, "type": f"sentence_transformers.models.{kind}"},
                {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            ],
        )
        write_lines(folder / "golden.jsonl", rows)


def write(fixtures):
    pipelines = fixtures / "pipelines"
    for part in (write_dense, write_small, write_words, write_bags, write_static, write_routes, write_old_layouts):
        part(pipelines)
