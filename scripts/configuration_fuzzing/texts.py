"""What tokenizers are made from, and the texts that are encoded."""

TRAINING = [
    "the cat sat on the mat and looked at the river",
    "an old house in the woods is where it lives now",
    "The Quick Brown Fox jumps over 12345 lazy dogs, can't it?",
    "where there is a will there is a way, or so they say!",
    "crème brûlée and naïve café in the old town",
    "Der Größenwahn über Öl kostete 1.000 € – nicht wahr?",
    "быстрая коричневая лиса прыгает через ленивую собаку",
    "速い茶色の狐 が のろまな犬 を飛び越えた",
    "numbers 0 1 2 3 4 5 6 7 8 9 and (brackets) [too] {here}",
    "what is the meaning of this sentence about sentences and tokens",
    "water, waters, watering, watered; house, houses, housing, housed",
]

LONG = " ".join(TRAINING[:4]) + " and the cat sat on the mat, where it is old and it looked at the house again, again"


def texts(specials):
    """Texts of several lengths; `specials` are the special tokens of the tokenizer, two of which stand in one of them."""
    tokens = list(specials.values())
    return [
        "the cat sat on a mat",
        "Hello, WORLD! Crème Brûlée — naïve",
        f"the {tokens[-1]} is{tokens[0]}old",
        "  two  spaces\tand a cat's 1234 ",
        "a",
        "速い狐 中文字 ﬁ Å e\u0301 ＡＢＣ\u00a0x\u200by Ⅷ 🦊 ##s ▁t <new> <extra> [unused1]",
        LONG,
    ]
