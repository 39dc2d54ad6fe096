"""The loop over combinations, on several processes, and the summary."""

import argparse
import collections
import json
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from . import combinations, comparing

REPORTED = ("crash", "differs", "answers alone")


def work(o, share, queue):
    known = collections.Counter()
    causes = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        for number in range(o.start + share, o.start + o.count, o.jobs):
            family, changes = combinations.combination(o.seed, number)
            try:
                kind, detail = comparing.judged(o.binary, folder, family, changes)
                kept = changes
                # Of what is common one is made small, the others are counted.
                common = (kind, family, comparing.general(detail.get("embed", "") + detail.get("reference", "")))
                words = {combinations.named(one) for one in changes}
                cause = next((c for k, c in causes[family] if k == kind and c <= words), None)
                if cause:
                    kept = [one for one in changes if combinations.named(one) in cause]
                elif kind in REPORTED or kind == "refused":
                    known[common] += 1
                    if kind in ("differs", "crash") or known[common] == 1:
                        kept = comparing.fewest(o.binary, folder, family, changes, kind, detail)
                        kind, detail = comparing.judged(o.binary, folder, family, kept)
                        if kind in ("differs", "crash"):
                            causes[family].append((kind, {combinations.named(one) for one in kept}))
                        if o.keep and kind in REPORTED:
                            to = Path(o.keep) / f"{kind.replace(' ', '-')}-{o.seed}-{number}"
                            shutil.copytree(folder, to, dirs_exist_ok=True)
                            (to / "finding.json").write_text(
                                json.dumps({"family": family, "changes": kept, **detail}, indent=1, ensure_ascii=False)
                            )
                    else:
                        kept = None
            except Exception as error:
                kind, detail, kept = "broken", {"error": repr(error)[:300]}, changes
            queue.put((number, family, kind, detail, kept))
    queue.put(None)


def count(item, seed, kinds, groups):
    """Adds one combination to its group: a refusal to that of its message, all else to that of its fewest changes."""
    number, family, kind, detail, kept = item
    kinds[kind] += 1
    if kind in ("same", "both fail", "too large"):
        return
    if kind == "refused":
        key = comparing.general(detail["embed"])
    elif kept is None:
        return
    else:
        key = " & ".join(sorted(combinations.named(one) for one in kept))
    found = groups[kind].setdefault(key, {"count": 0, "families": collections.Counter(), "example": ""})
    found["count"] += 1
    found["families"][family] += 1
    if kept is not None and not found["example"]:
        example = {"number": number, "changes": [combinations.named(one) for one in kept], **detail}
        found["example"] = json.dumps(example, ensure_ascii=False)[:1200]
        if kind in ("differs", "crash"):
            print(f"{kind}: {family}, seed {seed}: {found['example']}", flush=True)


def report(groups, title, limit):
    if groups:
        print(f"\n{title}")
    for words, found in sorted(groups.items(), key=lambda g: -g[1]["count"])[:limit]:
        families = ", ".join(f"{f} {n}" for f, n in found["families"].most_common())
        print(f"{found['count']:6}  {words}\n        {families}\n        {found['example']}")


def main():
    a = argparse.ArgumentParser(
        description=sys.modules["__main__"].__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    a.add_argument("--binary", default=".build/release/embed")
    a.add_argument("--count", type=int, default=20_000)
    a.add_argument("--start", type=int, default=0)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--jobs", type=int, default=os.cpu_count())
    a.add_argument("--keep", help="a folder for the models of findings")
    a.add_argument("--show", type=int, default=40, help="how many groups of each kind are printed")
    o = a.parse_args()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    began = time.time()
    workers = [context.Process(target=work, args=(o, share, queue), daemon=True) for share in range(o.jobs)]
    for worker in workers:
        worker.start()
    kinds = collections.Counter()
    groups = collections.defaultdict(dict)
    left = o.jobs
    # A run that is stopped says what it has found.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while left:
            item = queue.get()
            if item is None:
                left -= 1
                continue
            count(item, o.seed, kinds, groups)
            if sum(kinds.values()) % 200 == 0:
                print(f"{time.time() - began:.0f} s: {dict(kinds)}", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        pass
    print(f"\n{sum(kinds.values())} combinations in {time.time() - began:.0f} s: {dict(kinds)}")
    report(groups["broken"], "Not compared", o.show)
    report(groups["refused"], "Refused by embed alone, by message", o.show)
    report(groups["answers alone"], "Answered by embed alone, by what is changed", o.show)
    report(groups["crash"], "Crashes, by what is changed", o.show)
    report(groups["differs"], "Different answers, by what is changed", o.show)
    return 1 if kinds["differs"] or kinds["crash"] else 0
