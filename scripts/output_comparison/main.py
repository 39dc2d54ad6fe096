"""The run of scripts/compare-outputs: what is compared, in which order, and the report."""

import argparse
import fnmatch
import pathlib
import shutil
import sys
import tempfile
import time

from command_lines import command_lines
from comparing import Account, ending, last_words
from inputs import write_inputs
from models import REAL, write_models
from running import Binary, Case, run_both
from texts import COUNT, PROJECT

PRECISIONS = ["f32", "bf16x3", "bf16", "int8"]
# Letters make more tokens than words do, and not every architecture limits them.
SPELT = "--max-length 64"


def say(sentence):
    print(f"compare-outputs: {sentence}", file=sys.stderr, flush=True)


def vectors(models, precision):
    """The thousand texts through every model in one precision."""
    def case(model, form, options):
        return Case(f"vectors/{model}/{precision}/{form}",
                    f"encode -m {model} --precision {precision} {options}", rows=COUNT)

    for model in models.complete + models.real:
        yield case(model, "rows", "in/texts.txt --format f32")
        yield case(model, "json", "in/texts.jsonl --tokens --threads 1")
    if precision == "f32":
        for model in models.complete:
            for form, options in [
                    ("query", "--prompt-name query"), ("document", "--prompt-name document"),
                    ("chunk", "--long chunk")]:
                yield case(model, form, f"{options} in/texts.txt --format f32")
    for model in models.encoders:
        yield case(model, "rows", f"{SPELT} in/texts.txt --format f32")


def others(models):
    """All that does not depend on the precision."""
    for name in models.tokenizers:
        # One of them has no token for what its vocabulary lacks, and says so.
        ends = 1 if name == "tokenizers/unigram-no-unknown" else 0
        yield Case(f"ids/{name}", f"tokenize -m {name} in/texts.jsonl", ends=ends)
    for name in models.all:
        yield Case(f"keys/{name}", f"inspect {name} --json", output="keys")
    yield from command_lines()


class Run:
    """One comparison of two binaries."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.binaries = [Binary(options.old), Binary(options.new)]
        self.account = Account(options.tolerance)
        self.cases, self.left_out = 0, {}
        write_inputs(folder / "in")
        self.models = write_models(folder / "models")

    def wanted(self, cases):
        """Those whose names hold one of the patterns, or all."""
        patterns = [f"*{pattern}*" for pattern in self.options.only or [""]]
        return [case for case in cases
                if any(fnmatch.fnmatchcase(case.name, pattern) for pattern in patterns)]

    def compare(self, cases, what):
        """Run cases, one after the other, and add them to the account."""
        cases = self.wanted(cases)
        if cases:
            say(f"{len(cases)} {what}")
        for case in cases:
            if not self.account.add(case, *self.results(case)):
                say(f"{case.name} differs: {self.account.differences[-1][1]}")
            if not self.options.keep:
                shutil.rmtree(self.folder / "runs")
            self.cases += 1

    def results(self, case):
        """What both binaries made of a case."""
        folder = self.folder / "runs" / case.name
        results = run_both(self.binaries, case, folder, self.folder)
        if self.options.keep:
            for result, side in zip(results, ("old", "new")):
                for number, outcome in enumerate(result.outcomes, 1):
                    (folder / f"{side}.{number}.stdout").write_bytes(outcome.stdout)
                    (folder / f"{side}.{number}.stderr").write_bytes(outcome.stderr)
        return results

    def refusal(self, precision):
        """Who cannot compute in a precision on this processor: `None`, both, or one of the two."""
        case = Case(f"precision/{precision}",
                    f"encode -m bert-tiny --precision {precision} in/one.txt --format f32")
        results = self.results(case)
        shutil.rmtree(self.folder / "runs", ignore_errors=bool(self.options.keep))
        old, new = (result.outcomes[-1] for result in results)
        self.account.count(case, "exit codes", old.exit == new.exit,
                           f"{ending(old)} became {ending(new)}{last_words(new)}")
        if old.exit and new.exit:
            return "both"
        return "one of the two" if old.exit or new.exit else None

    def all(self):
        """Compare everything that is wanted."""
        for precision in self.options.precision:
            cases = self.wanted(vectors(self.models, precision))
            if not cases:
                continue
            if who := self.refusal(precision):
                self.left_out[precision] = (len(cases), who)
                say(f"{precision} is refused by {who}")
            else:
                self.compare(cases, f"runs over a thousand texts in {precision}")
        self.compare(others(self.models), "other command lines")


def report(run, seconds, until=""):
    """Print everything that was found.

    - until: what is said of a run that did not come to its end
    """
    account = run.account
    for difference, names in account.words.items():
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        print(f"words changed (no failure): {', '.join(names[:5])}{more}\n{difference}\n")
    for case, how in account.unexpected:
        print(f"in both alike, {case.name} ended with {how}: embed {case.line}")
    for precision, (count, who) in run.left_out.items():
        print(f"{precision} is refused by {who}: {count} runs are left out")
    if not run.models.real:
        print("models/all-MiniLM-L6-v2 is not there: nothing is said about it")
    for case, difference in account.differences:
        print(f"DIFFERS {case.name}: {difference}\n    embed {case.line}")
    if account.tolerance is not None:
        largest, place = account.largest
        where = f" ({place})" if place else ""
        print(f"largest relative difference of numbers: {largest:.2g}{where}")
    compared = sum(counts[0] for counts in account.counts.values())
    print(f"{run.cases} command lines with each binary in {seconds:.0f} s, {compared} comparisons:")
    for kind, (count, apart) in sorted(account.counts.items()):
        print(f"  {kind:<14}{count:>6}, {apart} differ")
    count = len(account.differences)
    print(f"{count or 'no'} difference{'s' if count > 1 else ''}{until}")


def parsed(description):
    parser = argparse.ArgumentParser(
        prog="scripts/compare-outputs", description=description, usage=argparse.SUPPRESS,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", metavar="OLD_BINARY", type=pathlib.Path)
    parser.add_argument("new", metavar="NEW_BINARY", type=pathlib.Path)
    parser.add_argument("--only", metavar="PATTERN", action="append",
                        help="only what has this in its name, as vectors/router or encode/*npy")
    parser.add_argument("--precision", metavar="LIST", default=",".join(PRECISIONS),
                        help="precisions to encode in, with commas between them")
    parser.add_argument("--tolerance", metavar="X", type=float,
                        help="let floats differ by X, relative to the largest of their vector")
    parser.add_argument("--keep", metavar="FOLDER", type=pathlib.Path,
                        help="keep inputs and all outputs in a new folder")
    options = parser.parse_args()
    options.precision = options.precision.split(",")
    if unknown := set(options.precision) - set(PRECISIONS):
        parser.error(f"no precision {', '.join(unknown)}; there are {', '.join(PRECISIONS)}")
    for binary in (options.old, options.new):
        if not binary.is_file():
            parser.error(f"{binary} is no file; name two binaries of embed")
    if options.keep and options.keep.exists():
        parser.error(f"{options.keep} is there already; name a new folder")
    return options


def main(description):
    """Compare two binaries; the exit code."""
    options = parsed(description)
    if not (REAL / "modules.json").exists():
        say(f"{REAL.relative_to(PROJECT)} is not there, and is left out: scripts/set-up fetches it")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="compare-outputs-") as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        run = Run(options, folder.resolve())
        try:
            run.all()
        except KeyboardInterrupt:
            report(run, time.monotonic() - began, ", but the run was interrupted")
            return 130
    report(run, time.monotonic() - began)
    if not run.cases and not run.left_out:
        say(f"nothing that is compared has {' or '.join(options.only)} in its name")
        return 2
    return 1 if run.account.differences else 0
