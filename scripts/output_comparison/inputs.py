"""The files that command lines read: texts in every form, tables to evaluate by, and broken ones."""

import csv
import io
import json

import texts
from texts import PROJECT

FEW = [
    "The cat sat on the mat.", "Where is the river?", "", "Paris is old.", "a café by the river",
    "the old house is by the water, and it is cold in there all the long winter " * 3,
    "猫が好き 我喜欢猫", "  two  spaces  ", "the cat", "tab\tinside", "I like 😀 at home.", "the cat"]


def write_inputs(folder):
    """Fill `folder` with everything that the command lines name as in/…"""
    folder.mkdir()
    thousand = texts.thousand()
    sentences = list(dict.fromkeys(
        text for text in texts.recorded("pipelines/*/golden.jsonl") + texts.SENTENCES
        if "\n" not in text and text.strip()))
    files = {
        "texts.txt": lines(texts.as_line(text) for text in thousand),
        "texts.jsonl": rows({"row": row, "text": text} for row, text in enumerate(thousand)),
        "sentences.txt": lines(sentences), "few.txt": lines(FEW), "queries.txt": lines(FEW[:4]),
        "one.txt": lines(FEW[:1]), "empty.txt": ""}
    files |= forms() | tables(sentences) | broken()
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name).write_bytes(data)
    fixtures = PROJECT / "Tests/Fixtures"
    for path in [*fixtures.glob("*.golden.jsonl"), fixtures / "vectors"]:
        (folder / path.name).symlink_to(path)
    hub = folder / "hub/models--made--tiny/snapshots"
    hub.mkdir(parents=True)
    (hub / "main").symlink_to(PROJECT / "models.example/bert-tiny")


def lines(texts):
    return "".join(text + "\n" for text in texts)


def rows(objects):
    return lines(json.dumps(each, ensure_ascii=False) for each in objects)


def table(header, cells):
    """csv as RFC 4180 has it; without a header if that is None."""
    output = io.StringIO()
    csv.writer(output).writerows([*([header] if header else []), *cells])
    return output.getvalue()


def forms():
    """The same few texts in each form that texts may lie in."""
    notes = [
        {"id": f"n{number}", "tags": ["x", {"y": None}], "body": text, "n": number + 0.50,
         "embedding": "old", "error": False}
        for number, text in enumerate(FEW)]
    cells = [[note["id"], note["body"] + ', "quoted"\nline two', note["n"]] for note in notes]
    return {
        "notes.jsonl": rows(notes[:3]) + "\n  \n" + rows(notes[3:]),
        "text.jsonl": rows({"text": text, "lang": "en"} for text in FEW),
        "notes.csv": table(["id", "note", "n"], cells),
        "notes.tsv": "id\ttext\n" + lines(f"{row}\t\"{text}".replace("tab\t", "tab ")
                                          for row, text in enumerate(FEW)),
        "one-column.csv": table(["text"], [[text] for text in FEW]),
        "bom.txt": "\ufeff" + "".join(text + "\r\n" for text in FEW),
        "no-newline.txt": "the cat\nthe river",
        "nul.txt": "the \x00 cat\nthe\x1b[1m river\n",
        "blank.txt": "\n\n\n"}


def tables(sentences):
    """What `evaluate` and `similarity` take, with scores and ids that are as good as any."""
    pairs = list(zip(sentences, sentences[1:] + sentences[:1]))
    sts = [[a, b, len(a) % 11 / 2] for a, b in pairs]
    triplets = list(zip(sentences, sentences[3:], sentences[7:]))
    ids = [f"d{row}" for row in range(len(sentences))]
    return {
        "sts.csv": table(["sentence1", "score", "sentence2", "genre"],
                         [[a, score, b, "news"] for a, b, score in sts]),
        "sts.tsv": lines("\t".join(map(str, row)) for row in sts if "\t" not in "".join(row[:2])),
        "sts.jsonl": rows({"a": a, "b": b, "s": score} for a, b, score in sts),
        "equal.csv": table(["sentence1", "sentence2", "score"], [[*pair, 1] for pair in pairs[:5]]),
        "triplets.csv": table(["anchor", "positive", "negative"], triplets),
        "binary.csv": table(["sentence1", "sentence2", "label"],
                            [[a, b, len(a) % 2] for a, b in pairs]),
        "wrong-label.csv": table(["sentence1", "sentence2", "label"], [["a", "b", 2]]),
        "wrong-score.csv": table(["sentence1", "sentence2", "score"], [["a", "b", "high"]]),
        "corpus.csv": table(["id", "text"], zip(ids, sentences)),
        "same-id.csv": table(["id", "text"], [["a", "the cat"], ["a", "the river"]]),
        "questions.csv": table(["id", "text"], [[f"q{row}", FEW[row]] for row in range(4)]),
        "relevant.csv": table(["query-id", "corpus-id"],
                              [[f"q{row}", ids[(row * 5 + step) % len(ids)]]
                               for row in range(4) for step in range(3)]),
        "irrelevant.csv": table(["query-id", "corpus-id"], [["q9", "d1"]]),
        "duplicates.csv": table(["id1", "id2"], zip(ids[::4], ids[1::4]))}


def broken():
    """What must end in a message, most of it after some rows that can be read."""
    golden = json.loads(
        (PROJECT / "Tests/Fixtures/bert-tiny.golden.jsonl").read_text("utf-8").split("\n")[0])
    good = [{"text": text} for text in FEW[:3]]
    return {
        "broken.jsonl": rows(good) + '{"text":"cut\n' + rows(good),
        "mended.jsonl": rows(good) + '{"text":"cut"}\n' + rows(good),
        "no-field.jsonl": rows([*good, {"title": "x"}, {"text": 7}, ["text"]]),
        "not-utf8.txt": b"the cat\nthe \xff\xfe river\nParis\n",
        "no-column.csv": table(["id", "body"], [[1, "the cat"]]),
        "short-row.csv": "id,text\n1,the cat\n2\n3,the river\n",
        "open-quote.csv": 'id,text\n1,"the cat\n2,the river\n',
        "not-numpy.npy": b"\x93NUMPY nothing",
        "wrong-ids.jsonl": rows([golden | {"ids": [*golden["ids"], 3]}]),
        "wrong-vector.jsonl": rows([golden | {"embedding": golden["embedding"][::-1]}]),
        "short-vector.jsonl": rows([golden | {"embedding": [1, 0]}]),
        "no-record.jsonl": rows(good)}
