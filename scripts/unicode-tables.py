#!/usr/bin/env python3
"""Writes Sources/Tokenizers/Unicode/Data/*.swift from measured tables: of tokenizers 0.23.3, and of
sacremoses 0.2.0 and Python 3.11 (Unicode 14), which the
tokenizers of FlauBERT and XLM use.

    scripts/unicode-tables.py TABLES [OUTPUT]

TABLES is the folder of tokenizers_0.23.3_bert_tables.json and ..._unicode_tables.json: what the
wheel did with each code point. They do not hold canonical combining classes, which come
from this Python's unicodedata for the marks that the wheel knows (a class never changes once it is
assigned). sacremoses_0.2.0_perluniprops_ranges.json is there too. What starts with Python is written
only by a Python of Unicode 14. What the pre-tokenizer UnicodeScripts does is measured
here, if tokenizers is installed, and what NLTK's regular expressions match, if regex is. Otherwise only the standard library is used.
"""

import json
import pathlib
import sys
import unicodedata

VERSION = "0.23.3"
REGEX_VERSION = "2026.11.15"
MOSES_RANGES = "sacremoses_0.2.0_perluniprops_ranges.json"

# Bits 0 to 7 of a class; bits 8 to 15 are the canonical combining class. As in ScalarTraits.swift.
FLAGS = [
    ("bert", "removed"),
    ("bert", "tospace"),
    ("bert", "cjk"),
    ("bert", "punct"),
    ("bert", "ws"),
    ("unicode", "mn(BertNormalizer strip_accents)"),
    ("unicode", "is_combining_mark(StripAccents)"),
    ("unicode", "rust regex \\w (added-token single_word, Whitespace)"),
]

# Bits 0 to 14 of a pattern class, as in PatternTraits.swift.
PATTERN_FLAGS = [
    ("unicode", "onig \\" + key)
    for key in (
        "p{L}", "p{N}", "s", "d", "w", "p{P}", "p{S}", "p{M}", "p{Lu}", "p{Ll}", "p{Lt}", "p{Lm}",
        "p{Lo}", "p{Han}")
] + [("bert", "digits")]

# Bits 2 to 5 of a Python class, as in PythonTraits.swift; bits 8 to 15 are as above.
MOSES = [(2, "IsN"), (3, "IsAlnum"), (4, "IsAlpha"), (5, "IsLower")]

HEADER = """\
// swift-format-ignore-file
// Written by scripts/unicode-tables.py from {source}.

/// {what}
enum {name} {{
  static let text: StaticString = #\"\"\"
{lines}
    \"\"\"#
}}
"""


def digits(number):
    """Five bits at a time, lowest first, the sixth says that more follow; counted from "0"."""
    text = ""
    while True:
        number, low = number >> 5, number & 31
        text += chr(48 + low + (32 if number else 0))
        if not number:
            return text


def signed(number):
    return digits(2 * number if number >= 0 else -2 * number - 1)


def classes(tables):
    """Runs of equal classes: gap after the run before, length - 1, class."""
    values = flagged(tables, FLAGS)
    for scalar, value in enumerate(values):
        if value & 1 << 6:
            values[scalar] |= unicodedata.combining(chr(scalar)) << 8
    return runs(values)


def flagged(tables, flags):
    """The bits of each scalar."""
    values = [0] * 0x110000
    for bit, (table, key) in enumerate(flags):
        for first, last in tables[table][key]:
            for scalar in range(first, last + 1):
                values[scalar] |= 1 << bit
    return values


def scripts(split):
    """The number of each scalar's script, as `split`, UnicodeScripts of the wheel, tells them apart."""
    values, known = [0] * 0x110000, []
    for scalar in range(len(values)):
        if 0xD800 <= scalar < 0xE000 or not split(chr(scalar)):
            continue
        # The script of the scalar before is the likeliest.
        known.sort(key=lambda entry: entry[0] != values[scalar - 1])
        for number, example in known:
            if len(split(example + chr(scalar))) == 1:
                values[scalar] = number
                break
        else:
            values[scalar] = len(known) + 1
            known.append((values[scalar], chr(scalar)))
    return runs(values)


def python_classes(moses):
    """The same of what Python and sacremoses know of a scalar."""
    values = [0] * 0x110000
    for bit, key in MOSES:
        # sacremoses adds these to the letters, for Indic scripts.
        more = moses["VIRAMA_NUKTA"] if key in ("IsAlnum", "IsAlpha") else []
        for first, last in moses[key] + more:
            for scalar in range(first, last + 1):
                values[scalar] |= 1 << bit
    for scalar in range(len(values)):
        character = chr(scalar)
        category = unicodedata.category(character)
        values[scalar] |= (category[0] == "C") | (category == "Nd") << 1
        # What `lower` does to a sigma after it says what it takes a character for.
        if not 0xD800 <= scalar < 0xE000:
            cased = (character + "Σ").lower().endswith("ς")
            passed_over = not cased and ("A" + character + "Σ").lower().endswith("ς")
            values[scalar] |= cased << 6 | passed_over << 7
        values[scalar] |= unicodedata.combining(character) << 8
    return runs(values)


def phrase_classes(regex):
    """What the package regex and Python's re take for words and digits; bits as in PhraseTraits.swift."""
    import re

    patterns = [regex.compile(r"\w"), regex.compile(r"\d"), re.compile(r"\w")]
    return runs([
        0 if 0xD800 <= scalar < 0xE000 else
        sum(1 << bit for bit, pattern in enumerate(patterns) if pattern.match(chr(scalar)))
        for scalar in range(0x110000)])


def python_mappings():
    """Decompositions, compositions (as the two parts of a composite) and lower-case mappings."""
    decompositions, compositions, lower = {}, {}, {}
    for scalar in range(0x110000):
        character, key = chr(scalar), f"{scalar:X}"
        if 0xD800 <= scalar < 0xE000:
            continue
        if character.lower() != character:
            lower[key] = [ord(part) for part in character.lower()]
        parts = unicodedata.normalize("NFD", character)
        if parts == character or 0xAC00 <= scalar <= 0xD7A3:
            continue
        decompositions[key] = [ord(part) for part in parts]
        if unicodedata.normalize("NFC", character) == character:
            first, second = unicodedata.decomposition(character).split()
            compositions[key] = [int(first, 16), int(second, 16)]
    return decompositions, compositions, lower


def runs(values):
    text, after, scalar = "", 0, 0
    while scalar < len(values):
        end = scalar
        while end < len(values) and values[end] == values[scalar]:
            end += 1
        if values[scalar]:
            text += digits(scalar - after) + digits(end - scalar - 1) + digits(values[scalar])
            after = end
        scalar = end
    return text


def mapping(entries):
    """Scalars and what they become: gap after the one before, count, differences to the scalar."""
    text, after = "", 0
    for scalar, parts in sorted((int(key, 16), parts) for key, parts in entries.items()):
        text += digits(scalar - after) + digits(len(parts))
        text += "".join(signed(part - scalar) for part in parts)
        after = scalar + 1
    return text


def compatibility(tables):
    """The decompositions that NFKD has beside those of NFD."""
    canonical = tables["unicode"]["NFD"]
    return mapping({
        key: parts for key, parts in tables["unicode"]["NFKD"].items()
        if canonical.get(key) != parts})


def difference(entries, base):
    """What to add to the mapping `base` for another; a scalar that does not change there becomes itself."""
    changed = {key: parts for key, parts in entries.items() if base.get(key) != parts}
    return changed | {key: [int(key, 16)] for key in base.keys() - entries.keys()}


def compositions(tables):
    """Scalars and the two that NFC makes them of: those that it does not take apart for good."""
    pairs = {}
    for key in tables["unicode"]["NFD"].keys() - tables["unicode"]["NFC"].keys():
        parts = unicodedata.decomposition(chr(int(key, 16))).split()
        assert len(parts) == 2, key
        pairs[key] = [int(part, 16) for part in parts]
    return pairs


def write(folder, name, what, text, also="", source=f"tables measured on tokenizers {VERSION}"):
    lines = [text[start : start + 90] for start in range(0, len(text), 90)]
    joined = "\\#\n".join("    " + line for line in lines)
    source = HEADER.format(name=name, what=what, lines=joined, source=source + also)
    (folder / f"{name}.swift").write_text(source, encoding="utf-8")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    given = pathlib.Path(sys.argv[1])
    target = pathlib.Path(__file__).resolve().parent.parent / "Sources/Tokenizers/Unicode/Data"
    folder = pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else target
    tables = {
        name: json.loads((given / f"tokenizers_{VERSION}_{name}_tables.json").read_text())
        for name in ("bert", "unicode")
    }
    write(
        folder, "ScalarTraitsData", "Runs of scalars of equal traits, for ScalarTable.",
        classes(tables), " and Unicode's canonical combining classes")
    write(
        folder, "DecompositionData", "Canonical decompositions (Unicode 9), for ScalarMapping.",
        mapping(tables["unicode"]["NFD"]))
    write(
        folder, "CompatibilityData",
        "Decompositions of NFKD that NFD does not have (Unicode 9), for ScalarMapping.",
        compatibility(tables))
    write(
        folder, "CompositionData",
        "What NFC composes and of which two (Unicode 9), for ScalarMapping.",
        mapping(compositions(tables)), " and Unicode's decompositions")
    write(
        folder, "LowercaseData", "Lower-case mappings (Unicode 17), for ScalarMapping.",
        mapping(tables["unicode"]["lower"]))
    write(
        folder, "PatternTraitsData", "Runs of scalars of equal traits, for PatternTraits.",
        runs(flagged(tables, PATTERN_FLAGS)))
    write_scripts(folder)
    write_python(folder, tables, json.loads((given / MOSES_RANGES).read_text()))


def write_scripts(folder):
    try:
        import tokenizers
    except ImportError:
        print("ScriptData.swift stays: this Python has no tokenizers to measure")
        return
    assert tokenizers.__version__ == VERSION, tokenizers.__version__
    split = tokenizers.pre_tokenizers.UnicodeScripts().pre_tokenize_str
    write(folder, "ScriptData", "Runs of scalars of one script, for ScalarTable.", scripts(split))


def write_phrases(folder):
    try:
        import regex
    except ImportError:
        print("PhraseTraitsData.swift stays: this Python has no regex to measure")
        return
    from importlib.metadata import version

    assert version("regex") == REGEX_VERSION, version("regex")
    write(
        folder, "PhraseTraitsData", "Runs of scalars of equal traits, for PhraseTraits.",
        phrase_classes(regex), source=f"Python 3.11 and its package regex {REGEX_VERSION}")


def write_python(folder, tables, moses):
    if unicodedata.unidata_version != "14.0.0":
        print(f"Python*Data.swift stay: this Python has Unicode {unicodedata.unidata_version}, not 14")
        return
    write_phrases(folder)
    source = "Python 3.11, Unicode 14"
    decompositions, composites, lower = python_mappings()
    write(
        folder, "PythonTraitsData", "Runs of scalars of equal traits, for PythonTraits.",
        python_classes(moses), ", and sacremoses 0.2.0", source)
    marks = [unicodedata.category(chr(scalar)) == "Mn" for scalar in range(0x110000)]
    write(
        folder, "PythonMarkData", "Runs of nonspacing marks (Mn), for ScalarTable.",
        runs([int(mark) for mark in marks]), source=source)
    for name, what, entries, base in [
        (
            "Decomposition", "Canonical decompositions that differ from DecompositionData's, for ScalarMapping.",
            decompositions, tables["unicode"]["NFD"],
        ),
        (
            "Composition",
            "Composites that differ from CompositionData's, and the two scalars that each is made of.",
            composites, compositions(tables),
        ),
        (
            "Lowercase", "Lower-case mappings that differ from LowercaseData's, for ScalarMapping.", lower,
            tables["unicode"]["lower"],
        ),
    ]:
        write(folder, f"Python{name}Data", what, mapping(difference(entries, base)), source=source)


main()
