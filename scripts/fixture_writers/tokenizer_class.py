"""Tests/Fixtures/tokenizer-files/llama-class: a tokenizer.json of 2023 whose stages transformers' LlamaTokenizer replaces."""

import json

from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoTokenizer

from .tokenizer_extras import SENTENCES, record, texts
from .tokenizer_json import compact, template, whole

SPECIALS = ["<unk>", "<s>", "</s>"]


def write(fixtures):
    folder = fixtures / "tokenizer-files" / "llama-class"
    folder.mkdir(parents=True, exist_ok=True)
    trained = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    trained.pre_tokenizer = pre_tokenizers.Metaspace(split=True)
    specials = SPECIALS + [f"<0x{byte:02X}>" for byte in range(256)]
    trained.train_from_iterator(
        SENTENCES, trainers.BpeTrainer(vocab_size=480, special_tokens=specials, limit_alphabet=80, show_progress=False)
    )
    spec = whole(
        json.loads(trained.to_str())["model"],
        added_tokens=[
            {"id": id, "content": token, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
             "special": True}
            for id, token in enumerate(SPECIALS)
        ],
        # As files were converted then: a mark before each stretch of text, whatever comes before it.
        normalizer={"type": "Sequence", "normalizers": [
            {"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
        ]},
        post_processor=template(
            ["<s>:0", "$A:0", "</s>:0"], ["<s>:0", "$A:0", "</s>:0", "<s>:1", "$B:1", "</s>:1"],
            {"<s>": ([1], ["<s>"]), "</s>": ([2], ["</s>"])},
        ),
    )
    (folder / "tokenizer.json").write_text(compact(spec), encoding="utf-8")
    (folder / "config.json").write_text(compact({"model_type": "llama"}))
    (folder / "tokenizer_config.json").write_text(compact(
        {"add_bos_token": True, "add_eos_token": False, "bos_token": "<s>", "eos_token": "</s>", "legacy": True,
         "pad_token": None, "tokenizer_class": "LlamaTokenizer", "unk_token": "<unk>"}
    ))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    batch = texts(40, 7) + ["<s>a", "a <s>b</s> c", "  two  spaces", "▁▁", "a</s>", "</s> b"]
    record(folder, batch, lambda text: {
        "ids": tokenizer(text)["input_ids"], "plain": tokenizer(text, add_special_tokens=False)["input_ids"]})
