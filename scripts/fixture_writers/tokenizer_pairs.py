"""Tests/Fixtures/pairs: pairs of texts as tokens, by tokenizers of ../tokenizers with post-processors of real models."""

import json

from tokenizers import Tokenizer

from .tokenizer_json import compact, template

BERT = template(
    ["[CLS]:0", "$A:0", "[SEP]:0"], ["[CLS]:0", "$A:0", "[SEP]:0", "$B:1", "[SEP]:1"],
    {"[CLS]": ([2], ["[CLS]"]), "[SEP]": ([3], ["[SEP]"])},
)
MODERN = template(
    ["[CLS]:0", "$A:0", "[SEP]:0"], ["[CLS]:0", "$A:0", "[SEP]:0", "$B:0", "[SEP]:0"],
    {"[CLS]": ([0], ["<s>"]), "[SEP]": ([1], ["</s>"])},
)
XLM_ROBERTA = template(
    ["<s>:0", "$A:0", "</s>:0"], ["<s>:0", "$A:0", "</s>:0", "</s>:0", "$B:0", "</s>:0"],
    {"<s>": ([1], ["<s>"]), "</s>": ([2], ["</s>"])},
)
DEBERTA = template(
    ["[CLS]:0", "$A:0", "[SEP]:0"], ["[CLS]:0", "$A:0", "[SEP]:0", "$B:1", "[SEP]:1"],
    {"[CLS]": ([1], ["<s>"]), "[SEP]": ([2], ["</s>"])},
)
T5 = template(["$A:0", "</s>:0"], ["$A:0", "</s>:0", "$B:0", "</s>:0"], {"</s>": ([2], ["</s>"])})
QWEN = template(["$A:0", "<end>:0"], ["$A:0", "<end>:0", "$B:1"], {"<end>": ([1, 0], ["</s>", "<s>"])})
XLNET = template(
    ["$A:0", "<sep>:0", "<cls>:2"], ["$A:0", "<sep>:0", "$B:1", "<sep>:1", "<cls>:2"],
    {"<sep>": ([2], ["</s>"]), "<cls>": ([1], ["<s>"])},
)
BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
SEQUENCES = {"add_prefix_space": True, "trim_offsets": True, "cls": ["<s>", 2], "sep": ["</s>", 3]}


def sequence(*processors):
    return {"type": "Sequence", "processors": list(processors)}


CASES = {
    "bert-template": ("bert-uncased", BERT),
    "bert-processing": ("bert-processing", {"type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]}),
    "bert-twice": ("bert-processing", sequence({"type": "BertProcessing", "cls": ["[CLS]", 2], "sep": ["[SEP]", 3]}, BERT)),
    "roberta-processing": ("roberta-processing", {"type": "RobertaProcessing", **SEQUENCES}),
    "xlm-roberta": ("xlm-roberta", XLM_ROBERTA),
    "deberta-v2": ("unigram", DEBERTA),
    "modernbert": ("byte-level-bpe", MODERN),
    "t5": ("xlm-roberta", T5),
    "qwen": ("byte-level-bpe-qwen", sequence(BYTE_LEVEL, QWEN)),
    "xlnet": ("xlnet", XLNET),
    "none": ("bert-uncased", None),
}
LONG = ["the cats [SEP] a.b?", "hello world a b c d e", "12 </s> été 中文 x y"]
PAIRS = [("", "the"), ("", LONG[1]), ("a b", LONG[2]), ("hello", LONG[1]), (LONG[0], LONG[1]), (LONG[1], LONG[2])]
PAIRS += [(LONG[1], LONG[1]), (LONG[2], "été Ab"), (LONG[0], ""), ("", "")]
STRATEGIES = ["longest_first", "only_first", "only_second"]


def row(tokenizer, first, second, limit, strategy, side):
    """Limits leave room for at least one token: below, the reference wraps and cuts nothing."""
    result = {"first": first, "second": second}
    tokenizer.no_truncation()
    if limit:
        tokenizer.enable_truncation(limit, strategy=strategy, direction=side)
        result |= {"limit": limit, "strategy": strategy, "side": side}
    try:
        encoding = tokenizer.encode(first, second)
    except Exception:
        return {**result, "error": True}
    return {**result, "ids": encoding.ids, "segments": encoding.type_ids}


def rows(tokenizer):
    added = tokenizer.num_special_tokens_to_add(is_pair=True)
    for index, (first, second) in enumerate(PAIRS):
        yield row(tokenizer, first, second, None, None, None)
        for step, room in enumerate((1, 3, 4, 7, 10)):
            # Every strategy, side and room, but not all of them with every pair.
            strategy, side = STRATEGIES[(index + step) % 3], ["right", "left"][(index + step // 2) % 2]
            yield row(tokenizer, first, second, added + room, strategy, side)
            if strategy != "longest_first" and step != 3:
                yield row(tokenizer, first, second, added + room, "longest_first", side)


def write(fixtures):
    folder = fixtures / "pairs"
    folder.mkdir(exist_ok=True)
    for name, (base, processor) in CASES.items():
        spec = json.loads((fixtures / "tokenizers" / base / "tokenizer.json").read_text(encoding="utf-8"))
        spec["post_processor"] = processor
        tokenizer = Tokenizer.from_str(json.dumps(spec))
        lines = [{"tokenizer": base, "post_processor": processor}, *rows(tokenizer)]
        (folder / f"{name}.jsonl").write_text("".join(map(compact, lines)), encoding="utf-8")
