"""The texts that fixtures are recorded with."""

# Texts: what a tokenizer, a limit and a pooling can get wrong.
TEXTS = [
    "The cat sat on the mat.",
    "a",
    "",
    "   ",
    " \t\n ",
    "Where is the river, and how old is the house by the water?",
    "Café Ünïcödé naïve résumé",
    "Cafe\u0301 with a combining accent",
    "猫が好き 我喜欢猫 고양이",
    "I like 😀 and 👩‍👩‍👧 at home 🏠.",
    "\"Well...\" (she said) -- it's 3.14 * 2 = 6.28; isn't it?!",
    "words around [SEP] and [CLS] and [MASK], or [sep]",
    "12345 67890 1st 2nd 3rd",
    "UPPER lower MiXeD straße ИВАН",
    "line one\nline two\r\nline three\u2028line four\u00a0end",
    "nul \u0000 bell \u0007 zero\u200bwidth bom \ufeff bad \ufffd end",
    "unbreakable" * 12 + " then a word",
    "the quick brown fox runs over the lazy dog and the old man sees it all day long " * 3,
]
