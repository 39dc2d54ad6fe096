"""Tests/Fixtures/tokenizer-files, but FlauBERT: vocab.txt, vocab.json with merges.txt, SentencePiece, whitespace.

The SentencePiece models are read where they lie. sentencepiece 0.2.3 trained them (300 pieces, character coverage
0.98, a normalization of a few rules) on 1,500 sentences that are not kept here.
"""

import json

from sentence_transformers.sentence_transformer.modules.tokenizer import WhitespaceTokenizer
from transformers import AutoTokenizer

from .tokenizer_folder import bare, quiet, record, texts, write_files, write_json

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = list("abcdefghijklmnopqrstuvwxyzéèàABCDEÉ0123456789.,;:!?'\"-()«»…%/中日本ς") + list("σ의ㅎᄒ") + ["ᅡ", "ᆫ", "한"]
WORDS = "the bonjour monde l un cat ##s ##ing ##able aujourd hui été Un ##é".split()
WORDPIECES = SPECIALS + LETTERS + [f"##{c}" for c in LETTERS] + WORDS
# Empty lines, spaces at an end, lines that end as on Windows, and no line end at the last.
ODD_LINES = "[PAD]\n[UNK]\n\n[CLS]\r\n[SEP]\na \na\nb\t\n##b\n\u00a0\nc\u00a0\nthe\nb"
BERT_TEXTS = ["", "a", "Bonjour le monde", "L'ÉTÉ été Été", "[CLS] a [SEP]", "[MASK]a [mask]", "a[UNK]b", "中文日本", "한국"]
BERT_TEXTS += ["the cats unaffable", "<new>x <NEW>", "x\u00a0y\tz\n", "e\u0301", "😀 a", "<mask> a <MASK>b  <mask>", "<s>a</s>"]

MERGES = "Ġ l|Ġl e|e s|Ġ d|Ġd e|o n|Ã ©|t Ã©|Ġ t|a a|aa a|Ġ Ġ|b on|bon j|' a|1 2".split("|")
ROBERTA_TEXTS = ["", "a", " a", "Bonjour le monde", "le le  le", "l'été", "aaaa aaa", "<s>a</s>", "a <mask> b", "a<mask>b"]
ROBERTA_TEXTS += ["  <mask>  x", "<new> x", "a\u00a0b", "e\u0301", "😀", "中文", "12 123\n\n x", " ", "  "]

PIECE_TEXTS = ["", "a", " a  b ", "Bonjour le monde", "l'été ÉTÉ", "<s>a</s>", "a <mask> b", "[CLS] a [MASK]b"]
PIECE_TEXTS += ["<extra_id_3> a", "<sep> x <cls>", "Ａﬁ\u00a0…", "``a''", "e\u0301 é", "😀", "中文", "12, 123, 5,", "a\n\tb"]
PIECE_TEXTS += ["<pad><unk>", "aaaa bbbb", "  ", "<eod>x", "<s>NOTUSED a", "<new> x<new>", "<eop>a<eod>"]

VOCABULARY = "PADDING_TOKEN bonjour Paris paris Le chat été ÉTÉ l'été ... a.b A ab σας x ' été noir (y) Z z".split()
STOP_WORDS = ["stop", "le", "--", "ab."]
SPACE_TEXTS = ["", "  ", "Bonjour, Paris!", "PARIS paris Paris.", "le Le LE", "l'été ... été, ÉTÉ", "(a.b) A.B 'ab' --", "!!! '"]
SPACE_TEXTS += ["ΣΑΣ σας, ΣΑΣ!", "x\u00a0x\u2028x\x1cx\u200bx", "(y) ((y)) Y", "STOP stop Stop. stop", "Z z. Z!"]
SPACE_TEXTS += ["noir\tNOIR\nnoir.", "\u00abx\u00bb x\u2026"]


def typed(content, **properties):
    return {"__type": "AddedToken", **bare(content, **properties)}


def write_one(folder, model_type, cases, files):
    """Without config.json, which only told transformers the family: folders of sentence-transformers name it otherwise."""
    write_files(folder, files)
    config = folder / "config.json"
    write_json(config, {"model_type": model_type})
    record(folder, AutoTokenizer.from_pretrained(folder), cases)
    config.unlink()


def write_wordpiece(folder, more):
    count = len(WORDPIECES)
    bert = {"tokenizer_class": "BertTokenizer"}
    decoder = {
        "4": bare("[MASK]", lstrip=True, special=True),
        str(count): bare("<new>", normalized=True, special=False),
    }
    swapped = {"do_lower_case": True, "strip_accents": False, "cls_token": "[SEP]", "sep_token": typed("[CLS]")}
    for name, config, more_files in [
        ("bert-vocab", None, {}),
        ("bert-vocab-cased", {**bert, "do_lower_case": False, "tokenize_chinese_chars": False}, {}),
        ("bert-vocab-stripped", {**bert, "do_lower_case": False, "strip_accents": True}, {}),
        ("bert-vocab-accents", {"tokenizer_class": "BertTokenizerFast", **swapped}, {}),
        (
            "bert-vocab-added",
            {**bert, "additional_special_tokens": ["<new>"]},
            {
                "special_tokens_map.json": {"mask_token": typed("[MASK]", lstrip=True)},
                "added_tokens.json": {"<new>": count, "<newest>": count + 1},
            },
        ),
        ("bert-vocab-decoder", {**bert, "added_tokens_decoder": decoder}, {}),
        ("bert-vocab-odd", bert, {"vocab.txt": ODD_LINES}),
    ]:
        files = {"vocab.txt": "\n".join(WORDPIECES) + "\n", "tokenizer_config.json": config, **more_files}
        write_one(folder / name, "bert", BERT_TEXTS + more, files)
    pieces = ["<s>", "<pad>", "</s>", "[UNK]", *WORDPIECES[5:], "<mask>"]
    files = {"vocab.txt": "\n".join(pieces) + "\n", "tokenizer_config.json": {"tokenizer_class": "MPNetTokenizer"}}
    write_one(folder / "mpnet-vocab", "mpnet", BERT_TEXTS + more, files)


def byte_letters():
    """The letter of each byte in GPT-2's alphabet."""
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in own]
    return [chr(byte if byte in own else 256 + others.index(byte)) for byte in range(256)]


def write_byte_level(folder, more):
    made = [merge.replace(" ", "") for merge in MERGES]
    # Bytes are in the order in which GPT-2 counts them.
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *byte_letters(), *made, "<mask>"]
    files = {
        "vocab.json": {piece: i for i, piece in enumerate(pieces)},
        "merges.txt": "#version: 0.2\n" + "".join(f"{merge}\n" for merge in MERGES),
    }
    roberta = {"tokenizer_class": "RobertaTokenizer"}
    swapped = {**roberta, "mask_token": "<mask>", "bos_token": "</s>", "cls_token": "</s>"}
    masked = {
        "special_tokens_map.json": {"mask_token": bare("<mask>", lstrip=True)},
        "added_tokens.json": {"<new>": len(pieces)},
    }
    for name, config, more_files in [
        ("roberta", None, {}),
        ("roberta-prefix-space", {**roberta, "add_prefix_space": True}, {}),
        ("roberta-mask", swapped, masked),
    ]:
        write_one(
            folder / name, "roberta", ROBERTA_TEXTS + more, {**files, "tokenizer_config.json": config, **more_files}
        )


def write_sentencepiece(folder, more):
    mask = typed("<mask>", lstrip=True, normalized=True)
    for name, model_type, config in [
        ("xlm-roberta-spm", "xlm-roberta", None),
        (
            "xlm-roberta-spm-added",
            "xlm-roberta",
            {"tokenizer_class": "XLMRobertaTokenizer", "mask_token": mask, "additional_special_tokens": ["<new>"]},
        ),
        ("xlm-roberta-spm-plain", "xlm-roberta", {"tokenizer_class": "XLMRobertaTokenizer", "add_prefix_space": False}),
        ("camembert-spm", "camembert", {"tokenizer_class": "CamembertTokenizer"}),
        ("albert-spm", "albert", {"tokenizer_class": "AlbertTokenizer"}),
        ("albert-spm-cased", "albert", {"tokenizer_class": "AlbertTokenizer", "do_lower_case": False, "keep_accents": True}),
        ("xlnet-spm", "xlnet", {"tokenizer_class": "XLNetTokenizer"}),
        ("t5-spm", "t5", {"tokenizer_class": "T5Tokenizer", "extra_ids": 10}),
    ]:
        write_one(folder / name, model_type, PIECE_TEXTS + more, {"tokenizer_config.json": config})


def write_whitespace(folder, more):
    for name, lower, words in [("whitespace", False, VOCABULARY), ("whitespace-lower", True, [*VOCABULARY, ""])]:
        config = {"vocab": words, "stop_words": STOP_WORDS, "do_lower_case": lower}
        (folder / name).mkdir(parents=True, exist_ok=True)
        write_json(folder / name / "whitespacetokenizer_config.json", config, ascii=False)
        tokenizer = WhitespaceTokenizer(words, STOP_WORDS, lower)
        rows = [{"text": text, "ids": tokenizer.tokenize(text)} for text in SPACE_TEXTS + more]
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (folder / name / "cases.jsonl").write_text("".join(lines), encoding="utf-8")


def write(fixtures):
    quiet()
    folder = fixtures / "tokenizer-files"
    write_wordpiece(folder, texts(fixtures, "bert"))
    write_byte_level(folder, texts(fixtures, "roberta"))
    write_sentencepiece(folder, texts(fixtures, "sentencepiece"))
    write_whitespace(folder, texts(fixtures, "whitespace"))
