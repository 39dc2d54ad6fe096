#!/usr/bin/env python3
"""Kills embed while it writes, and runs the same command again.

Usage: kills.py EMBED [--kills 1000] [--seed 1]

A job runs on and on until it ends by itself; at seeded instants it is killed (SIGKILL) instead. The result must have
the bytes of a run that was not disturbed, nothing else may be left beside it, and no one has to clean up. Exits with 1
where that does not hold.
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

from jobs import Place, jobs

TRIED = ["resume", "save", "reduce", "distill", "convert", "encode-npy"]


def duration(place, embed, job):
    """The seconds that an undisturbed run takes, what it makes and what it leaves."""
    place.clean()
    start = time.monotonic()
    result = place.run(embed, job)
    seconds = time.monotonic() - start
    if result is None or result.returncode != 0:
        sys.exit(f"{job.name} fails undisturbed: {result and result.stderr!r}")
    return seconds, place.contents(job.outputs), place.names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("embed")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    embed = os.path.abspath(options.embed)
    place = Place(Path(tempfile.mkdtemp(prefix="embed-kills-")) / "run", texts=3000)
    choice = random.Random(options.seed)
    tried = [job for job in jobs() if job.name in TRIED]
    undisturbed = {job.name: duration(place, embed, job) for job in tried}
    kills, runs, problems = 0, 0, []
    killed = dict.fromkeys(TRIED, 0)
    while kills < options.kills:
        job = tried[runs % len(tried)]
        seconds, whole, names = undisturbed[job.name]
        runs += 1
        place.clean()
        for _ in range(choice.randint(1, 4)):
            process = subprocess.Popen(
                [embed, *job.arguments], cwd=place.folder, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(choice.uniform(0, 1.1) * seconds)
            process.send_signal(signal.SIGKILL)
            words = process.stderr.read()
            if process.wait() != -signal.SIGKILL:
                # It ended before; a folder that is there already is not made again.
                if process.returncode != 0 and place.contents(job.outputs) != whole:
                    problems.append(f"{job.name}: ended with {process.returncode}: {words!r}")
                break
            kills += 1
            killed[job.name] += 1
        result = place.run(embed, job)
        is_there = result is not None and b"is there already" in result.stderr
        if result is None or (result.returncode != 0 and not is_there):
            problems.append(f"{job.name}: the run after a kill: {result and result.stderr!r}")
        elif place.contents(job.outputs) != whole:
            problems.append(f"{job.name}: other bytes after a kill")
        elif place.names != names:
            problems.append(f"{job.name}: left {place.names}, should be {names}")
    print(f"{kills} kills in {runs} jobs: {killed}")
    for problem in problems[:20]:
        print(problem)
    sys.exit(1 if problems else 0)


main()
