"""WordPiece with BERT's normalizer, the post-processors, and added tokens."""

from .tokenizer_json import added_token, record, template, whole

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
PIECES = SPECIALS + list(LETTERS + "ABCDEÉéİςσΣß") + list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~¿«»…")
# Of compatibility ideographs, of the two ends of a range of CJK, of Hangul, of marks that compose and that do not.
PIECES += ["中", "文", "\uf900", "豈", "\u3400", "\U0002b820", "\U0002b920", "가", "각", "\u1100", "\u1161", "\u11a8"]
PIECES += ["か", "\u3099", "が", "\u0301", "\u0316", "\u302a", "\u0308", "\u302e", "\u302f", "\ufffd", "\u2e43"]
PIECES += ["\u08e2", "\u200d", "\xa0", "\u0130"]
CONTINUED = list(LETTERS + "E") + ["\u1161", "\u11a8", "\u0301", "\u0316", "\u302e", "\u302f", "\u0307", "é", "\u200d"]
CONTINUED += ["\u08e2", "ing", "able", "\U0002b820"]
WORDS = "the cat un ##aff aff hello world play element ##ement 中文 cafe café resume ##ume $ ##$".split()
VOCABULARY = {
    piece: i for i, piece in enumerate(dict.fromkeys(PIECES + [f"##{piece}" for piece in CONTINUED] + WORDS))
}
MODEL = {
    "type": "WordPiece",
    "unk_token": "[UNK]",
    "continuing_subword_prefix": "##",
    "max_input_chars_per_word": 100,
    "vocab": VOCABULARY,
}
SMALL = ["[UNK]"] + list("abcdeé_1<>m- A") + [f"##{c}" for c in "abcdem_1"]
SPARSE = {"[UNK]": 9, "a": 0, "b": 700, "c": 2, "##c": 2147483646}

CLS_SEP = {"[CLS]": ([2], ["[CLS]"]), "[SEP]": ([3], ["[SEP]"])}
TEMPLATE = template(["[CLS]:0", "$A:0", "[SEP]:0"], ["$A:0", "$B:1"], CLS_SEP)
# A special of three ids, twice, and segments that are not those of the template's order.
ODD_TEMPLATE = template(
    ["<x>:3", "$A:2", "</s>:1", "<x>:0"],
    ["$A:0", "$B:1"],
    {"<x>": ([7, 8, 9], ["a", "b", "c"]), "</s>": ([3], ["</s>"])},
)
BERT_PROCESSING = {"type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]}
ROBERTA_PROCESSING = {
    "type": "RobertaProcessing",
    "cls": ["<s>", 2],
    "sep": ["</s>", 3],
    "trim_offsets": True,
    "add_prefix_space": True,
}

ADDED = [
    added_token(77, "<m>", lstrip=True),
    added_token(78, "ab", single_word=True, special=False),
    added_token(5, "<r>", rstrip=True),
    added_token(6, "  ", special=False),
    added_token(9, "Dé", normalized=True, special=False),
    added_token(10, "<", normalized=True, special=False),
    added_token(11, "<mm>"),
    added_token(12, "b", normalized=True, special=False, single_word=True),
    added_token(13, "_", lstrip=True, rstrip=True, normalized=True, special=False),
    added_token(14, ""),
    added_token(15, "ab", single_word=True, special=False, lstrip=True),
]

TEXTS = ["", "hello world", "The Cat, unaffable!  Playing.", "Résumé café CAFÉ", "中文 hello中文x \uf900"]
TEXTS += ["\U0002b820 \U0002b920 \u3400", "가각 한", "か\u3099 が", "a\u0301\u0316 \u302a\u0308 e\u302f\u302eE"]
TEXTS += ["[SEP] [sep] x[MASK]y [[PAD]]"]
TEXTS += ["a\x00b\ufffdc\x85d\x0be\tf\ng\rh\xa0i\u2028j\u200bk\u200dl\u3000m\ue000n\u08e2o", "hello\u2e43world «x» ¿y? …"]
TEXTS += ["İ ς Σ ΑΣ ß ẞ ﬁ", "zzz qqq \U0001f600 ok", "a" * 100 + " " + "a" * 101, "$5 = #1 ##ing ##", "   ", "\u0301"]
TEXTS += ["don't a-b_c", "ab <m>  cd", "\u0344 \u1e9b\u0323"]
ADDED_TEXTS = ["", "ab", "ab_", "a-ab", "a ab c", "ab ab", "a<m>  b", "a  <m>b", "a<r>  b", "a<r>   <m>", "dé Dé de DE"]
ADDED_TEXTS += ["<mm><m><", "< <", "b bb b", "a _ b", "_ _ _", "ab  ab", "  ", "a b   c", "<r>ab"]
ADDED_TEXTS += ["<m><m>", "éab abé ab\u0301", "1ab ab1 ab", "<<mm>>", "dÉ ab", "a\u3000<m>\u3000b", "<r>\u3000\n b"]
LONG_TEXTS = ["", "hello", "helloworld", "hello world", "unable", "a" * 101]


def bert(**changes):
    usual = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None}
    return {**usual, "lowercase": True, **changes}


def wordpiece(model=MODEL, **stages):
    usual = {
        "added_tokens": [added_token(i, piece) for i, piece in enumerate(SPECIALS)],
        "normalizer": bert(),
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": TEMPLATE,
    }
    return whole(model, **{**usual, **stages})


def added(**stages):
    small = {**MODEL, "vocab": {piece: i for i, piece in enumerate(SMALL)}}
    return wordpiece(small, added_tokens=ADDED, post_processor=None, **stages)


def sequences():
    return wordpiece(
        normalizer={"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "NFD"}]},
        pre_tokenizer={"type": "Sequence", "pretokenizers": [{"type": "BertPreTokenizer"}] * 2},
        post_processor={"type": "Sequence", "processors": [BERT_PROCESSING, ODD_TEMPLATE]},
    )


def untyped():
    """Old files do not say which model theirs is."""
    model = {key: value for key, value in MODEL.items() if key != "type"}
    return wordpiece({**model, "max_input_chars_per_word": 5})


def sparse():
    three = [added_token(0, content) for content in ("new", "b", "newer")]
    return wordpiece({**MODEL, "vocab": SPARSE}, added_tokens=three, post_processor=None)


def made():
    few = TEXTS[:6]
    bare = wordpiece(normalizer=None, pre_tokenizer=None, post_processor=None, added_tokens=[])
    return {
        "bert-uncased": (wordpiece(), TEXTS),
        "bert-cased": (wordpiece(normalizer=bert(lowercase=False)), TEXTS),
        "bert-cased-stripped": (wordpiece(normalizer=bert(lowercase=False, strip_accents=True)), TEXTS),
        "bert-uncased-accents": (wordpiece(normalizer=bert(strip_accents=False)), TEXTS),
        "bert-unclean-unspaced": (
            wordpiece(normalizer=bert(clean_text=False, handle_chinese_chars=False)),
            TEXTS,
        ),
        "lowercase": (wordpiece(normalizer={"type": "Lowercase"}), TEXTS),
        "nfd": (wordpiece(normalizer={"type": "NFD"}), TEXTS),
        "sequences": (sequences(), TEXTS),
        "template": (wordpiece(post_processor=ODD_TEMPLATE), few),
        "bert-processing": (wordpiece(post_processor=BERT_PROCESSING), few),
        "roberta-processing": (wordpiece(post_processor=ROBERTA_PROCESSING), few),
        "no-stages": (bare, LONG_TEXTS),
        "legacy-model": (untyped(), few),
        "empty-prefix": (wordpiece({**MODEL, "continuing_subword_prefix": ""}), few),
        "added-tokens": (added(), ADDED_TEXTS),
        "added-tokens-raw": (added(normalizer=None), ADDED_TEXTS),
        "sparse-ids": (sparse(), ["a b c", "new ac newer", "newb"]),
    }


# Tokenizers that are also cut, with the number of specials they add: a limit must be above it.
CUT = {"bert-uncased": 2, "template": 7, "added-tokens": 0}


def write(folder):
    for name, (spec, texts) in made().items():
        limits = [
            (text, limit, side)
            for text in (texts[1:8] if name in CUT else [])
            for limit in (3, 5, 8, 9, 12)
            for side in ("right", "left")
            if limit > CUT[name]
        ]
        record(folder / name, spec, texts, normalized="always", limits=limits)
