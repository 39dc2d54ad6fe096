"""Trains with `embed` and with sentence-transformers in turns, and prints a Markdown table.

scripts/compare --train starts it, in the environment that has the engines.
"""

import csv
import json
import multiprocessing
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

import texts
from command import chosen, parser, say

FOLDER = pathlib.Path(__file__).resolve().parent


def pairs(options, count, folder):
    """A file of pairs with scores from 0 to 1: rows taken evenly over --pairs, or of this project's sentences."""
    if options.pairs:
        with open(options.pairs, encoding="utf-8", newline="") as file:
            rows = [row[:3] for row in csv.reader(file, delimiter="\t" if options.pairs.endswith(".tsv") else ",")]
        rows = [row for row in rows if len(row) == 3 and row[2].replace(".", "").isdigit()]
        largest = max(float(row[2]) for row in rows)
        rows = [[left, right, float(score) / (5 if largest > 1 else 1)] for left, right, score in rows]
    else:
        chance, known = random.Random(1), texts.sentences()
        rows = [[*chance.sample(known, 2), round(chance.random(), 2)] for _ in range(4 * count)]
    step = max(1, len(rows) // count)
    rows = rows[::step][:count]
    path = folder / f"pairs-{count}.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sentence1", "sentence2", "score"])
        writer.writerows(rows)
    return path


def large_model(options, folder):
    """A model of BERT-base's size with random weights and the tokenizer of --model."""
    import sentence_transformers
    import transformers

    path = folder / "bert-base"
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    network = transformers.BertModel(transformers.BertConfig(vocab_size=len(tokenizer)))
    plain = folder / "network"
    network.save_pretrained(plain)
    tokenizer.save_pretrained(plain)
    # A plain network gets mean pooling.
    model = sentence_transformers.SentenceTransformer(str(plain), device="cpu")
    model.max_seq_length = 128
    model.save(str(path))
    return path


def splade_model(options, folder):
    """A SPLADE of MiniLM-L6's size with random weights and the tokenizer of --model."""
    path, file = folder / "splade", folder / "splade.txt"
    file.write_text("".join(line + "\n" for line in texts.sentences()[:64]), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-B", FOLDER / "kinds_reference.py", "make", "sparse", path, options.model, file], check=True)
    return path


def made_apart(make, options, folder):
    """What a function makes, in a process of its own: what this one came to hold would count as its children's."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(make, (options, folder))


def run(command):
    """What a process printed, and the bytes that it held at most."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    printed, errors = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(errors.decode("utf-8", "replace").strip().split("\n")[-1])
    return printed, usage.ru_maxrss * 1024


def embed(options, precision, model, file, loss, batch, steps, folder):
    """The seconds of each step, and the memory."""
    log = folder / "log.jsonl"
    output = folder / "trained"
    command = [
        options.embed, "train", "--quiet", "--model", model, "--output", output, "--force", "--log", log,
        "--loss", loss, "--batch-size", str(batch), "--batch-sampler", "batch_sampler", "--max-steps", str(steps),
        "--precision", precision, "--threads", str(options.threads), file]
    if loss in ["MultipleNegativesRankingLoss", "SpladeLoss"]:
        command += ["--columns", "sentence1,sentence2", "--label", "none"]
    if loss == "BinaryCrossEntropyLoss":
        command += ["--type", "rerank"]
    _, memory = run([str(part) for part in command])
    with open(log, encoding="utf-8") as lines:
        return [row["seconds"] for row in map(json.loads, lines) if "loss" in row], memory


def reference(options, model, file, loss, batch, steps):
    """The same of sentence-transformers' Trainer."""
    command = [sys.executable, "-B", FOLDER / "training_reference.py", model, file, loss, batch, steps, options.threads]
    printed, memory = run([str(part) for part in command])
    return json.loads(printed.decode().strip().split("\n")[-1]), memory


# What is trained: loss, pairs a step, and what makes the model, where it is not the one that is named.
CASES = {
    "cosine": ("CosineSimilarityLoss", 16, None),
    "mnrl": ("MultipleNegativesRankingLoss", 64, None),
    "base": ("CosineSimilarityLoss", 16, large_model),
    "rerank": ("BinaryCrossEntropyLoss", 16, None),
    "splade": ("SpladeLoss", 16, splade_model),
}


def main():
    known = parser("--train", __doc__, "cosine,mnrl,base")
    known.add_argument("--pairs", help="csv of two texts and a score a row")
    known.add_argument("--steps", type=int, default=16)
    known.add_argument("--precisions", default="f32", help="of embed, with commas between them")
    options = known.parse_args()
    cases = chosen(options, CASES)
    print("| trained | pairs/s, sentence-transformers | pairs/s, embed | ratio | memory | embed's |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name in cases:
            loss, batch, made = CASES[name]
            model = made_apart(made, options, folder) if made else options.model
            steps = max(3, options.steps // 4) if made is large_model else options.steps
            file = pairs(options, batch * steps, folder)
            rates, memories = {}, {}
            for turn in range(options.rounds):
                say(f"{name}: round {turn + 1} of {options.rounds}")
                found = {"st": reference(options, model, file, loss, batch, steps)}
                for precision in options.precisions.split(","):
                    found[precision] = embed(options, precision, model, file, loss, batch, steps, folder)
                for engine, (seconds, memory) in found.items():
                    # The first step also makes what later ones use again.
                    rates.setdefault(engine, []).append(batch * (len(seconds) - 1) / sum(seconds[1:]))
                    memories.setdefault(engine, []).append(memory)
            for precision in options.precisions.split(","):
                ratio = statistics.median(a / b for a, b in zip(rates[precision], rates["st"]))
                print(
                    f"| {pathlib.Path(model).name}, {loss}, batch {batch}, {precision} "
                    f"| {statistics.median(rates['st']):.1f} | {statistics.median(rates[precision]):.1f} "
                    f"| {ratio:.2f} | {statistics.median(memories['st']) / 1e9:.2f} GB "
                    f"| {statistics.median(memories[precision]) / 1e9:.2f} GB |", flush=True)
    print(
        f"\n{options.threads} threads; the two took turns, rounds: {options.rounds}; medians, the ratio that of each "
        f"round's; steps: {options.steps}, without the first, evaluation and loading; memory is the process' peak.")


if __name__ == "__main__":
    main()
