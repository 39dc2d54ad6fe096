"""Tiny tokenizers of each kind, as the text of tokenizer.json and the special tokens by their names."""

import functools
import json
import tempfile
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from .texts import TRAINING

BERT = {name: f"[{name[:-6].upper()}]" for name in ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")}
XLMR = {
    "bos_token": "<s>",
    "pad_token": "<pad>",
    "eos_token": "</s>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
    "cls_token": "<s>",
    "sep_token": "</s>",
}


def trained(tokenizer, trainer):
    tokenizer.train_from_iterator(TRAINING, trainer)
    return tokenizer


def template(tokenizer, first, last, pair_middle=()):
    """`first` and `last` are pieces around a text."""
    pieces = [*first, "$A", *last]
    second = [*pair_middle, "$B:1", *[f"{p}:1" for p in last]]
    ids = [(p, tokenizer.token_to_id(p)) for p in dict.fromkeys([*first, *last, *pair_middle])]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=" ".join(pieces), pair=" ".join(pieces + second), special_tokens=ids
    )


def wordpiece(specials):
    tokenizer = Tokenizer(models.WordPiece(unk_token=specials["unk_token"]))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trained(
        tokenizer,
        trainers.WordPieceTrainer(
            vocab_size=300, show_progress=False, special_tokens=list(dict.fromkeys(specials.values()))
        ),
    )
    template(tokenizer, [specials["cls_token"]], [specials["sep_token"]])
    return tokenizer


def byte_level(specials, first, last):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trained(
        tokenizer,
        trainers.BpeTrainer(
            vocab_size=400,
            show_progress=False,
            special_tokens=list(dict.fromkeys(specials.values())),
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        ),
    )
    if first or last:
        template(tokenizer, first, last)
    return tokenizer


def roberta(specials):
    tokenizer = byte_level(specials, [], [])
    ids = [(p, tokenizer.token_to_id(p)) for p in ("</s>", "<s>")]
    tokenizer.post_processor = processors.RobertaProcessing(*ids, add_prefix_space=False)
    return tokenizer


def unigram(specials, first, last):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokens = list(dict.fromkeys(specials.values()))
    trained(
        tokenizer,
        trainers.UnigramTrainer(
            vocab_size=300, show_progress=False, special_tokens=tokens, unk_token=specials["unk_token"]
        ),
    )
    template(tokenizer, first, last)
    return tokenizer


def gemma(specials):
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    tokens = list(dict.fromkeys(specials.values())) + [f"<0x{i:02X}>" for i in range(256)]
    trained(tokenizer, trainers.BpeTrainer(vocab_size=520, show_progress=False, special_tokens=tokens))
    # The bytes are pieces, not special tokens.
    told = json.loads(tokenizer.to_str())
    told["added_tokens"] = [t for t in told["added_tokens"] if not t["content"].startswith("<0x")]
    tokenizer = Tokenizer.from_str(json.dumps(told))
    template(tokenizer, ["<bos>"], ["<eos>"])
    return tokenizer


# name: (what makes it, its special tokens)
KINDS = {
    "wordpiece": (wordpiece, BERT),
    "mpnet": (wordpiece, {**XLMR, "unk_token": "[UNK]"}),
    "roberta": (roberta, XLMR),
    "modernbert": (lambda s: byte_level(s, ["[CLS]"], ["[SEP]"]), BERT),
    "qwen": (lambda s: byte_level(s, [], ["<|endoftext|>"]), {"pad_token": "<|endoftext|>", "eos_token": "<|im_end|>"}),
    "xlmr": (lambda s: unigram(s, ["<s>"], ["</s>"]), XLMR),
    "albert": (
        lambda s: unigram(s, ["[CLS]"], ["[SEP]"]),
        {
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "mask_token": "[MASK]",
            "bos_token": "[CLS]",
            "eos_token": "[SEP]",
        },
    ),
    "deberta": (
        lambda s: unigram(s, ["[CLS]"], ["[SEP]"]),
        {
            "pad_token": "[PAD]",
            "cls_token": "[CLS]",
            "sep_token": "[SEP]",
            "unk_token": "[UNK]",
            "mask_token": "[MASK]",
            "bos_token": "[CLS]",
            "eos_token": "[SEP]",
        },
    ),
    "t5": (lambda s: unigram(s, [], ["</s>"]), {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}),
    "gemma": (gemma, {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "unk_token": "<unk>"}),
}


@functools.cache
def made(kind, tokenizer_class):
    """-> tokenizer.json's text, the special tokens, the number of tokens.

    The text is what the class of transformers makes of its own tokenizer, so that the two agree before anything is changed.
    """
    from transformers import AutoTokenizer

    make, specials = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "tokenizer.json").write_text(make(specials).to_str())
        told = {"tokenizer_class": tokenizer_class, **specials}
        Path(folder, "tokenizer_config.json").write_text(json.dumps(told))
        tokenizer = AutoTokenizer.from_pretrained(folder).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer.to_str(), specials, tokenizer.get_vocab_size()
