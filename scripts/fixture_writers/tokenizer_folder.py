"""Folders of a tokenizer without tokenizer.json, and what transformers makes of texts with them."""

import json
import logging

from transformers import logging as about_transformers


def texts(fixtures, topic):
    """Sentences of the French STS benchmark and of this project, mutated at random; kept, since the corpus is not here."""
    return json.loads((fixtures / "tokenizer-files/texts.json").read_text(encoding="utf-8"))[topic]


def bare(content, **properties):
    """An added token as configurations have it."""
    usual = {"content": content, "lstrip": False, "rstrip": False, "single_word": False, "normalized": False}
    return {**usual, **properties}


def write_json(path, value, ascii=True):
    path.write_text(json.dumps(value, ensure_ascii=ascii), encoding="utf-8")


def write_files(folder, files):
    """`files` maps a name to a text, to bytes, or to what becomes JSON; what is None is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        if isinstance(content, str):
            (folder / name).write_text(content, encoding="utf-8", newline="")
        elif content is not None:
            write_json(folder / name, content, ascii=name != "vocab.json")


def record(folder, tokenizer, cases):
    """Writes cases.jsonl with the ids of each text, with special tokens and without them."""
    rows = []
    for text in dict.fromkeys(cases):
        # What sentence-transformers hands over; newer releases no longer strip, and their cases are not stripped.
        given = text.strip() if tokenizer.__class__.__name__ == "FlaubertTokenizer" else text
        row = {"text": text, "ids": tokenizer(given)["input_ids"]}
        row["plain"] = tokenizer(given, add_special_tokens=False)["input_ids"]
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    (folder / "cases.jsonl").write_text("".join(rows), encoding="utf-8")


def quiet():
    logging.disable(logging.CRITICAL)
    about_transformers.set_verbosity_error()
