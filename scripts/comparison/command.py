"""What the comparisons have in common: their options, and what they say while they run."""

import argparse
import os
import sys


def say(sentence):
    print(f"compare: {sentence}", file=sys.stderr, flush=True)


def parser(name, description, cases, rounds=3):
    """The options that scripts/compare passes on, and those of all comparisons."""
    made = argparse.ArgumentParser(prog=f"scripts/compare {name}", description=description)
    made.add_argument("--embed", required=True, help=argparse.SUPPRESS)
    made.add_argument("--model", required=True, help=argparse.SUPPRESS)
    made.add_argument("--threads", type=int, default=min(2, len(os.sched_getaffinity(0))))
    made.add_argument("--rounds", type=int, default=rounds)
    made.add_argument("--cases", default=cases, help="with commas between them")
    return made


def chosen(options, known):
    """The cases that are asked for."""
    names = options.cases.split(",")
    for name in names:
        if name not in known:
            sys.exit(f"compare: no case {name}; there are {', '.join(known)}")
    return names
