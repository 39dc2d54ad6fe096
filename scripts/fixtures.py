#!/usr/bin/env python3
"""Writes models.example/bert-tiny and Tests/Fixtures/{pipelines,encoders}, and records what the reference says.

usage: fixtures.py [MODEL]      (MODEL: the folder of all-MiniLM-L6-v2, models/all-MiniLM-L6-v2 unless said)

Needs exactly the versions in VERSIONS (pip install torch==2.15.0 sentence-transformers==6.2.0
transformers==5.23.0 tokenizers==0.23.3). Run by hand when a fixture changes; the same versions on the same
processor write the same bytes.
"""

import importlib.metadata
import json
import pathlib
import string
import sys

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

VERSIONS = {
    "torch": "2.15.0",
    "sentence-transformers": "6.2.0",
    "transformers": "5.23.0",
    "tokenizers": "0.23.3",
}
TOP = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = TOP / "Tests/Fixtures"
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]

# Texts: what a tokenizer, a limit and a pooling can get wrong.
TEXTS = [
    "The cat sat on the mat.",
    "a",
    "",
    "   ",
    " \t\n ",
    "Where is the river, and how old is the house by the water?",
    "Café Ünïcödé naïve résumé",
    "Cafe\u0301 with a combining accent",
    "猫が好き 我喜欢猫 고양이",
    "I like 😀 and 👩‍👩‍👧 at home 🏠.",
    "\"Well...\" (she said) -- it's 3.14 * 2 = 6.28; isn't it?!",
    "words around [SEP] and [CLS] and [MASK], or [sep]",
    "12345 67890 1st 2nd 3rd",
    "UPPER lower MiXeD straße ИВАН",
    "line one\nline two\r\nline three\u2028line four\u00a0end",
    "nul \u0000 bell \u0007 zero\u200bwidth bom \ufeff bad \ufffd end",
    "unbreakable" * 12 + " then a word",
    "the quick brown fox runs over the lazy dog and the old man sees it all day long " * 3,
]

# More, for the real model.
SENTENCES = [
    "A cat is sleeping on the sofa.",
    "The kitten naps on the couch.",
    "It will rain in Lisbon tomorrow.",
    "How do I boil an egg?",
    "Eggs need about eight minutes in boiling water.",
    "Le chat dort sur le canapé.",
    "Die Katze schläft auf dem Sofa.",
    "El gato duerme en el sofá y no quiere salir.",
    "Кошка спит на диване.",
    "القطة نائمة على الأريكة",
    "बिल्ली सोफ़े पर सो रही है।",
    "def square(x): return x * x  # a function",
    "SELECT name FROM people WHERE age >= 18;",
    "https://example.org/a/path?query=1&other=two#part",
    "someone@example.org wrote on 2024-02-29 at 23:59:59.",
    "E = mc² and ∑ᵢ xᵢ ≤ ½ · π",
    "The invoice of £1,234.56 is due in 30 days.",
    "no punctuation no capitals just a plain line of words that goes on for a while",
    "Antidisestablishmentarianism, floccinaucinihilipilification.",
    "\U0001d54f mathematical letters \U0001d7d8 and a flag \U0001f1f5\U0001f1f9",
    "A library is a room in which one may be quiet together with other people. " * 30,
    "?",
]

COMMON_WORDS = """
the of and to in is it you that he was for on are with as his they be at one have this from or had by hot but some
what there we can out other were all your when up use word how said an each she which do their time if will way
about many then them would write like so these her long make thing see him two has look more day could go come did
my sound no most number who over know water than call first people may down side been now find any new work part
take get place made live where after back little only round man year came show every good me give our under name
very through just form much great think say help low line before turn cause same mean differ move right boy old
too does tell sentence set three want air well also play small end put home read hand cat sat mat river house fox
""".split()
ENDINGS = ["##ing", "##ed", "##er", "##ly", "##tion", "##able", "##ness", "##th", "##st", "##nd"]

# Tiny pipelines: the pooling modes (none: the new schema), `longest` where it is not 24, and whether
# tokenizer.json carries a cut and a filling of its own. MODES are in the order of concatenation.
MODES = ["cls_token", "max_tokens", "mean_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"]
PIPELINES = {
    "bert-cls": {"modes": ["cls_token"]},
    "bert-max": {"modes": ["max_tokens"], "longest": None},
    "bert-mean-sqrt-len": {"modes": ["mean_sqrt_len_tokens"]},
    "bert-weightedmean": {"modes": ["weightedmean_tokens"]},
    "bert-lasttoken": {"modes": ["lasttoken"], "baked": True},
    "bert-concatenated": {"modes": MODES},
    "bert-new-schema": {"modes": None},
}


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_lines(path, rows):
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_tensors(path, tensors):
    save_file({name: t.contiguous() for name, t in tensors.items()}, path, metadata={"format": "pt"})
    path.chmod(0o644)


def pieces(punctuation, words, endings):
    starts = list(string.digits + string.ascii_lowercase)
    known = SPECIALS + list(punctuation) + starts + [f"##{c}" for c in starts] + endings + words
    return list(dict.fromkeys(known))


def tokenizer_json(vocabulary, baked):
    """An uncased BERT tokenizer; `baked` adds the cut and the filling that MiniLM's has and nobody applies."""
    special = [
        {
            "id": i,
            "content": piece,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, piece in enumerate(SPECIALS)
    ]
    first = [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
    ]
    second = [{"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}]
    cut = {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0}
    fill = {
        "strategy": {"Fixed": 8},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "[PAD]",
    }
    return {
        "version": "1.0",
        "truncation": cut if baked else None,
        "padding": fill if baked else None,
        "added_tokens": special,
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": first,
            "pair": first + second,
            "special_tokens": {
                p: {"id": p, "ids": [SPECIALS.index(p)], "tokens": [p]} for p in ("[CLS]", "[SEP]")
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {piece: i for i, piece in enumerate(vocabulary)},
        },
    }


def write_tokenizer(folder, vocabulary, longest, baked=False):
    write_json(folder / "tokenizer.json", tokenizer_json(vocabulary, baked))
    names = {f"{p[1:-1].lower()}_token": p for p in SPECIALS}
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": True,
            "strip_accents": None,
            "tokenize_chinese_chars": True,
            "model_max_length": longest,
            **names,
        },
    )
    return names


def write_bert(folder, seed, **shape):
    """config.json and model.safetensors of a BERT with random weights, every one of which matters."""
    config = BertConfig(**shape)
    torch.manual_seed(seed)
    model = BertModel(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            scale = 0.5 if "embeddings.weight" in name else 0.2 if parameter.dim() == 2 else 0.1
            parameter.normal_(0, scale)
            if name.endswith("LayerNorm.weight"):
                parameter.add_(1)
    write_tensors(folder / "model.safetensors", model.state_dict())
    kept = (
        "attention_probs_dropout_prob hidden_act hidden_dropout_prob hidden_size initializer_range "
        "intermediate_size layer_norm_eps max_position_embeddings model_type num_attention_heads "
        "num_hidden_layers pad_token_id type_vocab_size vocab_size"
    ).split()
    write_json(
        folder / "config.json", {"architectures": ["BertModel"], **{k: getattr(config, k) for k in kept}}
    )


def write_old_modules(folder, hidden, modes, longest, normalize, prompts):
    """What sentence-transformers 2.0 to 5.3 wrote around the transformer."""
    names = ["Transformer", "Pooling"] + (["Normalize"] if normalize else [])
    paths = ["" if i == 0 else f"{i}_{name}" for i, name in enumerate(names)]
    modules = [
        {"idx": i, "name": str(i), "path": paths[i], "type": f"sentence_transformers.models.{name}"}
        for i, name in enumerate(names)
    ]
    write_json(folder / "modules.json", modules)
    flags = {f"pooling_mode_{mode}": mode in modes for mode in MODES}
    write_json(
        folder / "1_Pooling/config.json",
        {"word_embedding_dimension": hidden, **flags, "include_prompt": True},
    )
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": longest, "do_lower_case": False})
    about = {"__version__": {"sentence_transformers": "5.1.0", "transformers": "4.56.0", "pytorch": "2.8.0"}}
    write_json(
        folder / "config_sentence_transformers.json",
        {**about, "prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )


def write_new_modules(folder, hidden):
    """What sentence-transformers 5.4 and later write: other type names, other keys, no limit of its own."""
    library = "sentence_transformers."
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": library + "base.modules.transformer.Transformer"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Pooling",
            "type": library + "sentence_transformer.modules.pooling.Pooling",
        },
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": library + "base.modules.normalize.Normalize"},
    ]
    write_json(folder / "modules.json", modules)
    write_json(
        folder / "1_Pooling/config.json",
        {"embedding_dimension": hidden, "pooling_mode": "mean", "include_prompt": False},
    )
    write_json(
        folder / "2_Normalize/config.json",
        {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"},
    )
    text = {"method": "forward", "method_output_name": "last_hidden_state"}
    write_json(
        folder / "sentence_bert_config.json",
        {
            "transformer_task": "feature-extraction",
            "modality_config": {"text": text},
            "module_output_name": "token_embeddings",
        },
    )
    about = {
        "model_type": "SentenceTransformer",
        "__version__": {"sentence_transformers": "6.2.0", "transformers": "5.23.0", "pytorch": "2.15.0"},
    }
    prompts = {"query": "find: ", "document": "text: "}
    write_json(
        folder / "config_sentence_transformers.json",
        {**about, "prompts": prompts, "default_prompt_name": None, "similarity_fn_name": "dot"},
    )


def rounded(vector):
    return [float(f"{x:.8g}") for x in vector.tolist()]


def record(folder, texts, prompted=False):
    """Each text's ids and vector, encoded alone in float32; `prompted` adds its vectors as query and document."""
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    # The file as it is written is the rule: the ids must be what it gives, cut to the model's limit.
    file = Tokenizer.from_file(str(folder / "tokenizer.json"))
    file.no_padding()
    file.enable_truncation(model.max_seq_length)
    rows = []
    for text in texts:
        ids = model.preprocess([text])["input_ids"][0].tolist()
        assert ids == file.encode(text).ids, (folder, text)
        row = {"text": text, "ids": ids, "embedding": rounded(model.encode(text, convert_to_tensor=True))}
        if prompted:
            row["query"] = rounded(model.encode_query(text, convert_to_tensor=True))
            row["document"] = rounded(model.encode_document(text, convert_to_tensor=True))
        rows.append(row)
    return rows


def write_example():
    folder = TOP / "models.example/bert-tiny"
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = pieces(string.punctuation, COMMON_WORDS + ["猫", "😀"], ENDINGS + ["##ß"])
    special = write_tokenizer(folder, vocabulary, 64)
    write_json(folder / "special_tokens_map.json", special)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    write_bert(
        folder,
        1,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        vocab_size=len(vocabulary),
    )
    write_old_modules(folder, 32, ["mean_tokens"], 32, True, {"query": "find: ", "document": ""})
    write_lines(FIXTURES / "bert-tiny.golden.jsonl", record(folder, TEXTS, prompted=True))
    return folder


def write_pipelines():
    vocabulary = pieces(
        ".,'?!()[]-",
        ["the", "and", "cat", "on", "is", "it", "old", "find", "text", "river", "house"],
        ["##ing", "##s"],
    )
    for name, how in PIPELINES.items():
        folder = FIXTURES / "pipelines" / name
        folder.mkdir(parents=True, exist_ok=True)
        old = how["modes"] is not None
        # One seed for all: git keeps the one file of weights once.
        write_bert(
            folder,
            2,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=24,
            max_position_embeddings=40,
            vocab_size=len(vocabulary),
        )
        write_tokenizer(folder, vocabulary, 40 if old else 20, how.get("baked", False))
        if old:
            write_old_modules(folder, 16, how["modes"], how.get("longest", 24), False, {})
        else:
            write_new_modules(folder, 16)
        write_lines(folder / "golden.jsonl", record(folder, TEXTS, prompted=not old))


def write_hidden_states(model_folder):
    """Every layer's rows for a text and for a pair of texts, whose second half has segment 1."""
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    model = BertModel.from_pretrained(model_folder, local_files_only=True, attn_implementation="eager").eval()
    tensors, sequences = {}, []
    for i, texts in enumerate([("The river is old.",), ("Where did the cat go?", "The cat sat on the mat!")]):
        encoding = tokenizer.encode(*texts)
        with torch.no_grad():
            out = model(
                torch.tensor([encoding.ids]),
                token_type_ids=torch.tensor([encoding.type_ids]),
                output_hidden_states=True,
            )
        for layer, rows in enumerate(out.hidden_states):
            tensors[f"{i}.hidden.{layer}"] = rows[0]
        sequences.append({"texts": list(texts), "ids": encoding.ids, "segments": encoding.type_ids})
    folder = FIXTURES / "encoders/bert"
    write_json(folder / "hidden.json", {"model": "models.example/bert-tiny", "sequences": sequences})
    write_tensors(folder / "hidden.safetensors", tensors)


def main(model):
    for name, version in VERSIONS.items():
        found = importlib.metadata.version(name)
        if found != version:
            sys.exit(f"fixtures.py: {name} is {found}, should be {version}: pip install {name}=={version}")
    torch.set_num_threads(1)
    write_hidden_states(write_example())
    write_pipelines()
    write_lines(FIXTURES / "all-MiniLM-L6-v2.golden.jsonl", record(pathlib.Path(model), SENTENCES + TEXTS))


main(*(sys.argv[1:] or [TOP / "models/all-MiniLM-L6-v2"]))
