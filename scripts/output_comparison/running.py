"""Runs the same command lines with both binaries, each in a folder of its own."""

import concurrent.futures
import dataclasses
import os
import pathlib
import shlex
import subprocess

# Seconds. The slowest step takes some ten on an idle machine.
PATIENCE = 600
# What would make a binary look for models elsewhere than where both look.
VARIABLES = ("EMBED_", "HF_", "HUGGINGFACE_", "XDG_CACHE_HOME")


@dataclasses.dataclass
class Step:
    """One call of the command."""

    arguments: list
    environment: dict
    stdin: str = os.devnull

    @classmethod
    def parse(cls, words):
        """From words as a shell has them: NAME=VALUE … ARGUMENT … < FILE."""
        words, environment, stdin = list(words), {}, os.devnull
        while words and words[0].split("=")[0].isupper() and "=" in words[0]:
            name, value = words.pop(0).split("=", 1)
            environment[name] = value
        if "<" in words[:-1]:
            stdin = words.pop()
            words.pop()
        return cls(words, environment, stdin)


@dataclasses.dataclass
class Case:
    """Steps that run one after the other in one folder."""

    name: str
    line: str
    # What standard output holds: "data", "words", or JSON whose "keys" must stay.
    output: str = "data"
    # How the last step should end; another end in both binaries is told, but is no difference.
    ends: int = 0
    # Of raw vectors in standard output, which do not say how many they are.
    rows: int = 1

    @property
    def steps(self):
        steps, words = [], []
        for word in [*shlex.split(self.line), ";"]:
            if word == ";":
                steps.append(Step.parse(words))
                words = []
            else:
                words.append(word)
        return steps


@dataclasses.dataclass
class Outcome:
    """What one step came to; without an exit code where it did not end in time."""

    exit: int
    stdout: bytes
    stderr: bytes


@dataclasses.dataclass
class Result:
    """What one binary made of a case."""

    outcomes: list
    # Path in the folder → where it lies, of everything that was written there.
    files: dict


class Binary:
    """One of the two commands."""

    def __init__(self, path):
        self.path = str(pathlib.Path(path).absolute())
        folder = pathlib.Path(path).resolve().parent.parent
        # Messages name this folder, which lies beside the binary and so elsewhere for each.
        self.installed = f"{str(folder).rstrip('/')}/share/embed/models".encode()

    def run(self, case, folder, shared):
        """Run all steps of a case in `folder`, which is made."""
        folder.mkdir(parents=True)
        for name in ("in", "models"):
            (folder / name).symlink_to(shared / name)
        (folder / "models.example").symlink_to(shared / "models")
        outcomes = [self.step(step, folder, shared) for step in case.steps]
        files = {
            str(path.relative_to(folder)): path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.relative_to(folder).parts[0] not in
            ("in", "models", "models.example")}
        return Result(outcomes, files)

    def step(self, step, folder, shared):
        """Run one step of a case."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(VARIABLES)}
        environment |= {"HOME": str(shared / "home"), "COLUMNS": "100"} | step.environment
        with open(folder / step.stdin, "rb") as stdin:
            try:
                done = subprocess.run(
                    [self.path, *step.arguments], stdin=stdin, capture_output=True, cwd=folder,
                    env=environment, timeout=PATIENCE, check=False)
            except subprocess.TimeoutExpired as late:
                return Outcome(None, late.stdout or b"", late.stderr or b"")
        stderr = done.stderr.replace(self.installed, b"PREFIX/share/embed/models")
        return Outcome(done.returncode, done.stdout, stderr)


def run_both(binaries, case, folder, shared):
    """The results of the old and the new binary, which run at the same time."""
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        runs = [
            threads.submit(binary.run, case, folder / side, shared)
            for binary, side in zip(binaries, ("old", "new"))]
        return [run.result() for run in runs]
