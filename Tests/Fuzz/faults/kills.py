#!/usr/bin/env python3
"""Kills embed while it writes, and runs the same command again.

Usage: kills.py EMBED [--kills 1000] [--seed 1] [--jobs train,…] [--at rename,unlink,…]

A job runs on and on until it ends by itself; at seeded instants it is killed (SIGKILL) instead. With --at it is killed
once before each of these system calls, the first to the last. The result must have the bytes of a run that was not
disturbed, nothing else may be left beside it, and no one has to clean up. Exits with 1 where that does not hold.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jobs import Place, jobs, made_shim

TRIED = ["resume", "save", "reduce", "distill", "convert", "encode-npy", "train"]


def duration(place, embed, job):
    """The seconds that an undisturbed run takes, what it makes and what it leaves."""
    place.clean()
    start = time.monotonic()
    result = place.run(embed, job)
    seconds = time.monotonic() - start
    if result is None or result.returncode != 0:
        sys.exit(f"{job.name} fails undisturbed: {result and result.stderr!r}")
    return seconds, place.contents(job), place.names


def problem(place, embed, job, whole, names):
    """What is wrong with a run after one that was killed; None where nothing is."""
    result = place.run(embed, job)
    is_there = result is not None and b"is there already" in result.stderr
    if result is None or (result.returncode != 0 and not is_there):
        return f"the run after a kill: {result and result.stderr!r}"
    if place.contents(job) != whole:
        return "other bytes after a kill"
    if place.names != names:
        return f"left {place.names}, should be {names}"
    return None


def killed_somewhere(place, embed, job, choice, seconds, whole):
    """Starts a run and kills it; whether it was alive then, and what is wrong where it had ended."""
    process = subprocess.Popen(
        [embed, *job.arguments], cwd=place.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE)
    time.sleep(choice.uniform(0, 1.1) * seconds)
    process.send_signal(signal.SIGKILL)
    words = process.stderr.read()
    if process.wait() == -signal.SIGKILL:
        return True, None
    # It ended before; a folder that is there already is not made again.
    if process.returncode != 0 and place.contents(job) != whole:
        return False, f"{job.name}: ended with {process.returncode}: {words!r}"
    return False, None


def at_instants(place, embed, tried, undisturbed, options):
    choice = random.Random(options.seed)
    runs, problems, killed = 0, [], dict.fromkeys((job.name for job in tried), 0)
    while sum(killed.values()) < options.kills:
        job = tried[runs % len(tried)]
        seconds, whole, names = undisturbed[job.name]
        runs += 1
        place.clean()
        for _ in range(choice.randint(1, 4)):
            was_alive, what = killed_somewhere(place, embed, job, choice, seconds, whole)
            problems += [what] if what else []
            if not was_alive:
                break
            killed[job.name] += 1
        what = problem(place, embed, job, whole, names)
        problems += [f"{job.name}: {what}"] if what else []
    print(f"{sum(killed.values())} kills in {runs} jobs: {killed}")
    return problems


def at_calls(place, embed, tried, undisturbed, calls):
    shim = str(made_shim(place.folder.parent))
    count = place.folder.parent / "count"
    kills, problems = 0, []
    for job in tried:
        _, whole, names = undisturbed[job.name]
        for call in calls:
            place.clean()
            place.run(embed, job, LD_PRELOAD=shim, FAULT=f"{call}:0:kill", FAULT_COUNT=str(count))
            for number in range(1, int(count.read_text()) + 1):
                place.clean()
                place.run(embed, job, LD_PRELOAD=shim, FAULT=f"{call}:{number}:kill")
                kills += 1
                what = problem(place, embed, job, whole, names)
                problems += [f"{job.name}, at {call} {number}: {what}"] if what else []
    print(f"{kills} kills at {', '.join(calls)}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("embed")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", default=",".join(TRIED))
    parser.add_argument("--at", default="")
    options = parser.parse_args()
    embed = os.path.abspath(options.embed)
    place = Place(Path(tempfile.mkdtemp(prefix="embed-kills-")) / "run", texts=3000)
    tried = [job for job in jobs() if job.name in options.jobs.split(",")]
    undisturbed = {job.name: duration(place, embed, job) for job in tried}
    if options.at:
        problems = at_calls(place, embed, tried, undisturbed, options.at.split(","))
    else:
        problems = at_instants(place, embed, tried, undisturbed, options)
    for what in problems[:20]:
        print(what)
    sys.exit(1 if problems else 0)


main()
