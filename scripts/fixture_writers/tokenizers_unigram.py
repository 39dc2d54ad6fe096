"""Unigram, Metaspace, and the normalizers that come with them."""

import base64
import struct

from .tokenizer_json import added_token, record, template, whole

WORDS = ["▁", "s", "e", "▁the", "a", "t", "o", "▁a", "n", "i", "r", "l", "h", "d", "ing", "▁hello", "▁wor", "ld", "un"]
WORDS += ["able", "aff", "c", "u", "m", "p", "f", "g", "b", "y", "w", ",", ".", "!", "!!", "!!!", "'", "哈", "哈哈"]
WORDS += ["哈哈哈", "中", "文", "é", "à", "▁caf", "fi", "1", "2", "⁄", "한", "국", "어", "я", "п", "р", "и", "в", "е", "т"]
WORDS += ["aa", "aaa", '"', "▁▁", "ー", "カ", "(", ")", "x"]
SPECIALS = [["<unk>", 0.0], ["<s>", 0.0], ["</s>", 0.0]]
# Scores such that sums tie, and that serde_json reads inexactly.
TIES = [["a", -15.143838882446289], ["aa", -30.287677764892578], ["aaa", -45.43151664733887], ["!", -9.7]]
TIES += [["!!", -19.4], ["!!!", -29.099999999999998], ["哈", -0.1], ["哈哈", -0.2], ["哈哈哈", -0.30000000000000004]]

TEXTS = ["", " ", "hello world", "The hello,  world!", "unaffable unaffable", "a", "aa", "aaaaaaaaaaaaa", "!!!!!!!"]
TEXTS += ["哈哈哈哈哈哈哈哈", "中文 hello中文x", "Q", "QQQ Q", "aQQa", "café CAFÉ cafe\u0301", "привет", "한국어 각", "ﬁne ½ ①"]
TEXTS += ["<unk>", "a<unk>b", "<s> a </s>", "x<unk><unk>Qx", "\u2581a", "a\u2581b", "  a  b  ", "\ttab\nline"]
TEXTS += ["\u00a0a\u3000b", "カタカナ ｶﾞ", "e\u0301\u0316 \u302a\u0308", "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467"]
TEXTS += ["\u0000a", "a\u0001b", "it's \"a\" ``test''"]

# What a normalizer must do with graphemes: the reference looks up whole ones first.
FORMS = ["\r\n", "\r", "\n", "a\r\nb", "Ａ\u0301x", "ﬁ\u0301", "½\u0338", "\u1e9b\u0323", "e\u0301", "か\u3099", "ｶﾞ", "\u0600１"]
FORMS += ["Ａ\u200dB", "\u2581a", "\u0085x", "\x7fa", "\0a", "a\x7f", "Ａ", "aＡ\u0301\u0301\u0301b", "\u1100\u1161\u11a8"]
FORMS += ["\u1100\u1161\u11a7", "\uac00\u11a7", "\uac00\u11a8", "각\u11a8", "a\u0323\u0302\u0301", "\u0344", "\u0958"]
FORMS += ["\u0915\u093c", "\u212b", "①②", "ﷺ", "\u32ff", "\U00011938", "a\u0363\u0301", "\u0308\u0301a", "क\u094dष"]
FORMS += ["\U0001f1e6\U0001f1e7\U0001f1e8", "ậ…", "  Cụ thể  ", "ำน\u0e49ำ3ลำ", "\u2028a\u2029\ufeff", "x\u200bx", "\u0390\u1fd3"]
FORMS += ["ẹ\u0301", "\u0b47\u0b57\u0b3e"]

RULES = {"\r": " ", "\n": " ", "\t": " ", "Ａ": "A", "ﬁ": "fi", "½": "1⁄2", "\u1e9b": "\u1e61", "\u1e9b\u0323": "\u1e69"}
RULES |= {"e\u0301": "é", "ｶ": "カ", "ｶﾞ": "ガ", "ﾞ": "\u3099", "１": "1", "\u200d": " ", "\u2581": " ", "\x7f": ""}
RULES |= {"\x01": "", "…": "...", "ab": "never", "\u3000": " ", "\u00a0": " ", "①": "1", "ﷺ": "صلى الله عليه وسلم"}
RULES |= {"\u1100\u1161": "가"}

METASPACE = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
FEW = ["▁", "a", "b", "▁a", "▁b", "▁▁", "x", "_", "_a", "_b", "b_", "a_b"]
FEW_TEXTS = ["", "a", " a", "a b", "a<m>b", "<m>a", "<m> a", "a <m>  b", "▁a", "a<n>b", "<n> a", "a<o>b", "a  <o>b", "  "]
FEW_TEXTS += ["x a x", "a▁b", "▁▁", "_a _b"]


def unigram(vocabulary, unknown=0, byte_fallback=False):
    return {"type": "Unigram", "unk_id": unknown, "vocab": vocabulary, "byte_fallback": byte_fallback}


def scored(words):
    return SPECIALS + [[word, round(-2.0 - 0.37 * i, 6)] for i, word in enumerate(words)]


def replace(pattern, content, kind="String"):
    return {"type": "Replace", "pattern": {kind: pattern}, "content": content}


def normalizers(*stages):
    return {"type": "Sequence", "normalizers": list(stages)}


def charsmap(rules):
    """A double array as Darts-clone lays it out, one block for each node, and the replacements behind it."""
    strings, starts = b"", {}
    for value in sorted(set(rules.values())):
        starts[value] = len(strings)
        strings += value.encode() + b"\0"
    trie = {}
    for key, value in rules.items():
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[None] = starts[value]
    units, used = [0] * 256, {0}

    def place(node, index):
        base = 1
        # `None` is the end of a key; its value lies where byte 0 would.
        while base in used or used & {base ^ (byte or 0) for byte in node}:
            base += 1
        units.extend([0xFF] * ((base | 255) + 1 - len(units)))
        used.update(base ^ (byte or 0) for byte in node)
        assert (index ^ base) < 1 << 21
        units[index] |= (index ^ base) << 10 | (0x100 if None in node else 0)
        for byte, child in node.items():
            units[base ^ (byte or 0)] = 0x80000000 | child if byte is None else byte
        for byte, child in node.items():
            if byte is not None:
                place(child, base ^ byte)

    place(trie, 0)
    units = [unit if i in used else 0 for i, unit in enumerate(units)]
    blob = struct.pack("<I", len(units) * 4) + struct.pack(f"<{len(units)}I", *units) + strings
    return base64.b64encode(blob).decode()


def models():
    """The model alone: ties, bytes, no unknown."""
    in_bytes = [[f"<0x{byte:02X}>", -30.0] for byte in range(256) if byte != 0xF0]
    repeated = [letter * n for letter in "a!哈" for n in range(1, 24)]
    unnamed = {"vocab": [["a", -1], ["b", -1], ["bc", -1.5], [" ", -3]], "byte_fallback": False}
    byte_texts = ["", "a", "zaéb", "QQ中a文", "\U0001f600", "z\U0001f600", "a\U0001f600a", "<0x41>", "\u0000", "é\u0301"]
    return {
        "unigram-ties": (
            whole(unigram(SPECIALS + TIES + [["aa", -99.5], ["<unk>x", -1]])),
            [*repeated, "aa!!aa哈哈哈Q", "<unk>x<unk>", "Q<unk>xQ", "<unk><unk>"],
        ),
        "unigram-bytes": (whole(unigram(SPECIALS + [["a", -1], ["é", -2]] + in_bytes, 0, True)), byte_texts),
        "unigram-no-unknown": (whole(unnamed), ["", "a", "abcab", "bcbc", "a b"]),
    }


def metaspaces():
    few = unigram(scored(FEW))
    first = {**METASPACE, "prepend_scheme": "first"}
    tokens = [added_token(0, "<m>"), added_token(1, "<n>", rstrip=True, normalized=True, special=False)]
    tokens.append(added_token(2, "<o>", lstrip=True))
    stripped = normalizers(
        {"type": "Strip", "strip_left": True, "strip_right": False},
        {"type": "Nmt"},
        replace("xx", "b"),
        replace("x", "a"),
        {"type": "Prepend", "prepend": "b"},
    )
    never = {"type": "Metaspace", "replacement": "_", "prepend_scheme": "never", "split": False}
    legacy = {"type": "Metaspace", "replacement": "_", "add_prefix_space": True, "str_rep": "_"}
    more = ["\u0001a", "xxa", "xa", "  xa", "axx", "\u3000a b", "xxxa"]
    return {
        "metaspace-first": (whole(few, added_tokens=tokens, pre_tokenizer=first), FEW_TEXTS),
        "metaspace-first-stripped": (
            whole(few, added_tokens=tokens, pre_tokenizer=first, normalizer=stripped),
            FEW_TEXTS + more,
        ),
        "metaspace-unsplit": (
            whole(few, pre_tokenizer={**never, "str_rep": "?", "add_prefix_space": False}),
            FEW_TEXTS,
        ),
        "metaspace-legacy": (whole(few, pre_tokenizer=legacy), FEW_TEXTS),
    }


def forms():
    few = unigram(scored(FEW))
    made = {
        kind.lower(): (whole(few, normalizer={"type": kind}), FORMS)
        for kind in ("NFC", "NFKC", "NFKD", "StripAccents", "Nmt")
    }
    precompiled = {"type": "Precompiled", "precompiled_charsmap": charsmap(RULES)}
    made["precompiled"] = (whole(few, normalizer=precompiled), FORMS + TEXTS)
    replacing = normalizers(
        replace("''", '"'), replace("\\s+", "▁", "Regex"), replace("\\p{N}", "", "Regex"), replace(".", "..")
    )
    made["replace"] = (whole(few, normalizer=replacing), FORMS + TEXTS + ["a.b..", "''''", "1a2", "$1.\\1"])
    return made


def families():
    """The stages of XLM-RoBERTa and of XLNet."""
    specials = {"<s>": ([1], ["<s>"]), "</s>": ([2], ["</s>"])}
    around = template(["<s>:0", "$A:0", "</s>:0"], ["<s>:0", "$A:0", "</s>:0", "$B:1"], specials)
    behind = template(["$A:0", "</s>:0", "<s>:2"], ["$A:0", "</s>:0", "<s>:2", "$B:1"], specials)
    tokens = [added_token(i, name) for i, name in enumerate(["<unk>", "<s>", "</s>"])]
    stages = {"added_tokens": tokens, "pre_tokenizer": METASPACE, "post_processor": around}
    model = unigram(scored(WORDS))
    spaces = replace(" {2,}", " ", "Regex")
    roberta = normalizers({"type": "Nmt"}, {"type": "NFKC"}, spaces)
    quotes = [replace("``", '"'), replace("''", '"')]
    xlnet = normalizers(*quotes, {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, spaces)
    return {
        "unigram": (whole(model, **stages), TEXTS),
        "xlm-roberta": (whole(model, **stages, normalizer=roberta), TEXTS),
        "xlnet": (whole(model, **{**stages, "normalizer": xlnet, "post_processor": behind}), TEXTS),
    }


def write(folder):
    for name, (spec, texts) in {**models(), **metaspaces(), **forms(), **families()}.items():
        limits = [("hello world", 4, side) for side in ("right", "left")] if name == "unigram" else []
        record(folder / name, spec, texts, limits=limits)
