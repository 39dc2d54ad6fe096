"""Scores pairs and makes sparse vectors with `embed` and with sentence-transformers in turns, and prints a table.

scripts/compare --kinds starts it, in the environment that has the engines.
"""

import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

import texts
from command import chosen, parser, say

FOLDER = pathlib.Path(__file__).resolve().parent
# What each row is called, what it counts, and the command of `embed` and the ending of its file.
CASES = {
    "rerank": ("reranker: a query with documents", "rerank", ".jsonl"),
    "sparse": ("SPLADE: documents", "encode", ".npz"),
}
# Threads of one engine spin for a moment after its work; the next should not share with them.
PAUSE = 0.5


class Reference:
    """sentence-transformers in its process, which no other shares memory with, loaded and warm."""

    def __init__(self, options, case, model, file, query):
        command = [sys.executable, "-B", FOLDER / "kinds_reference.py", case, model, file, query, options.threads]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare: sentence-transformers ended with {self.process.wait()}; see above why")
        return json.loads(line)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def run(self):
        """The seconds of one pass, and the bytes that the process held at most."""
        return self.ask("run")

    def difference(self, output):
        """The largest difference of its numbers from those in a file of `embed`."""
        return self.ask(f"compare\t{output}")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def embed(options, case, model, precision, file, query, output):
    """The seconds of the whole process, and the bytes that it held at most."""
    command = [
        options.embed, CASES[case][1], "--quiet", "--model", model, "--precision", precision, "--threads",
        options.threads, "--input", "lines", "--output", output, *([query] if case == "rerank" else []), file]
    began = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"compare: embed {CASES[case][1]} failed; see above why")
    return time.perf_counter() - began, usage.ru_maxrss * 1024


def documents(count, folder):
    """A query and a file of documents of one to four sentences of this project."""
    chance, known = random.Random(1), texts.sentences()
    lines = [" ".join(chance.sample(known, chance.randint(1, 4))) for _ in range(count)]
    path = folder / "documents.txt"
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return chance.choice(known), path


def measure(options, case, folder, file, query):
    """The table's rows of a case, one for each precision."""
    model = folder / case
    subprocess.run(
        [sys.executable, "-B", FOLDER / "kinds_reference.py", "make", case, model, options.model, file], check=True)
    precisions = options.precisions.split(",")
    found = {engine: [] for engine in ["st", *precisions]}
    reference = Reference(options, case, model, file, query)
    outputs = {precision: folder / f"{precision}{CASES[case][2]}" for precision in precisions}
    for turn in range(options.rounds):
        say(f"{case}: round {turn + 1} of {options.rounds}")
        found["st"].append(reference.run())
        for precision in precisions:
            time.sleep(PAUSE)
            found[precision].append(embed(options, case, model, precision, file, query, outputs[precision]))
    rows = []
    for precision in precisions:
        rate, own = (
            statistics.median(options.documents / seconds for seconds, _ in found[engine])
            for engine in ["st", precision])
        ratio = statistics.median(a[0] / b[0] for a, b in zip(found["st"], found[precision]))
        memory, less = (statistics.median(held for _, held in found[engine]) for engine in ["st", precision])
        rows.append(
            f"| {CASES[case][0]}, {precision} | {rate:,.0f} | {own:,.0f} | {ratio:.2f} "
            f"| {reference.difference(outputs[precision]):.1e} | {memory / 1e9:.2f} GB | {less / 1e9:.2f} GB |")
    reference.end()
    return rows


def main():
    known = parser("--kinds", __doc__, ",".join(CASES))
    known.add_argument("--documents", type=int, default=1000)
    known.add_argument("--precisions", default="f32", help="of embed, with commas between them")
    options = known.parse_args()
    cases = chosen(options, CASES)
    print("| documents a second | sentence-transformers | embed | ratio | largest difference | memory | embed's |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        query, file = documents(options.documents, folder)
        for case in cases:
            print("\n".join(measure(options, case, folder, file, query)), flush=True)
    print(
        f"\nNetworks of MiniLM-L6's size with random weights and the tokenizer of {pathlib.Path(options.model).name}; "
        f"{options.documents:,} documents, {options.threads} threads; the two took turns, rounds: {options.rounds}; "
        "medians, the ratio that of each round's. `embed` is the whole process, from start to the written file, "
        "sentence-transformers is timed inside Python, without start and loading, in batches of 32 sorted by length. "
        "The difference is that of logits, or of the weights of terms; memory is the process' peak.")


main()
