"""Asks `embed serve`, and a server of uvicorn around sentence-transformers, over loopback, and prints what came of it.

scripts/compare --serve starts it, in the environment that has the engines, with fastapi and uvicorn.
"""

import asyncio
import os
import pathlib
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time

from command import chosen, parser, say
from load import Load, crowd, get, metric, mixed, script
import texts

FOLDER = pathlib.Path(__file__).resolve().parent
# How many clients ask at a time, and with how many texts a request.
PLANS = [(1, 1), (8, 1), (64, 1), (8, 32)]
# Threads of one server spin for a moment after its work; the next should not share with them.
PAUSE = 0.5


class Server:
    """A server in a process of its own, which ends with its `with`."""

    def __init__(self, command, sign, **environment):
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [str(part) for part in command], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env=os.environ | environment)
        for line in self.process.stderr:
            if found := re.search(sign, line):
                self.port = int(found[1])
                break
        else:
            sys.exit(f"compare: {command[0]} ended with {self.process.wait()} before it listened")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stderr.close()
        self.process.wait()
        time.sleep(PAUSE)

    @property
    def memory(self):
        """The megabytes that it holds now."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024 / 1e6


def embed(options, *arguments, model=None):
    return Server(
        [options.embed, "serve", "--model", model or options.model, "--port", 0, "--threads", options.threads,
         "--precision", options.precision, "--log", "off", *arguments], r"listening on http://[\d.]+:(\d+)")


def uvicorn(options):
    return Server(
        [sys.executable, "-B", FOLDER / "serving_reference.py", options.model, options.threads],
        r"running on http://[\d.]+:(\d+)", TOKENIZERS_PARALLELISM="false")


def encode_rate(options, known):
    """The texts a second of `embed encode` once it has begun: many texts less few, as processes."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for count in [500, 4500]:
            path = pathlib.Path(folder) / f"{count}.txt"
            lines = [f"{known[at % len(known)]} {at}" for at in range(count)]
            path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
            output = path.with_suffix(".npy")
            began = time.perf_counter()
            subprocess.run(
                [options.embed, "encode", "--quiet", "--model", options.model, "--threads", str(options.threads),
                 "--precision", options.precision, path, "--output", output], check=True)
            seconds.append(time.perf_counter() - began)
    return 4000 / (seconds[1] - seconds[0])


def throughput(options, known):
    """The two servers in turns, and the share of what `encode` does."""
    names = ["uvicorn", "json", "base64", "octet"]
    found = {(name, *plan): [] for name in names for plan in PLANS}
    rates = []
    for turn in range(options.rounds):
        say(f"round {turn + 1} of {options.rounds}")
        rates.append(encode_rate(options, known))
        time.sleep(PAUSE)
        for name in names:
            plans = PLANS if name in ["uvicorn", "json"] else PLANS[2:]
            with (uvicorn(options) if name == "uvicorn" else embed(options, "--cache", "0")) as server:
                for clients, count in plans:
                    load = Load(server.port, known, "json" if name == "uvicorn" else name, count)
                    found[name, clients, count].append(load.run(clients, options.seconds))
    encode = statistics.median(rates)
    print(f"`embed encode`: {encode:.0f} texts/s\n")
    print("| clients × texts | uvicorn, requests/s | embed, requests/s | ratio | of `encode`: JSON | base64 | octets |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for plan in PLANS:
        pairs = list(zip(found["uvicorn", *plan], found["json", *plan]))
        other, own = (statistics.median(pair[place].rate for pair in pairs) for place in [0, 1])
        ratio = statistics.median(own.rate / other.rate for other, own in pairs)
        shares = [
            statistics.median(run.rate * plan[1] / rate for run, rate in zip(found[name, *plan], rates))
            if found[name, *plan] else None for name in names[1:]]
        print(
            f"| {plan[0]} × {plan[1]} | {other:.1f} | {own:.1f} | {ratio:.1f} | "
            + " | ".join("" if share is None else f"{share:.0%}" for share in shares) + " |", flush=True)
    print()


def latency(options, known):
    """One client: a text that is computed, and one whose vector is kept."""
    with embed(options) as server:
        new = Load(server.port, known, "base64", 1).run(1, options.seconds)
        kept = Load(server.port, known, "base64", 1, kept=True).run(1, options.seconds)
    print(
        f"One client, one text: p50 {1000 * new.quantile(0.5):.2f} ms, p99 {1000 * new.quantile(0.99):.2f}; a vector "
        f"that is kept: {1000 * kept.quantile(0.5):.2f} ms, p99 {1000 * kept.quantile(0.99):.2f}.", flush=True)


def beside(options, known):
    """One text at a time, while another client sends 512 in a request."""
    ratios, waits = [], []
    for _ in range(5):
        with embed(options, "--cache", "0") as server:
            batches = metric(server.port, "te_batch_next_size_count")
            one, many = Load(server.port, known, "base64", 1), Load(server.port, known, "base64", 512)
            found = one.run(1, 12, beside=many)
            # Each thread has a micro-batch of its own.
            batch = found.seconds * options.threads / (metric(server.port, "te_batch_next_size_count") - batches)
            waits.append(found.quantile(0.99))
            ratios.append(found.quantile(0.99) / batch)
    print(
        f"One text beside requests of 512: p99 {1000 * statistics.median(waits):.0f} ms, "
        f"{statistics.median(ratios):.1f} micro-batches ({', '.join(f'{ratio:.1f}' for ratio in ratios)}).", flush=True)


def kept(options, known):
    """What `wrk` asks a second with 64 connections, of one text whose vector is kept."""
    with embed(options) as server, tempfile.TemporaryDirectory() as folder:
        Load(server.port, known, "base64", 1, kept=True).run(1, 0.2)
        path = script(folder, f"{known[0]} 0")
        said = subprocess.run(
            ["wrk", "-t1", "-c64", "-d10", "-s", path, f"http://127.0.0.1:{server.port}/v1/embeddings"],
            capture_output=True, text=True, check=True).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*", said)
    rate = float(re.search(r"Requests/sec: *(\S+)", said)[1])
    print(f"A kept vector, wrk, 64 connections: {rate:,.0f} requests/s{f', {bad[0]}' if bad else ''}.", flush=True)


def ready(options, _):
    """From exec until a probe is answered."""
    seconds = []
    for _ in range(11):
        with embed(options) as server:
            get(server.port, "/ready")
            seconds.append(time.perf_counter() - server.began)
    seconds.sort()
    print(f"Ready after {1000 * statistics.median(seconds):.0f} ms ({1000 * seconds[0]:.0f} to "
          f"{1000 * seconds[-1]:.0f}).", flush=True)


def memory(options, known):
    """What is held after 10,000 and after 100,000 mixed requests."""
    model = FOLDER.parent.parent / "models.example" / "bert-tiny"
    for cache in ["0", "1M"]:
        with embed(options, "--cache", cache, model=model) as server:
            chance, held = random.Random(2), []
            for count in [10_000, 90_000]:
                mixed(server.port, known, count, chance)
                time.sleep(1)
                held.append(server.memory)
        print(f"Memory, --cache {cache}: {held[0]:.1f} MB after 10,000 requests, {held[1]:.1f} after 100,000 "
              f"({held[1] / held[0] - 1:+.1%}).", flush=True)


def connections(options, known):
    """A new client among many that do nothing."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    times = ["--header-timeout", "600", "--idle-timeout", "600"]
    with embed(options, "--max-connections", 2048, *times) as server:
        before, among, closed, areOldest = asyncio.run(crowd(server.port, known, 2048))
        print(
            f"A kept vector among 1,024 idle connections, 200 slow heads and 50 answers that nobody reads: p50 "
            f"{1000 * among.quantile(0.5):.2f} ms, before {1000 * before.quantile(0.5):.2f}; for 128 connections over "
            f"the limit {closed} idle ones were closed, {'the oldest' if areOldest else 'NOT the oldest'}; "
            f"{server.memory:.0f} MB.", flush=True)


CASES = {
    "throughput": throughput, "latency": latency, "beside": beside, "kept": kept, "ready": ready, "memory": memory,
    "connections": connections}


def main():
    known = parser("--serve", f"{__doc__} The case `kept` needs wrk.", ",".join(CASES), rounds=2)
    known.add_argument("--seconds", type=float, default=6, help="of each load")
    known.add_argument("--precision", default="f32", help="of embed")
    options = known.parse_args()
    cases = chosen(options, CASES)
    with tempfile.TemporaryDirectory() as folder:
        known = texts.read(texts.write(pathlib.Path(folder))[0])
    random.Random(7).shuffle(known)
    for case in cases:
        say(case)
        CASES[case](options, known)
    print(
        f"\n{pathlib.Path(options.model).name}, short texts, each with a number at its end so that no two are equal; "
        f"{options.threads} threads, {options.precision}; the clients are on the same processor; rounds: "
        f"{options.rounds} of {options.seconds:g} s, medians, the ratio that of each round's.")


main()
