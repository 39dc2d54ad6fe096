"""Every pre-tokenizer, with a model that gives the bytes of each piece and `|` behind it."""

from .tokenizer_json import record, whole

BYTES = {
    "type": "BPE",
    "dropout": None,
    "unk_token": None,
    "continuing_subword_prefix": None,
    "end_of_word_suffix": "|",
    "fuse_unk": False,
    "byte_fallback": True,
    "ignore_merges": False,
    "vocab": {f"<0x{byte:02X}>": byte for byte in range(256)},
    "merges": [],
}

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3 = QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
    r"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LOOK = r"(?<=\p{Ll})(?=\p{Lu})|(?<=[\p{Han}\d])(?=[^\p{Han}\d])|\p{^L}\P{N}(?!\W)"
FOLDED = r"(?i)straße|[[:digit:]a-f&&[^b]]{2,}+|\p{Lt}|\p{Lm}"

TEXTS = ["", " ", "   ", "a", "It's John's; they'll SEE'LL 'ſ I'VE''d", "  two  spaces,\tand\n\n lines \r\n end  "]
TEXTS += ["x=12345, ½ Ⅷ ٣٤ 1,000.50", "naïve café — “quotes”… $5+€6", "日本語の文、カタカナー和文 と한국어 문장"]
TEXTS += ["e\u0301\u0327 ह\u093f न्दी", "🙂👨‍👩‍👧 \U0001f1e9\U0001f1ea", "camelCaseHTTPServer2Go ǅelo ʰa", "a--b-c- -d", "---"]
TEXTS += ["-a", "éaéé", "\u00a0\u3000\u2028x\u0085y\x1fz", "\u1c89\ua7ce\U000323b0 \u0d4e", "STRASSE straße 0af9 deadbeef"]
TEXTS += ["snake_case_ __init__", " \n \n x", "don't\u00a0stop\n", "a very long string indeed, a very long string indeed"]
TEXTS += ["0x1F 0b11 ٠१২", "...!!!??", "trailing space ", "한\u1100\u1161글"]


def regex(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}


def string(pattern, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"String": pattern}, "behavior": behavior, "invert": invert}


def byte_level(prefix=False, split=True):
    return {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": split}


def sequence(*stages):
    return {"type": "Sequence", "pretokenizers": list(stages)}


SPLITS = {
    "byte-level": byte_level(),
    "byte-level-prefix": byte_level(True),
    "byte-level-unsplit": byte_level(True, False),
    "split-gpt2": regex(GPT2),
    "split-qwen": regex(QWEN),
    "split-llama3": regex(LLAMA3),
    "split-o200k": regex(O200K, "Removed", True),
    "split-twice": sequence(
        regex(r"\d"), string(" ", "MergedWithNext"), {"type": "Digits", "individual_digits": False}
    ),
    "split-empty": string(""),
    "split-long": string("a very long string indeed", "Removed"),
    "split-spaces": regex(" {2,}", "MergedWithNext"),
    "split-ascii-digits": regex("[0-9]", "Contiguous"),
    "split-boundary": regex(r"\b"),
    "split-look": regex(LOOK),
    "split-folded": regex(FOLDED),
    "split-symbols": regex(r"[\p{P}\p{S}]+|\p{M}|\p{Lo}{2}", "Contiguous"),
    "split-dots": regex(r".{3}|$|^\S", "MergedWithPrevious"),
    "split-deepseek": regex("[一-龥\u3040-ゟ゠-ヿ]+"),
    "split-string-mergedwithnext": string("-", "MergedWithNext"),
    "split-string-contiguous": string("-", "Contiguous"),
    "split-inverted-removed": regex(r"\w+", "Removed", True),
    "split-inverted-mergedwithprevious": regex(r"\w+", "MergedWithPrevious", True),
    "whitespace": {"type": "Whitespace"},
    "whitespace-split": {"type": "WhitespaceSplit"},
    "punctuation": {"type": "Punctuation"},
    "punctuation-mergedwithprevious": {"type": "Punctuation", "behavior": "MergedWithPrevious"},
    "digits": {"type": "Digits", "individual_digits": False},
    "digits-individual": {"type": "Digits", "individual_digits": True},
    "char-delimiter": {"type": "CharDelimiterSplit", "delimiter": "é"},
    "scripts": {"type": "UnicodeScripts"},
    "fixed-length": {"type": "FixedLength", "length": 3},
}


def write(folder):
    for name, stage in SPLITS.items():
        record(folder / name, whole(BYTES, pre_tokenizer=stage), TEXTS, plain=False, ascii=False)
    as_normalizer = whole(
        BYTES,
        normalizer={"type": "ByteLevel"},
        post_processor={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False},
    )
    record(folder / "byte-level-normalizer", as_normalizer, TEXTS, plain=False, ascii=False)
