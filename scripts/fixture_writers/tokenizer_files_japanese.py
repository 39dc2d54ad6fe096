"""Tests/Fixtures/tokenizer-files/japanese*: BertJapaneseTokenizer with a tiny dictionary of MeCab's, which is compiled
here (mecab-utils), and what fugashi makes of texts with it."""

import subprocess
import tempfile
from pathlib import Path

from transformers import BertJapaneseTokenizer

from .tokenizer_folder import quiet, record, write_files

# Surface, left and right context, cost, what it is.
WORDS = [
    ("猫", 1, 1, 3000, "名詞"), ("犬", 1, 1, 3000, "名詞"), ("私", 1, 1, 3000, "名詞"), ("東京", 1, 1, 2500, "名詞"),
    ("京都", 1, 1, 2500, "名詞"), ("東京都", 1, 1, 3200, "名詞"), ("都", 1, 1, 4000, "名詞"), ("が", 2, 2, 1000, "助詞"),
    ("は", 2, 2, 1000, "助詞"), ("に", 2, 2, 1000, "助詞"), ("の", 2, 2, 1000, "助詞"), ("好き", 3, 3, 2800, "形容動詞"),
    ("です", 4, 4, 1500, "助動詞"), ("住む", 3, 3, 2800, "動詞"), ("。", 5, 5, 500, "記号"), ("ABC", 1, 1, 3000, "名詞"),
]
CONTEXTS = 6
KINDS = ["DEFAULT 0 1 0", "SPACE 0 1 0", "KANJI 0 0 2", "HIRAGANA 0 1 2", "KATAKANA 1 1 0", "ALPHA 1 1 0", "NUMERIC 1 1 0"]
RANGES = [
    "0x0020 SPACE", "0x000D SPACE", "0x0009 SPACE", "0x000B SPACE", "0x000A SPACE", "0x0030..0x0039 NUMERIC",
    "0x0041..0x005A ALPHA", "0x0061..0x007A ALPHA", "0x3041..0x309F HIRAGANA", "0x30A1..0x30FF KATAKANA", "0x4E00..0x9FA5 KANJI",
]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY += ["猫", "犬", "私", "東京", "京都", "都", "が", "は", "に", "の", "好き", "で", "##す", "住む", "。", "abc", "ABC", "ネ", "##コ"]
VOCABULARY += ["東", "京", "好", "き", "す", "A", "B", "C", "1", "##2", "##3", "a", "##b", "##c", "é", "e", "!", "　"]
TEXTS = [
    "", " ", "猫が好きです。", "私は東京都に住む", "東京 都", "ネコはＡＢＣです", "ABC abc 123 12", "カ゛ｶﾞ", "猫\t犬\n私", "[MASK]が好き[SEP]",
    "[mask] 猫", "\u3000猫\u3000", "é e\u0301", "東京東京東京", "猫" * 30, "😀!猫", "ﾈｺ", "Straße İ", "私の犬の猫の都",
]


def compile_dictionary(folder):
    with tempfile.TemporaryDirectory() as name:
        source = Path(name)
        (source / "words.csv").write_text("".join(",".join(map(str, word)) + "\n" for word in WORDS))
        (source / "char.def").write_text("\n".join([*KINDS, *RANGES]) + "\n")
        kinds = [kind.split()[0] for kind in KINDS]
        (source / "unk.def").write_text("".join(f"{kind},1,1,{6000 + 500 * i},未知\n" for i, kind in enumerate(kinds)))
        costs = [f"{a} {b} {(a * 7 + b * 13) % 11 * 100}" for a in range(CONTEXTS) for b in range(CONTEXTS)]
        (source / "matrix.def").write_text("\n".join([f"{CONTEXTS} {CONTEXTS}", *costs]) + "\n")
        (source / "dicrc").write_text("cost-factor = 800\nbos-feature = BOS/EOS\neval-size = 1\nunk-eval-size = 1\nconfig-charset = UTF-8\n")
        for part in ("left-id.def", "right-id.def"):
            (source / part).write_text("".join(f"{i} {i}\n" for i in range(CONTEXTS)))
        folder.mkdir(parents=True, exist_ok=True)
        command = ["/usr/lib/mecab/mecab-dict-index", "-d", source, "-o", folder, "-f", "utf-8", "-t", "utf-8"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (folder / "dicrc").write_text((source / "dicrc").read_text())


def write(fixtures):
    quiet()
    folder = fixtures / "tokenizer-files"
    dictionary = fixtures / "mecab"
    compile_dictionary(dictionary)
    base = {"tokenizer_class": "BertJapaneseTokenizer", "word_tokenizer_type": "mecab", "mecab_kwargs": {"mecab_dic": None}}
    for name, config in [
        ("japanese", {"subword_tokenizer_type": "wordpiece"}),
        ("japanese-lower", {"do_lower_case": True, "subword_tokenizer_type": "wordpiece"}),
        ("japanese-characters", {"subword_tokenizer_type": "character"}),
        ("japanese-plain", {"mecab_kwargs": {"mecab_dic": None, "normalize_text": False}}),
    ]:
        config = {**base, **config}
        write_files(folder / name, {"vocab.txt": "".join(f"{piece}\n" for piece in VOCABULARY), "tokenizer_config.json": config})
        told = {**config["mecab_kwargs"], "mecab_option": f"-d {dictionary} -r /dev/null"}
        tokenizer = BertJapaneseTokenizer.from_pretrained(folder / name, mecab_kwargs=told)
        record(folder / name, tokenizer, TEXTS)
