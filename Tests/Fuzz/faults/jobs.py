"""Runs of embed that write files, and what they leave: what faults.py and kills.py try."""
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "Tests" / "Fixtures"
MODEL = str(FIXTURES / "pipelines" / "bert-cls")


class Job:
    """A command line, and the files and folders that it makes."""

    def __init__(self, name, arguments, outputs=(), resumes=False, timed=(), rest=()):
        self.name = name
        self.arguments = [str(argument) for argument in arguments]
        self.outputs = list(outputs)
        # Names of files that say how long the run took.
        self.timed = list(timed)
        # What is left in a result that is whole by a run that fails after that.
        self.rest = list(rest)
        # Whether a run goes on from what a killed one left.
        self.resumes = resumes


def jobs(model=MODEL):
    run = ["-m", model, "--quiet"]
    return [
        Job("encode-jsonl", ["encode", *run, "t.txt", "--output", "o.jsonl"], ["o.jsonl"]),
        Job("encode-npy", ["encode", *run, "t.txt", "--output", "o.npy"], ["o.npy"]),
        Job("encode-npy-pipe", ["encode", *run, "t.txt", "--format", "npy"]),
        Job("encode-int8", ["encode", *run, "t.txt", "--quantize", "int8", "--output", "o.npy"], ["o.npy"]),
        Job("encode-stdout", ["encode", *run, "c.jsonl"]),
        Job("resume", ["encode", *run, "t.txt", "--resume", "--output", "o.jsonl"], ["o.jsonl"], resumes=True),
        Job("save", ["search", *run, "--corpus", "c.jsonl", "--save", "v.npy", "cat"], ["v.npy", "v.npy.json"]),
        Job("reduce", ["reduce", *run, "--dimensions", "4", "--texts", "t.txt", "--output", "r"], ["r"]),
        Job("distill", ["distill", *run, "--dimensions", "4", "--output", "d"], ["d"]),
        Job("convert", ["convert", "-m", FIXTURES / "smallest", "--output", "c"], ["c"]),
        Job("train", ["train", *run, "p.csv", "--resume", "--output", "m", "--batch-size", "4", "--evaluate", "20%",
                      "--eval-steps", "2", "--save-steps", "3", "--save-total-limit", "2"],
            ["m"], resumes=True, timed=["README.md", "log.jsonl", "trainer_state.json"],
            rest=["state", "over"]),
        Job("plot", ["plot", *run, "c.jsonl", "--output", "p.svg"], ["p.svg"]),
        Job("tokenize", ["tokenize", "-m", model, "t.txt"]),
        Job("similarity", ["similarity", *run, "a cat", "a kitten"]),
        Job("cluster", ["cluster", *run, "--kmeans", "3", "c.jsonl"]),
    ]


INPUTS = ("t.txt", "c.jsonl", "p.csv")


def made_shim(folder):
    """The library that makes calls fail, built in a folder."""
    shim = Path(folder) / "shim.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", shim, Path(__file__).with_name("shim.c"), "-ldl"], check=True)
    return shim


class Place:
    """A folder to run in, with the inputs that the jobs read."""

    def __init__(self, folder, texts=700):
        self.folder = Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        lines = (f"the cat number {i} sat on the mat\n" for i in range(texts))
        (self.folder / "t.txt").write_text("".join(lines))
        rows = (json.dumps({"id": i, "text": f"the cat {i}"}) + "\n" for i in range(40))
        (self.folder / "c.jsonl").write_text("".join(rows))
        pairs = (f"the cat {i},the {i}th of all cats,{i % 5 / 4}\n" for i in range(40))
        (self.folder / "p.csv").write_text("sentence1,sentence2,score\n" + "".join(pairs))

    def clean(self):
        for path in self.folder.iterdir():
            if path.name in INPUTS:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    @property
    def names(self):
        return sorted(path.name for path in self.folder.iterdir() if path.name not in INPUTS)

    def contents(self, job, without=()):
        """A hash of the files and folders that a job makes; None where one is missing."""
        found = hashlib.sha256()
        for output in job.outputs:
            path = self.folder / output
            if path.is_dir():
                for file in sorted(path.rglob("*")):
                    if file.name in without:
                        continue
                    found.update(str(file.relative_to(path)).encode() + b"\0")
                    if file.is_file() and file.name not in job.timed:
                        found.update(file.read_bytes())
            elif path.exists():
                found.update(path.read_bytes())
            else:
                return None
        return found.hexdigest()

    def run(self, program, job, seconds=30, **environment):
        """The finished process; None where it did not end in time."""
        try:
            return subprocess.run(
                [program, *job.arguments], cwd=self.folder, env={**os.environ, **environment},
                stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
