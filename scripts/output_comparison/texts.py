"""The thousand texts that both binaries encode: always the same, made of this project's own files."""

import json
import pathlib
import random

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
COUNT = 1000
# Characters. Texts of fixtures above it are there to be cut, which the long texts below are, too.
LONGEST_SAMPLE = 400

SENTENCES = """
The harbour was quiet, except for one gull that kept complaining about the weather.
Who left the window open during last night's storm?
Don't forget: the train leaves at 07:45 from platform 9, not 12!
A recipe for bread needs flour, water, salt, yeast and about three hours.
She paid $1,249.99 (plus 8.5% tax) for a second-hand piano.
Le marché ouvre à huit heures, mais les pêcheurs arrivent bien avant l'aube.
Où as-tu rangé la clé de l'entrepôt ? C'était « urgent », paraît-il.
Die Straßenbahn fährt über die Brücke; fünf Fußgänger überqueren sie zögernd.
El niño preguntó: ¿por qué el cielo es azul y no añil?
Il treno è già partito, perché nessuno controllava l'orologio.
Młody żeglarz znalazł łódź w gęstej mgle pod Gdańskiem.
Köyün çeşmesi IĞDIR yolundadır; İzmir'den gelenler şaşırır.
Зимой река замерзает, и дети катаются на коньках до позднего вечера.
Το λιμάνι άδειασε· οι ψαράδες γύρισαν σπίτι πριν από την καταιγίδα.
القارب الصغير يعبر النهر كل صباح في الساعة ٧.
הספרייה נסגרת בשעה שש, אבל החתולים נשארים.
नदी के किनारे पुराना घर अब एक विद्यालय है।
川のそばの古い家は、今ではカフェになっています。ﾃﾚﾋﾞ１２
河边的老房子现在是一家书店，每天九点开门。
강가의 오래된 집은 이제 작은 박물관이 되었습니다.
บ้านเก่าริมแม่น้ำเป็นร้านหนังสือแล้ว
Ngôi nhà cũ bên bờ sông nay là một thư viện nhỏ.
🚲 + ☔️ = 😅 … then 👩🏽‍🔧 fixed it, 🇨🇭 quality ½ price №5
""".strip().split("\n")

# What a tokenizer, a normalizer or a writer of JSON can get wrong, between letters or alone.
FRAGMENTS = [
    "\x00", "\x01", "\x07", "\x08", "\t", "\n", "\x0b", "\x0c", "\r", "\x1b[31m", "\x1f", "\x7f",
    "\x80", "\x85", "\x9f", "\xa0", "\xad", "\u0301", "\u0308\u0323", "\u05b0", "\u064b", "\u094d",
    "\u0f71\u0f72", "\u115f", "\u1680", "\u180e", "\u200b", "\u200d", "\u200e", "\u2028", "\u2029",
    "\u202e", "\u2066", "\u3000", "\u3099", "\uac00\u11a8", "\ue000", "\ufb01", "\ufdfa", "\ufe0f",
    "\ufeff", "\uff21", "\ufffd", "\uffff", "\U0001d11e", "\U0001f3fd", "\U000e0041", "\U000f0000",
    "\U0010ffff", "İ", "ı", "ß", "ẞ", "Σς", "ǅ", "Å", "①", "㎏", "[CLS]", "[SEP]", "[MASK]", "[UNK]",
    "<s>", "</s>", "<unk>", "<mask>", "<|endoftext|>", "##ing", "▁", "''", "``", "\\", "\"", "\\u0041",
    "...", "--", "!!!!", "'ll", "n't", "http://a.b/c?d=e&f#g", "a@b.c", "x" * 120, "1" * 40, " " * 9,
]


class Chance:
    """Draws that are the same in every version of Python: only `random()` promises that."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def below(self, count):
        return int(self.random() * count)

    def one(self, choices):
        return choices[self.below(len(choices))]

    def shuffle(self, items):
        for index in range(len(items) - 1, 0, -1):
            other = self.below(index + 1)
            items[index], items[other] = items[other], items[index]


def recorded(pattern):
    """The texts of fixtures, each once, in the order of the files."""
    found = {}
    for path in sorted((PROJECT / "Tests/Fixtures").glob(pattern)):
        for line in path.read_text(encoding="utf-8").split("\n"):
            text = json.loads(line).get("text") if line.strip() else None
            # A lone half of a surrogate pair cannot be written as UTF-8.
            if isinstance(text, str) and len(text) <= LONGEST_SAMPLE and writable(text):
                found[text] = None
    return list(found)


def writable(text):
    return not any("\ud800" <= character <= "\udfff" for character in text)


def prose(*names):
    """Lines of the example models' own pages."""
    lines = [
        line.strip("| \t")
        for name in names
        for line in (PROJECT / name).read_text(encoding="utf-8").split("\n")]
    return [line for line in lines if 20 < len(line) < 120]


def altered(text, chance):
    """A text that is cut, sprinkled with fragments, or whose letters changed their case."""
    characters = list(text)
    if chance.below(3) == 0:
        start = chance.below(len(characters))
        characters = characters[start:start + 1 + chance.below(40)]
    for _ in range(chance.one([1, 1, 2, 3, 8])):
        place = chance.below(len(characters) + 1)
        characters[place:place] = chance.one(FRAGMENTS)
    if chance.below(8) == 0:
        characters = [letter.upper() if chance.below(2) else letter for letter in characters]
    return "".join(characters)


def joined(sentences, chance, fewest, most):
    return " ".join(chance.one(sentences) for _ in range(fewest + chance.below(most - fewest + 1)))


def thousand():
    """The texts, in an order that mixes short and long ones."""
    chance = Chance(20)
    plain = recorded("*.golden.jsonl") + recorded("pipelines/*/golden.jsonl") + SENTENCES
    plain += prose("models.example/bert-tiny/README.md", "models.example/minilm-static/README.md")
    plain = [text for text in plain if text.strip()]
    odd = recorded("tokenizers/*/cases.jsonl") + recorded("tokenizer-files/*/cases.jsonl")
    texts = ["", "", "", " ", "\t", "\xa0", "\u3000", " \t ", "\u200b", "\x00", *FRAGMENTS]
    texts += [joined(plain, chance, 4, 8) for _ in range(40)]
    # Beyond the limit of real models: 256 tokens and more.
    texts += [joined(plain, chance, 20, 40) for _ in range(10)]
    texts += [chance.one(odd) for _ in range(170)]
    texts += [altered(chance.one(plain), chance) for _ in range(220)]
    words = "the cat sat on the mat by a river and Paris is old café house".split()
    texts += [joined(words, chance, 1, 60) for _ in range(100)]
    texts += [chance.one(plain) for _ in range(COUNT - len(texts))]
    chance.shuffle(texts)
    return texts


def as_line(text):
    """A text as a line can hold it: without line feeds, and without a carriage return at its end."""
    return text.replace("\n", "\u2028").rstrip("\r")
