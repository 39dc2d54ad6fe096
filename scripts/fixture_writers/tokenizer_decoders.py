"""Tests/Fixtures/decoders and places: ids as text again, and the characters of a text that tokens stand for."""

import json
import random

from tokenizers import Tokenizer

from .texts import TEXTS
from .tokenizer_json import compact

WORDPIECE = {"type": "WordPiece", "prefix": "##", "cleanup": True}
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
BYTES = {"type": "ByteFallback"}
FUSE = {"type": "Fuse"}
SPACES = {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}


def strip(content, start, stop):
    return {"type": "Strip", "content": content, "start": start, "stop": stop}


def sequence(*decoders):
    return {"type": "Sequence", "decoders": list(decoders)}


LLAMA = sequence(SPACES, BYTES, FUSE, strip(" ", 1, 0))
# A tokenizer, a decoder, and whether that is what there is where the file has none.
DECODERS = {
    "wordpiece": ("bert-uncased", WORDPIECE, True),
    "wordpiece-unclean": ("bert-cased", {**WORDPIECE, "cleanup": False}, False),
    "wordpiece-roberta": ("roberta-processing", WORDPIECE, True),
    "wordpiece-added": ("added-tokens", WORDPIECE, True),
    "byte-level": ("byte-level-bpe", BYTE_LEVEL, True),
    "byte-level-qwen": ("byte-level-bpe-qwen", BYTE_LEVEL, True),
    "metaspace": ("xlm-roberta", METASPACE, True),
    "metaspace-xlnet": ("xlnet", METASPACE, True),
    "metaspace-never": ("metaspace-first", {**METASPACE, "prepend_scheme": "never"}, False),
    "llama": ("bpe-byte-fallback", LLAMA, True),
    "bytes": ("unigram-bytes", sequence(BYTES, FUSE), False),
    "suffix": ("bpe-affixes", {"type": "BPEDecoder", "suffix": "</w>"}, True),
    "suffix-empty": ("bpe-unknown", {"type": "BPEDecoder", "suffix": ""}, False),
    "strip": ("word-level", strip("t", 1, 0), False),
    # Texts that are shorter than the characters to strip at their end make the reference panic.
    "strip-fused": ("word-level", sequence(strip("t", 0, 1), FUSE, strip("e", 2, 0)), False),
    "replace": ("unigram", {"type": "Replace", "pattern": {"Regex": "[aeiou]+"}, "content": "<>"}, False),
    "replace-empty": ("unigram", {"type": "Replace", "pattern": {"String": ""}, "content": "-"}, False),
    "ctc": (
        "xlm-roberta",
        {"type": "CTC", "pad_token": "<s>", "word_delimiter_token": "▁", "cleanup": True}, False,
    ),
    "ctc-unclean": (
        "word-level", {"type": "CTC", "pad_token": "the", "word_delimiter_token": "a", "cleanup": False}, False,
    ),
    "none": ("word-level", None, True),
}
TRIMMED = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
PLACES = [
    "bert-uncased", "bert-cased", "roberta-processing", "xlm-roberta", "unigram", "unigram-bytes", "xlnet",
    "metaspace-first", "byte-level-bpe", "byte-level-bpe-qwen", "bpe-byte-fallback", "bpe-unknown-fused",
    "bpe-affixes", "precompiled", "nfc", "nfkd", "replace", "added-tokens", "word-level",
]
MORE = [
    "hello  world", " the cat ", "Cafe\u0301 e\u0316\u0301 \u1100\u1161\u11a8 \u0130x ﬁn ½ ①", "中文the<m> a </s>b [MASK]",
    "\u00a0\u3000x\u200by \u0000z", "\u0301a", "ab<s> cd", "12 été ｆｕｌｌ ㌔",
]


def read(fixtures, name, **stages):
    spec = json.loads((fixtures / "tokenizers" / name / "tokenizer.json").read_text(encoding="utf-8"))
    return Tokenizer.from_str(json.dumps({**spec, **stages}))


def decoded(tokenizer, name):
    chance = random.Random(name)
    known = sorted(tokenizer.get_vocab(with_added_tokens=True).values())
    lists = [tokenizer.encode(text).ids for text in TEXTS + MORE]
    lists += [[chance.choice(known) for _ in range(chance.randrange(12))] for _ in range(24)]
    seen = set()
    for ids in lists:
        if tuple(ids[:60]) in seen:
            continue
        seen.add(tuple(ids[:60]))
        texts = [tokenizer.decode(ids[:60], skip_special_tokens=skips) for skips in (False, True)]
        yield {"ids": ids[:60], "text": texts[0], **({} if texts[0] == texts[1] else {"plain": texts[1]})}


def placed(tokenizer):
    for text in TEXTS[:-2] + MORE:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        starts = [0]
        for character in text:
            starts.append(starts[-1] + len(character.encode()))
        places = [[starts[a], starts[b]] for a, b in encoding.offsets]
        yield {"text": text, "ids": encoding.ids, "places": places}


def write(fixtures):
    for folder in ("decoders", "places"):
        (fixtures / folder).mkdir(exist_ok=True)
    for name, (base, decoder, is_standard) in DECODERS.items():
        first = {"tokenizer": base, "decoder": decoder, "standard": is_standard}
        lines = [first, *decoded(read(fixtures, base, decoder=decoder), name)]
        (fixtures / "decoders" / f"{name}.jsonl").write_text("".join(map(compact, lines)), encoding="utf-8")
    cases = {name: (name, {}) for name in PLACES}
    cases["byte-level-trimmed"] = ("byte-level-bpe-qwen", {"post_processor": TRIMMED})
    for name, (base, stages) in cases.items():
        lines = [{"tokenizer": base, **stages}, *placed(read(fixtures, base, **stages))]
        (fixtures / "places" / f"{name}.jsonl").write_text("".join(map(compact, lines)), encoding="utf-8")
