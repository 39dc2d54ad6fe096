"""tokenizer.json files made up for a purpose, and what the library `tokenizers` makes of texts with them."""

import json

from tokenizers import Tokenizer


def added_token(id, content, **properties):
    usual = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {"id": id, "content": content, **usual, **properties}


def whole(model, **stages):
    parts = ["added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"]
    empty = {"version": "1.0", "truncation": None, "padding": None, **dict.fromkeys(parts), "added_tokens": []}
    return {**empty, "model": model, **stages}


def template(single, pair, specials):
    """`single` and `pair` are lists of `[CLS]:0` and `$A:0`; `specials` maps each special to its ids and tokens."""

    def part(text):
        name, segment = text.rsplit(":", 1)
        if name.startswith("$"):
            return {"Sequence": {"id": name[1:], "type_id": int(segment)}}
        return {"SpecialToken": {"id": name, "type_id": int(segment)}}

    return {
        "type": "TemplateProcessing",
        "single": [part(text) for text in single],
        "pair": [part(text) for text in pair],
        "special_tokens": {
            name: {"id": name, "ids": ids, "tokens": tokens} for name, (ids, tokens) in specials.items()
        },
    }


def compact(value, ascii=False):
    return json.dumps(value, ensure_ascii=ascii, separators=(",", ":")) + "\n"


def record(folder, spec, texts, *, plain=True, normalized="when there is a normalizer", limits=(), ascii=True):
    """Writes tokenizer.json and cases.jsonl; `limits` has (text, limit, side) of texts to cut."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tokenizer.json"
    path.write_text(compact(spec), encoding="utf-8")
    tokenizer = Tokenizer.from_file(str(path))
    rows = []
    for text in texts:
        encoding = tokenizer.encode(text)
        row = {"text": text, "ids": encoding.ids, "segments": encoding.type_ids}
        if plain:
            row["plain"] = tokenizer.encode(text, add_special_tokens=False).ids
        if tokenizer.normalizer is not None:
            row["normalized"] = tokenizer.normalizer.normalize_str(text)
        elif normalized == "always":
            row["normalized"] = text
        rows.append(row)
    for text, limit, side in limits:
        tokenizer.enable_truncation(limit, direction=side)
        encoding = tokenizer.encode(text)
        rows.append({"text": text, "limit": limit, "side": side, "ids": encoding.ids, "segments": encoding.type_ids})
    (folder / "cases.jsonl").write_text("".join(compact(row, ascii) for row in rows), encoding="utf-8")
