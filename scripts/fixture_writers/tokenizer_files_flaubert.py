"""Tests/Fixtures/tokenizer-files/{flaubert*,moses-words}: FlauBERT's own tokenizer, and the words it hands to BPE.

Python's Unicode shows: 3.11 recorded them (Unicode 14). Each text is stripped first, as sentence-transformers 5.1 did.
"""

import json
import sys

from transformers import FlaubertTokenizer

from .tokenizer_folder import bare, quiet, record, texts, write_files

LETTERS = list("abcdeilmnorstuxz.,'\"-0123«éAD<>/wσς")
SPECIALS = ["<s>", "</s>", "<pad>", "<unk>"] + [f"<special{i}>" for i in range(10)]
# Merges that are there twice, that make what is no piece, and that merge an end alone.
MERGES = "a b|b c|a a|ab a|l '</w>|e s</w>|aa a</w>|a b</w>|ab ab</w>|d e|de s</w>|e t|et c</w>|. .</w>|. .|a b|c </w>"
MERGES = [merge.split(" ") for merge in f"{MERGES}|é é</w>|b </w></w>".split("|")]
MADE = [a + b for a, b in MERGES if (a, b) != ("et", "c</w>")]
VOCABULARY = list(dict.fromkeys([*SPECIALS, *LETTERS, *(f"{c}</w>" for c in LETTERS), *MADE]))
ODD_MERGES = "#version: 0.2\r\na b\r\n\r\nb  c  7\r\na\ta\rlonely\nab a\na b\nc c 3\nb b"
TEXTS = ["", "a", "ab", "aab", "abab", "aaaa", "aaaaa", "aaaaaa", "ababa", "L'été, des mots etc. ..", "<s>a</s>"]
TEXTS += ["<special1>ab<pad>", "<new>a", "<NEW>", "a<new", "abc bc", "éé ÉÉ", "x«y»", "zzz 012", "ΑΣ σ", "a</w>"]
TEXTS += ["e\u0301e\u0301"]


def write_folders(folder, cases):
    count, flaubert = len(VOCABULARY), {"tokenizer_class": "FlaubertTokenizer"}
    files = {
        "vocab.json": {piece: i for i, piece in enumerate(VOCABULARY)},
        "merges.txt": "".join(f"{a} {b} {99 - i}\n" for i, (a, b) in enumerate(MERGES)),
    }
    decoder = {
        "0": bare("<s>", special=True),
        str(count): bare("<new>", normalized=True, special=False),
    }
    separator = bare("<special2>", normalized=True)
    for name, config, more_files in [
        ("flaubert", {**flaubert, "do_lowercase": True, "do_lowercase_and_remove_accent": True}, {}),
        ("flaubert-cased", flaubert, {}),
        (
            "flaubert-added",
            {**flaubert, "do_lowercase": True, "bos_token": "<pad>", "additional_special_tokens": ["<new>"]},
            {
                "special_tokens_map.json": {
                    "sep_token": separator,
                    "additional_special_tokens": ["<new>", "<newer>"],
                },
                "added_tokens.json": {"<new>": count, "<newest>": count + 1},
            },
        ),
        (
            "flaubert-decoder",
            {"do_lowercase": True, "added_tokens_decoder": decoder},
            {"special_tokens_map.json": {"sep_token": "<special2>"}},
        ),
        ("flaubert-odd-merges", flaubert, {"merges.txt": ODD_MERGES}),
    ]:
        write_files(folder / name, {**files, "tokenizer_config.json": config, **more_files})
        record(folder / name, FlaubertTokenizer.from_pretrained(folder / name), cases)


def words(tokenizer, text):
    text = tokenizer.moses_pipeline(tokenizer.preprocess_text(text.strip()), lang="fr")
    return [word for word in tokenizer.moses_tokenize(text, lang="fr") if word]


def write_words(folder, cases):
    lower, cased = (FlaubertTokenizer.from_pretrained(folder / name) for name in ("flaubert", "flaubert-cased"))
    rows = []
    for text in cases:
        found = [(True, words(lower, text)), (False, words(cased, text))]
        for lowercase, parts in found if found[0][1] != found[1][1] else found[:1]:
            row = {"text": text, "do_lowercase": lowercase, "words": parts}
            rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    (folder / "moses-words").mkdir(parents=True, exist_ok=True)
    (folder / "moses-words/cases.jsonl").write_text("".join(rows), encoding="utf-8")


def write(fixtures):
    assert sys.version_info[:2] == (3, 11), "the recorded words are those of Python 3.11"
    quiet()
    folder = fixtures / "tokenizer-files"
    write_folders(folder, TEXTS + texts(fixtures, "flaubert"))
    write_words(folder, texts(fixtures, "moses"))
