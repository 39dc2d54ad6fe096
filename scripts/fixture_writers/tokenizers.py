"""Tests/Fixtures/tokenizers: made-up tokenizer.json files and the ids they give."""

from . import tokenizers_bpe, tokenizers_splits, tokenizers_unigram, tokenizers_wordpiece


def write(fixtures):
    for topic in (tokenizers_wordpiece, tokenizers_unigram, tokenizers_splits, tokenizers_bpe):
        topic.write(fixtures / "tokenizers")
