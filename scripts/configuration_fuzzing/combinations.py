"""Combinations of keys: a family of models, and what of its files is changed."""

import copy
import json
import random

from . import tiny_tokenizers
from .config_keys import config_keys
from .families import ARCHITECTURES, FAMILIES
from .file_keys import DENSE, FILES, GONE, MODULES, NEW, TOKEN_FLAGS

POOLING_FLAGS = {"mean": "mean_tokens", "cls": "cls_token", "lasttoken": "lasttoken"}
OLDER = "(in older files)"
PROMPTED = {"prompts": {"query": "find the cat: ", "document": "text: "}, "default_prompt_name": "query"}
ADDED = {"__type": "AddedToken", "lstrip": False, "normalized": False, "rstrip": False, "single_word": False}
FLAGS = ["cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"]


def modules(kinds, names=None):
    return [
        {
            "idx": i,
            "name": str(i),
            "path": "" if i == 0 else f"{i}_{kind}",
            "type": (names or {}).get(kind, MODULES + kind),
        }
        for i, kind in enumerate(kinds)
    ]


def plain(family):
    """The files of a model of the family that nothing is changed of, by their names."""
    kind, tokenizer_class, config, pooling = FAMILIES[family]
    tokenizer, specials, size = tiny_tokenizers.made(kind, tokenizer_class)
    return {
        "config.json": {
            "architectures": [ARCHITECTURES[family] + "Model"],
            "model_type": family,
            **copy.deepcopy(config),
            "vocab_size": size,
        },
        "tokenizer.json": json.loads(tokenizer),
        "tokenizer_config.json": {"model_max_length": 48, "tokenizer_class": tokenizer_class, **specials},
        "modules.json": modules(["Transformer", "Pooling"]),
        "1_Pooling/config.json": {
            "word_embedding_dimension": 32,
            **{f"pooling_mode_{flag}": flag == POOLING_FLAGS[pooling] for flag in FLAGS},
        },
        "sentence_bert_config.json": {"max_seq_length": 40, "do_lower_case": False},
        "config_sentence_transformers.json": {"__version__": {"sentence_transformers": "3.0.0"}},
    }


def path_changes(family):
    """Changes inside tokenizer.json, as a path to a value and what it may be."""
    told = json.loads(tiny_tokenizers.made(*FAMILIES[family][:2])[0])
    cut = {"direction": "Right", "max_length": 8, "strategy": "LongestFirst", "stride": 0}
    fill = {
        "strategy": {"Fixed": 16},
        "direction": "Right",
        "pad_to_multiple_of": None,
        "pad_id": 0,
        "pad_type_id": 0,
        "pad_token": "x",
    }
    changes = [
        (["truncation"], [cut, {**cut, "direction": "Left"}, {**cut, "max_length": 500}]),
        (["padding"], [fill, {**fill, "strategy": "BatchLongest", "direction": "Left"}]),
        (["decoder"], [None]),
        (["post_processor"], [None]),
        (["normalizer"], [None, {"type": "Lowercase"}, {"type": "NFC"}]),
        (["model", "unk_token"], [None] if "unk_token" in told["model"] else []),
        (["model", "ignore_merges"], [True] if told["model"]["type"] == "BPE" else []),
        (["model", "dropout"], [0.0] if told["model"]["type"] == "BPE" else []),
        (["model", "byte_fallback"], [True, False] if told["model"]["type"] in ("BPE", "Unigram") else []),
        (["model", "max_input_chars_per_word"], [4] if told["model"]["type"] == "WordPiece" else []),
        (["version"], ["2.0"]),
    ]
    if (told["normalizer"] or {}).get("type") == "BertNormalizer":
        for key in ("lowercase", "strip_accents", "clean_text", "handle_chinese_chars"):
            changes.append((["normalizer", key], [True, False]))
    if (told["pre_tokenizer"] or {}).get("type") == "ByteLevel":
        changes += [(["pre_tokenizer", "add_prefix_space"], [True]), (["pre_tokenizer", "use_regex"], [False])]
    if (told["pre_tokenizer"] or {}).get("type") == "Metaspace":
        changes += [(["pre_tokenizer", "prepend_scheme"], ["first", "never"]), (["pre_tokenizer", "split"], [False])]
    for i in range(len(told["added_tokens"])):
        changes += [(["added_tokens", i, flag], [True, False]) for flag in TOKEN_FLAGS]
    return [change for change in changes if change[1]]


def older_files(told):
    """What stood in the place of tokenizer.json before there was one, where its vocabulary can be written so."""
    model = told["model"]
    if model["type"] == "WordPiece":
        vocabulary = sorted(model["vocab"], key=model["vocab"].get)
        return {"vocab.txt": "\n".join(vocabulary) + "\n"}
    if model["type"] == "BPE" and not model["byte_fallback"]:
        merges = [" ".join(pair) for pair in model["merges"]]
        return {"vocab.json": model["vocab"], "merges.txt": "\n".join(["#version: 0.2", *merges]) + "\n"}
    return {"tokenizer.json": told}


def other_files(family, r):
    """A change of a file as a whole."""
    kind = FAMILIES[family][0]
    specials = tiny_tokenizers.KINDS[kind][1]
    return r.choice(
        [
            ("special_tokens_map.json", specials),
            ("special_tokens_map.json", {**specials, "additional_special_tokens": ["cat"]}),
            ("special_tokens_map.json", {name: "the" if name == "sep_token" else t for name, t in specials.items()}),
            ("special_tokens_map.json", {"pad_token": "the"}),
            (
                "special_tokens_map.json",
                {"mask_token": {**ADDED, "content": specials.get("mask_token", "x"), "lstrip": True}},
            ),
            ("added_tokens.json", {"<new>": 900}),
            ("tokenizer.json", OLDER),
            ("tokenizer.json", OLDER),
            ("config_sentence_transformers.json", PROMPTED),
            ("config_sentence_transformers.json", {**PROMPTED, "default_prompt_name": None}),
            ("modules.json", modules(["Transformer", "Pooling", "Normalize"])),
            ("modules.json", modules(["Transformer", "Pooling", "Normalize"], NEW)),
            ("modules.json", modules(["Transformer", "Pooling"], NEW)),
            ("modules.json", modules(["Transformer", "Pooling", "Dropout"])),
            ("modules.json", modules(["Transformer"])),
            ("modules.json", [{**m, "kwargs": ["task"]} for m in modules(["Transformer", "Pooling"])]),
            ("modules.json", [{**m, "idx": 9} for m in modules(["Transformer", "Pooling"])]),
            ("2_Dropout/config.json", {"dropout": 0.5}),
            ("generation_config.json", {"temperature": 0.1, "pad_token_id": 7}),
            ("preprocessor_config.json", {"do_resize": True}),
            ("processor_config.json", {"processor_class": "XProcessor"}),
            ("chat_template.jinja", "{% for m in messages %}<{{ m.content }}>{% endfor %}"),
            ("sentence_roberta_config.json", {"max_seq_length": 5, "do_lower_case": True}),
            ("tokenizer_config.json", GONE),
            ("sentence_bert_config.json", GONE),
            ("config_sentence_transformers.json", GONE),
            ("1_Pooling/config.json", GONE),
            ("modules.json", GONE),
        ]
    )


def change(family, r):
    """One change: a file, the path to a value in it (none for all of it), and the value."""
    kind = r.random()
    if kind < 0.42:
        own, all_ = config_keys(family)
        keys = own if r.random() < 0.65 else all_
        key = r.choice(sorted(keys))
        return {"file": "config.json", "path": [key], "value": r.choice(keys[key])}
    if kind < 0.54:
        path, values = r.choice(path_changes(family))
        return {"file": "tokenizer.json", "path": path, "value": r.choice(values)}
    if kind < 0.64:
        file, value = other_files(family, r)
        return {"file": file, "path": [], "value": value}
    file = r.choices(list(FILES), [4, 2, 1, 2, 1, 1])[0]
    key = r.choice(sorted(FILES[file]))
    return {"file": file, "path": [key], "value": r.choice(FILES[file][key])}


def combination(seed, number):
    """-> (family, changes), the same for the same seed and number."""
    r = random.Random(f"{seed} {number}")
    family = r.choice(sorted(FAMILIES))
    count = r.choice((1, 1, 1, 2, 2, 3, 3, 4, 5, 7))
    changes, seen = [], set()
    made = [change(family, r) for _ in range(count)]
    if any(one["file"][:2] in ("2_", "3_") for one in made):
        # Such a file is read where the list names it alone.
        made.append(
            {"file": "modules.json", "path": [], "value": modules(["Transformer", "Pooling", "Dense", "Normalize"])}
        )
    for one in made:
        place = (one["file"], str(one["path"]))
        if place not in seen:
            seen.add(place)
            changes.append(one)
    return family, changes


def changed(family, changes):
    """The files of the family's model with the changes, those of whole files first."""
    files = plain(family)
    for one in sorted(changes, key=lambda one: bool(one["path"])):
        file, path, value = one["file"], one["path"], copy.deepcopy(one["value"])
        if not path:
            if value == GONE:
                files.pop(file, None)
            elif value == OLDER:
                files |= older_files(files.pop("tokenizer.json"))
            else:
                files[file] = value
            if file == "modules.json" and value != GONE and any(m["path"] == "2_Dense" for m in value):
                files |= {"2_Dense/config.json": dict(DENSE), "3_Normalize/config.json": {}}
            continue
        at = files.get(file)
        for step in path[:-1]:
            at = at[step] if isinstance(at, list) else (at or {}).get(step)
        if at is None:
            continue
        if value == GONE:
            at.pop(path[-1], None)
        else:
            at[path[-1]] = value
    return files


def named(one):
    """A change in a few words."""
    place = one["file"] + (": " + ".".join(map(str, one["path"])) if one["path"] else "")
    if one["value"] == GONE:
        return f"no {place}"
    if one["value"] == OLDER:
        return f"{place} {OLDER}"
    return f"{place} = {json.dumps(one['value'], ensure_ascii=False)}"
