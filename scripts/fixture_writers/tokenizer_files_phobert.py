"""Tests/Fixtures/tokenizer-files/phobert*: PhoBERT's own tokenizer, of which no tokenizer.json can be made."""

from transformers import PhobertTokenizer

from .tokenizer_folder import quiet, record, write_files

LETTERS = list("abcdeghiklmnopqrstuvxy_.,-0123") + list("ăâđêôơưáàảãạéèẻẽẹíìóòốồộúùứừựýỳ") + ["NL"]
MERGES = "h o|ho a</w>|h à</w>|N ộ|Nộ i</w>|c o|co n</w>|m è|mè o</w>|c h|ch ó</w>|l à</w>|t h|th à|n h</w>|thà nh</w>|_ p|_p h|_ph ố</w>"
MERGES = [merge.split(" ") for merge in MERGES.split("|")]
MADE = [a + b for a, b in MERGES]
PIECES = [f"{letter}@@" for letter in LETTERS] + LETTERS
PIECES += [piece.removesuffix("</w>") if piece.endswith("</w>") else f"{piece}@@" for piece in MADE]
CONFIG = {"model_max_length": 256, "tokenizer_class": "PhobertTokenizer"}
TEXTS = [
    "", " ", "a", "mèo", "con mèo", "con  mèo\tlà chó", "thành_phố Hà_Nội", "con\nmèo", "con \nmèo\n", "mèo\n\nchó\r\n", "hoa hà hoa_hà",
    "x@@ y", "</w>", "a</w>", "<s>con</s>", " <mask> mèo", "con<mask>mèo", "<pad> <unk>", "zzz Ω", "mèo mèo", "a\u00a0b c\u2003d",
    "a\x1cb \x85c", "conmèochóthànhhoa", "Con_Mèo", "con\u0301", "\ufeffcon", "<NEW> con <new>mèo",
]


def write(fixtures):
    quiet()
    folder = fixtures / "tokenizer-files"
    files = {
        "vocab.txt": "".join(f"{piece} {900 - i}\n" for i, piece in enumerate(PIECES)),
        "bpe.codes": "".join(f"{a} {b} {99 - i}\n" for i, (a, b) in enumerate(MERGES)),
        "tokenizer_config.json": CONFIG,
    }
    odd = {
        # Pieces that are there twice, or have spaces, and ends of lines of all kinds.
        "vocab.txt": "con 9\r\nmèo 8\r\ncon 7\n<s> 6\nhoa hà 5\n  chó   4  \n" + files["vocab.txt"].rstrip("\n"),
        # Pairs without counts, with more columns, and twice.
        "bpe.codes": "c o\nh o 5 7\n" + files["bpe.codes"] + "c o 1\n\nm è",
    }
    added = {"added_tokens.json": {"<mask>": 4 + len(PIECES), "<new>": 5 + len(PIECES)}}
    roles = {"special_tokens_map.json": {"mask_token": "<mask>", "cls_token": "<pad>"}}
    for name, more in [("phobert", {}), ("phobert-added", {**added, **roles}), ("phobert-odd-files", odd)]:
        write_files(folder / name, {**files, **more})
        record(folder / name, PhobertTokenizer.from_pretrained(folder / name), TEXTS)
