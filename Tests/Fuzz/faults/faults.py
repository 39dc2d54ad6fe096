#!/usr/bin/env python3
"""Makes system calls of embed fail, one at a time, and looks at how it ends.

Usage: faults.py EMBED [--calls mmapanon,read,…] [--all]

Of each call of each job the first ones, the last ones and some between fail (--all: every one). A run must end with
0 and the whole result, or with 1, a message, and nothing under the result's own name: never by a signal, never in
silence, never for ever. Exits with 1 where one does not.
"""
import argparse
import collections
import os
import sys
import tempfile
from pathlib import Path

from jobs import Place, jobs, made_shim

KINDS = {
    "mmapanon": ["enomem"],
    "mmap": ["enomem"],
    "open": ["eio", "emfile", "enomem", "eintr"],
    "read": ["eio", "eintr", "short"],
    "pread": ["eio", "short", "eintr"],
    "write": ["eio", "enospc", "eintr", "short", "eagain"],
    "pwrite": ["eio", "short", "eintr"],
    "fsync": ["eio"],
    "rename": ["eio", "enospc"],
    "close": ["eio"],
    "ftruncate": ["eio"],
    "unlink": ["eio"],
    "mkdir": ["eio", "enospc"],
    "rmdir": ["eio"],
    "fchmod": ["eio"],
    "flock": ["eio"],
    "fstat": ["eio"],
    "lstat": ["eio"],
    "poll": ["eintr", "enomem"],
}


def chosen(total, every):
    """Which of `total` calls fail."""
    if every or total <= 14:
        return range(1, total + 1)
    middle = [total // 4, total // 3, total // 2, 2 * total // 3]
    return sorted({*range(1, 6), *middle, *range(total - 4, total + 1)})


def problem(place, job, result, whole):
    """What is wrong with how a run ended; None where nothing is."""
    if result is None:
        return "did not end"
    if result.returncode not in (0, 1):
        return f"ended with {result.returncode}: {result.stderr[:90]!r}"
    contents = place.contents(job)
    if result.returncode == 1:
        if not result.stderr.startswith(b"embed: ") or result.stderr.count(b"\n") != 1:
            return f"exit 1 without a line: {result.stderr[:200]!r}"
        if job.outputs and place.contents(job, without=job.rest) not in (None, whole[0]):
            return "failed, and another file has the result's name"
    elif (contents, result.stdout) != whole:
        return "exit 0 with another result"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("embed")
    parser.add_argument("--calls", default=",".join(KINDS))
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    embed = os.path.abspath(options.embed)
    scratch = Path(tempfile.mkdtemp(prefix="embed-faults-"))
    shim = made_shim(scratch)
    place = Place(scratch / "run")
    count = scratch / "count"
    runs, endings, found = 0, collections.Counter(), collections.defaultdict(list)
    for job in jobs():
        place.clean()
        result = place.run(embed, job, LD_PRELOAD=str(shim))
        if result is None or result.returncode != 0:
            sys.exit(f"{job.name} fails without a fault: {result and result.stderr!r}")
        whole = (place.contents(job), result.stdout)
        for call in options.calls.split(","):
            place.clean()
            place.run(embed, job, LD_PRELOAD=str(shim), FAULT=f"{call}:0:eio", FAULT_COUNT=str(count))
            total = int(count.read_text())
            for kind in KINDS[call]:
                for number in chosen(total, options.all):
                    place.clean()
                    result = place.run(embed, job, LD_PRELOAD=str(shim), FAULT=f"{call}:{number}:{kind}")
                    runs += 1
                    endings[result and result.returncode] += 1
                    what = problem(place, job, result, whole)
                    if what:
                        found[f"{job.name}, {call} {kind}: {what}"].append(number)
    print(f"{runs} runs ended {dict(endings)}")
    for what, numbers in found.items():
        print(f"{what} (of the calls {numbers[:8]}{' …' if len(numbers) > 8 else ''})")
    sys.exit(1 if found else 0)


main()
