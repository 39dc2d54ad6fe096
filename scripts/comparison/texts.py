"""Texts to measure with, made of the sentences of this project: its README, licence and comments."""

import pathlib
import random
import re

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
# File name, number of texts, and how many sentences each is made of.
KINDS = {"short": (2000, 1, 1), "mixed": (800, 1, 6), "long": (300, 14, 18)}


def sentences():
    """Each sentence once, in an order that depends on nothing but the project."""
    files = [PROJECT / "README.md", PROJECT / "LICENSE"]
    found = [sentence for file in files for sentence in split(file.read_text(encoding="utf-8"))]
    for file in sorted(PROJECT.glob("Sources/**/*.swift")):
        comments = re.findall(r"^ *///? (?!-)(.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        found += split("\n".join(comments))
    return list(dict.fromkeys(found))


def split(text):
    prose = re.sub(r"[`*|]", "", re.sub(r"\s+", " ", text))
    parts = re.split(r"(?<=[.:;?!]) ", prose)
    return [part for part in parts if 4 <= len(part.split()) <= 40]


def write(folder):
    """Writes a file of each kind into `folder`; their paths."""
    known, chance, paths = sentences(), random.Random(1), []
    for kind, (count, fewest, most) in KINDS.items():
        texts = [
            " ".join(chance.sample(known, chance.randint(fewest, most))) for _ in range(count)
        ]
        path = folder / f"{kind}.txt"
        path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
        paths.append(path)
    return paths


def read(path):
    """The texts of a file, a line each, as `embed` takes them."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    if lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
