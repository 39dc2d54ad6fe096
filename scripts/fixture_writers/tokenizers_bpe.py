"""BPE in all its options, WordLevel, and a byte-level BPE trained on a few lines."""

import json

from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from .tokenizer_json import record, template, whole
from .tokenizers_splits import QWEN, byte_level, regex, sequence, string
from .tokenizers_splits import TEXTS as SPLIT_TEXTS

MERGES = "a b|b c|ab c|a bc|a a|aa aa|aa a|l o|lo w|e r|e s|es t|n e|ne w|low er|é a|中 文"
TEXTS = ["", "a", "ab", "abc", "aabbcc", "a" * 7, "aaaa aaab", "azb", "zéa", "zzéza", "azzb", "lower newer lowest"]
TEXTS += ["é\u0301a", "中文 中z文", "<unk>", "abab", "new low-abab-xa", "low wer", "ac##", "a##b#", "aé中😀z" * 3, "abc" * 12]
TEXTS += ["lowest" * 9 + "z" + "ab" * 20, "ßß", "the new é 中文 x.", "b a c"]
LINES = ["A cat is sleeping on the sofa.", "The kitten naps on the couch, and the dog sleeps beside it."]
LINES += ["How do I boil an egg? Boil the water, then the egg.", "Un chat dort sur le canapé; où dort le chien ?"]
LINES += ["고양이가 소파에서 자고 있다. 개도 자고 있다."]
LINE_TEXTS = SPLIT_TEXTS + ["A cat <mask> the sofa.<mask>", "The dog sleeps.\nAnd the cat?", "le canapé du chien 고양이 소파"]


def bpe(vocabulary, merges, **options):
    usual = {"dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None}
    usual |= {"fuse_unk": False, "byte_fallback": False, "ignore_merges": False}
    return {"type": "BPE", **usual, "vocab": vocabulary, "merges": merges, **options}


def pairs(text):
    return [merge.split(" ") for merge in text.split("|")]


def numbered(pieces):
    return {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}


def words(unknown=False):
    """A vocabulary of letters and of what the merges make, and the merges."""
    merges = pairs(MERGES) + (pairs("a <unk>|<unk> <unk>") if unknown else [])
    letters = list("abcdeéilnorstw中文 .'") + (["<unk>"] if unknown else [])
    return numbered(letters + [a + b for a, b in merges]), merges


def affixed():
    merges = "a ##b|ab ##c|##b ##c|a ##bc|l ##o|lo ##w</w>|##e ##r</w>|lo ##w|low ##er</w>|##a ##a|##a ##a</w>|a ##a"
    letters = [start + c + end for c in "abcelorw" for end in ("", "</w>") for start in ("", "##")]
    vocabulary = numbered(["<unk>"] + letters + [a + b[2:] for a, b in pairs(merges)])
    return bpe(
        vocabulary,
        pairs(merges),
        unk_token="<unk>",
        continuing_subword_prefix="##",
        end_of_word_suffix="</w>",
    )


def degenerate():
    """Ids that several pieces share, and merges that make nothing longer."""
    vocabulary = {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 3, "abc": 4, "##": 5, "##b": 1, "##a": 0, "##c": 2, "aa": 4}
    vocabulary |= {"##aa": 0, "aaa": 0, "#": 5}
    merges = pairs("a ##b|a ##|b ##c|ab ##c|a ##a|##a ##a|a ##aa")
    return bpe(vocabulary, merges, continuing_subword_prefix="##")


def made():
    plain, merges = words()
    known, more = words(unknown=True)
    some_bytes = [*range(0x80), 0xC3, 0xA9, 0xE4, 0xB8, 0xAD, 0xE9, 0xAA]
    fallback = numbered([*known, *(f"<0x{byte:02X}>" for byte in some_bytes)])
    lines = ["#version: 0.2"] + [" ".join(merge) for merge in merges] + ["a b", "b c"]
    longer = numbered([*plain, "abab", "new low"])
    level = {"<unk>": 0, "the": 1, "new": 2, "é": 3, "e\u0301": 4, ".": 5, "中文": 6}
    split, bare_split = {"type": "Whitespace"}, {"type": "WhitespaceSplit"}
    unknown = {"unk_token": "<unk>"}
    return {
        "bpe-vanishing": whole(bpe(plain, merges)),
        "bpe-unknown": whole(bpe(known, more, **unknown)),
        "bpe-unknown-fused": whole(bpe(known, more, **unknown, fuse_unk=True), pre_tokenizer=split),
        "bpe-byte-fallback": whole(bpe(fallback, more, **unknown, byte_fallback=True)),
        "bpe-byte-fallback-fused": whole(
            bpe(fallback, more, **unknown, byte_fallback=True, fuse_unk=True), pre_tokenizer=bare_split
        ),
        "bpe-affixes": whole(affixed(), pre_tokenizer=split),
        "bpe-lines": whole(bpe(longer, lines, unk_token=".")),
        "bpe-whole-words": whole(
            bpe(longer, merges, ignore_merges=True), pre_tokenizer=string("-", "Removed")
        ),
        "bpe-degenerate": whole(degenerate()),
        "word-level": whole({"type": "WordLevel", "vocab": level, "unk_token": "<unk>"}, pre_tokenizer=split),
    }


def trained():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=380,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=["<s>", "</s>", "<mask>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(SPLIT_TEXTS * 2 + LINES, trainer)
    spec = json.loads(tokenizer.to_str())
    around = template(["<s>:0", "$A:0", "</s>:1"], ["$A:0", "$B:1"], {"<s>": ([0], ["<s>"]), "</s>": ([1], ["</s>"])})
    spec["post_processor"] = {"type": "Sequence", "processors": [byte_level(), around]}
    for token in spec["added_tokens"]:
        token["lstrip"] = token["content"] == "<mask>"
    return spec


def write(folder):
    for name, spec in made().items():
        record(folder / name, spec, TEXTS, plain=False, ascii=False)
    spec = trained()
    for name, stage in [
        ("byte-level-bpe", spec["pre_tokenizer"]),
        ("byte-level-bpe-qwen", sequence(regex(QWEN), byte_level(split=False))),
    ]:
        texts = LINE_TEXTS
        record(folder / name, {**spec, "pre_tokenizer": stage}, texts, plain=False, ascii=False)
