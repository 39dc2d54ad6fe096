"""Measures `embed` and the Python engines in one run, and prints a Markdown table.

scripts/compare starts it, in the environment that has the engines.
"""

import argparse
import importlib.metadata
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

import texts

FOLDER = pathlib.Path(__file__).resolve().parent
PRECISIONS = ["f32", "bf16x3", "bf16", "int8"]
# What the table calls each engine, and the package it is.
ENGINES = {
    "st": ("sentence-transformers", "sentence-transformers"),
    "ort": ("ONNX Runtime", "onnxruntime"),
    "ort-int8": ("ONNX Runtime, int8", "onnxruntime"),
    "ov": ("OpenVINO, f32", "openvino"),
    "ov-bf16": ("OpenVINO, bf16", "openvino"),
    "ct2": ("CTranslate2", "ctranslate2"),
    "ct2-int8": ("CTranslate2, int8", "ctranslate2"),
}
# Threads of one engine spin for a moment after its work; the next should not share with them.
PAUSE = 0.5


def say(sentence):
    print(f"compare: {sentence}", file=sys.stderr, flush=True)


class Embed:
    """The command in one precision, from start to the written file."""

    def __init__(self, binary, model, precision, threads):
        self.name, self.title = f"embed-{precision}", f"**embed**, {precision}"
        self.command = [
            binary, "encode", "--quiet", "--model", model, "--precision", precision,
            "--threads", str(threads), "--input", "lines", "--format", "npy"]
        ready = subprocess.run(self.command, input=b"a text\n", capture_output=True)
        if ready.returncode:
            raise RuntimeError(ready.stderr.decode("utf-8", "replace").strip())

    def encode(self, file, vectors):
        """The seconds from `file` to `vectors`."""
        began = time.perf_counter()
        subprocess.run([*self.command, "--output", vectors, file], check=True)
        return time.perf_counter() - began

    def end(self):
        pass


class Engine:
    """A Python engine in its process, loaded and warm."""

    def __init__(self, name, model, folder, threads):
        self.name, (self.title, _) = name, ENGINES[name]
        self.log = folder / f"{name}.log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-B", FOLDER / "engines.py", name, model, folder, str(threads)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            log = self.log.read_text(encoding="utf-8", errors="replace").strip()
            raise RuntimeError(log.split("\n")[-1] or "it ended without a word")
        return line

    def encode(self, file, vectors):
        """The seconds from the texts of `file` to their vectors."""
        self.process.stdin.write(f"{file}\t{vectors}\n")
        self.process.stdin.flush()
        return float(self.answer())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def start(options, folder):
    """Those of the competitors that start; a line about each that does not."""
    makers = {
        f"embed-{precision}": lambda precision=precision: Embed(
            options.embed, options.model, precision, options.threads)
        for precision in PRECISIONS}
    makers |= {
        name: lambda name=name: Engine(name, options.model, folder, options.threads)
        for name in ENGINES}
    names = options.engines.split(",") if options.engines else list(makers)
    competitors = []
    for name in names:
        if name not in makers:
            sys.exit(f"compare: no engine {name}; there are {', '.join(makers)}")
        say(f"starting {name}")
        try:
            competitors.append(makers[name]())
        except (OSError, RuntimeError) as problem:
            say(f"{name} is left out: {problem}")
    return competitors


def measure(competitors, files, rounds, folder):
    """Seconds of each competitor on each file, round after round, and its vectors."""
    seconds, vectors = {}, {}
    for turn in range(rounds):
        for number, file in enumerate(files):
            say(f"round {turn + 1} of {rounds}: {os.path.basename(file)}")
            for competitor in list(competitors):
                time.sleep(PAUSE)
                output = folder / f"{number}.{competitor.name}.npy"
                try:
                    taken = competitor.encode(file, output)
                except (OSError, RuntimeError, subprocess.CalledProcessError) as problem:
                    say(f"{competitor.name} is left out: {problem}")
                    competitors.remove(competitor)
                    continue
                seconds.setdefault((competitor.name, number), []).append(taken)
                vectors[competitor.name, number] = output
    return seconds, vectors


def smallest_cosine(left, right):
    left, right = (numpy.load(path).astype(numpy.float64) for path in (left, right))
    lengths = numpy.linalg.norm(left, axis=1) * numpy.linalg.norm(right, axis=1)
    return float(((left * right).sum(axis=1) / lengths).min())


def table(competitors, files, seconds, vectors):
    """The Markdown, a row for each competitor."""
    counts = [len(texts.read(file)) for file in files]
    names = [pathlib.Path(file).stem for file in files]
    heads = ["texts a second", *names, "smallest cosine"]
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    known = any(competitor.name == "st" for competitor in competitors)
    for competitor in competitors:
        cells = [competitor.title]
        for number, count in enumerate(counts):
            taken = statistics.median(seconds[competitor.name, number])
            cell = f"{count / taken:,.0f}"
            if known:
                cell += f" ({statistics.median(seconds['st', number]) / taken:.2f} ×)"
            cells.append(cell)
        cosines = [
            smallest_cosine(vectors[competitor.name, number], vectors["st", number])
            for number in range(len(files)) if known]
        cells.append(f"{min(cosines):.6f}" if cosines else "")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def described(file):
    lengths = [len(text) for text in texts.read(file)]
    return f"{pathlib.Path(file).stem} {len(lengths):,} of {statistics.mean(lengths):.0f} characters"


def footnote(options, competitors, files):
    """What the numbers are of, below the table."""
    version = subprocess.run([options.embed, "--version"], capture_output=True, text=True).stdout
    packages = {ENGINES[each.name][1] for each in competitors if each.name in ENGINES}
    if packages:
        packages.add("torch")
    versions = [f"embed {version.strip()}"]
    versions += [f"{name} {importlib.metadata.version(name)}" for name in sorted(packages)]
    return f"""\
{pathlib.Path(options.model).name}, {options.threads} threads of {processor()}; the engines took turns in one run,
rounds: {options.rounds}, medians; × is against sentence-transformers, the cosine with its vectors.
Texts: {", ".join(map(described, files))}.
`embed` is the whole process, from start to the written file; the others are timed inside Python, without start
and loading, in batches of 32 sorted by length. Versions: {", ".join(versions)}."""


def main():
    parser = argparse.ArgumentParser(prog="scripts/compare", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="a text a line")
    parser.add_argument("--embed", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--model", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--engines", help="rows, with commas between them: embed-f32,st,ort,…")
    options = parser.parse_args()
    for file in options.files:
        if not os.path.isfile(file):
            sys.exit(f"compare: {file}: no such file; MODEL is a directory, a FILE has a text a line")
        if not texts.read(file):
            sys.exit(f"compare: {file}: no texts to measure with; give a line or more")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        files = [os.path.abspath(file) for file in options.files] or texts.write(folder)
        competitors = start(options, folder)
        if not competitors:
            sys.exit("compare: nothing started; see above why")
        try:
            seconds, vectors = measure(competitors, files, options.rounds, folder)
            print(table(competitors, files, seconds, vectors))
            print()
            print(footnote(options, competitors, files))
        finally:
            for competitor in competitors:
                competitor.end()


main()
