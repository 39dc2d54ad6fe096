"""Compares what two binaries made of one case, and keeps account of all cases."""

import collections
import difflib
import json

from closeness import closeness

# Lines of a difference between words that are shown; help texts are longer than what changed in them.
MOST_LINES = 60


class Account:
    """What was compared, what differs, and which words changed."""

    def __init__(self, tolerance=None):
        self.tolerance = tolerance
        self.largest = (0.0, "")
        # Kind of comparison → [compared, different].
        self.counts = {}
        # (case, what is different)
        self.differences = []
        # Unified difference → the cases that show it.
        self.words = collections.defaultdict(list)
        # Cases that ended in both otherwise than they should: they compare less than they seem to.
        self.unexpected = []

    def add(self, case, old, new):
        """Compare the results of a case; whether they are equal."""
        before = len(self.differences)
        for number, (step, a, b) in enumerate(zip(case.steps, old.outcomes, new.outcomes), 1):
            where = f"step {number}: " if len(case.steps) > 1 else ""
            self.count(case, "exit codes", a.exit == b.exit,
                       f"{where}{ending(a)} became {ending(b)}{last_words(b)}")
            self.add_output(case, where, step, a.stdout, b.stdout)
            self.show(case, f"{where}standard error", a.stderr, b.stderr)
        last = old.outcomes[-1]
        if last.exit == new.outcomes[-1].exit != case.ends:
            self.unexpected.append((case, f"{ending(last)}, not {case.ends}{last_words(last)}"))
        self.add_files(case, old.files, new.files)
        return len(self.differences) == before

    def add_output(self, case, where, step, old, new):
        """Compare what a step wrote to standard output."""
        if case.output == "words":
            self.show(case, f"{where}standard output", old, new)
        elif case.output == "keys":
            self.add_keys(case, old, new)
        else:
            raw = step.arguments[-2:] == ["--format", "f32"]
            kind = "vectors" if case.name.startswith("vectors/") else "data outputs"
            self.add_bytes(
                case, kind, f"{where}standard output", old, new, ".f32" if raw else "", case.rows)

    def add_files(self, case, old, new):
        """Compare the files that all steps left."""
        for name in sorted(old.keys() | new.keys()):
            if name not in new or name not in old:
                self.count(case, "files", False, f"{name} is {'new' if name in new else 'missing'}")
            else:
                self.add_bytes(
                    case, "files", name, old[name].read_bytes(), new[name].read_bytes(), name)

    def add_bytes(self, case, kind, what, old, new, name, rows=1):
        """Compare bytes; where a tolerance was given, floats by how far they are apart."""
        difference = ""
        if old != new:
            first = next((at for at, pair in enumerate(zip(old, new)) if pair[0] != pair[1]),
                         min(len(old), len(new)))
            difference = (f"{what}: {len(old)} bytes became {len(new)}, the first that differs is "
                          f"at {first}")
            if found := closeness(old, new, name, rows):
                difference += f"; {found}"
                self.largest = max(self.largest, (found.largest, f"{case.name}: {what}"))
                if self.tolerance is not None and found.largest <= self.tolerance:
                    difference = ""
        self.count(case, kind, not difference, difference)

    def add_keys(self, case, old, new):
        """Compare the keys of two JSON values; other values are words."""
        try:
            values = [json.loads(output) for output in (old, new)]
        except ValueError:
            self.count(case, "keys", old == new, "standard output is not JSON")
            return
        lost = list(lost_keys(*values))
        self.count(case, "keys", not lost, "; ".join(lost))
        self.show(case, "standard output", *(
            json.dumps(value, indent=1, ensure_ascii=False).encode() for value in values))

    def count(self, case, kind, equal, difference):
        """Count one comparison."""
        counts = self.counts.setdefault(kind, [0, 0])
        counts[0] += 1
        if not equal:
            counts[1] += 1
            self.differences.append((case, difference))

    def show(self, case, what, old, new):
        """Keep how words changed."""
        if old != new:
            lines = [text.decode("utf-8", "replace").split("\n") for text in (old, new)]
            shown = list(difflib.unified_diff(*lines, lineterm="", n=0))[2:]
            if len(shown) > MOST_LINES:
                shown[MOST_LINES:] = [f"… {len(shown) - MOST_LINES} more lines"]
            self.words["\n".join(shown)].append(f"{case.name}: {what}")


def ending(outcome):
    if outcome.exit is None:
        return "no end in time"
    return f"signal {-outcome.exit}" if outcome.exit < 0 else f"exit code {outcome.exit}"


def last_words(outcome):
    """The end of what a step said, for a message."""
    words = outcome.stderr.decode("utf-8", "replace").strip().split("\n")[-1][:200]
    return f" ({words})" if words else ""


def lost_keys(old, new, path=""):
    """What a JSON value had and no longer has: keys, at any depth, and types of values."""
    if kind(old) != kind(new):
        yield f"{path or 'the value'} was {kind(old)} and is {kind(new)}"
    elif isinstance(old, dict):
        for key, value in old.items():
            if key in new:
                yield from lost_keys(value, new[key], f"{path}.{key}" if path else key)
            else:
                yield f"{path}.{key} is missing" if path else f"{key} is missing"
    elif isinstance(old, list):
        # Arrays may grow and shrink, as warnings do: what counts are the keys of their objects.
        found = {key: value for each in new if isinstance(each, dict) for key, value in each.items()}
        for each in old:
            if isinstance(each, dict):
                yield from lost_keys(each, found, f"{path}[]")


def kind(value):
    return "null" if value is None else {
        dict: "an object", list: "an array", str: "a string", bool: "a boolean"
    }.get(type(value), "a number")
