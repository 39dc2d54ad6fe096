"""Clients of a server of embeddings, over loopback: standard library alone."""

import asyncio
import itertools
import json
import pathlib
import re
import time
import urllib.request

PATH = "/v1/embeddings"


def get(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return answer.read().decode()


def metric(port, name):
    """A number of the server's /metrics, asked for over a connection of its own."""
    return float(re.search(rf"^{name} (\S+)$", get(port, "/metrics"), re.MULTILINE)[1])


def request(body, *headers):
    """The bytes of a POST."""
    lines = [f"POST {PATH} HTTP/1.1", "host: localhost", "content-type: application/json", *headers]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


class Connection(asyncio.Protocol):
    """One request at a time over a connection that stays open; each answer has its length in its head."""

    def __init__(self):
        self.buffer, self.length, self.waiter = bytearray(), None, None

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        if self.waiter and not self.waiter.done():
            self.waiter.set_exception(error or ConnectionError("the server closed it"))

    def data_received(self, data):
        self.buffer += data
        if self.length is None:
            head, gap, _ = bytes(self.buffer[:4096]).partition(b"\r\n\r\n")
            if not gap:
                return
            fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
            self.status, self.length = int(head[9:12]), len(head + gap) + int(fields[b"content-length"])
        if len(self.buffer) >= self.length:
            self.buffer.clear()
            self.length = None
            self.waiter.set_result(self.status)

    async def ask(self, data):
        """The status of the answer."""
        self.waiter = asyncio.get_running_loop().create_future()
        self.transport.write(data)
        return await self.waiter


async def connection(port):
    return (await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port))[1]


class Run:
    """What came of a load."""

    def __init__(self, waits, seconds):
        self.waits, self.seconds = sorted(waits), seconds
        self.rate = len(waits) / seconds

    def quantile(self, share):
        """The seconds within which this share of the requests was answered."""
        return self.waits[min(len(self.waits) - 1, int(share * len(self.waits)))]


class Load:
    """Requests of some texts each, none sent twice, or always the first where vectors are kept."""

    numbers = itertools.count()

    def __init__(self, port, known, form, count, kept=False):
        self.port, self.known, self.form, self.count, self.kept = port, known, form, count, kept

    def next(self):
        numbers = [0 if self.kept else next(self.numbers) for _ in range(self.count)]
        texts = [self.known[number % len(self.known)] + f" {number}" for number in numbers]
        body = {"input": texts} | ({"encoding_format": "base64"} if self.form == "base64" else {})
        accepted = ["accept: application/octet-stream"] if self.form == "octet" else []
        return request(json.dumps(body).encode(), *accepted)

    def run(self, clients, seconds, beside=None):
        """Lets so many clients ask for so long, after a second to warm up."""
        return asyncio.run(self.asked(clients, seconds, beside))

    async def asked(self, clients, seconds, beside):
        waits = []
        start = time.perf_counter() + min(1, seconds)
        end = start + seconds

        async def client(load, isCounted):
            one = await connection(self.port)
            while time.perf_counter() < end:
                data = load.next()
                began = time.perf_counter()
                status = await one.ask(data)
                if status != 200:
                    raise SystemExit(f"compare: status {status}")
                if isCounted and began >= start:
                    waits.append(time.perf_counter() - began)
            one.transport.close()

        others = [client(beside, False)] if beside else []
        await asyncio.gather(*(client(self, True) for _ in range(clients)), *others)
        return Run(waits, time.perf_counter() - start)


def mixed(port, known, count, chance):
    """Requests of one to eight texts, one in a hundred malformed, one in two hundred left by its client."""

    async def client(left):
        one = await connection(port)
        for _ in range(left):
            draw, texts = chance.random(), chance.choices(known, k=chance.randint(1, 8))
            body = json.dumps({"input": [f"{text} {chance.random()}" for text in texts]}).encode()
            if draw < 0.01:
                body = body[: chance.randint(0, len(body) - 1)]
            if draw > 0.995:
                one.transport.write(request(body))
                one.transport.abort()
                one = await connection(port)
                continue
            status = await one.ask(request(body))
            if (status == 200) == (draw < 0.01):
                raise SystemExit(f"compare: status {status}, draw {draw}")
        one.transport.close()

    async def clients():
        await asyncio.gather(*(client(count // 16) for _ in range(16)))

    asyncio.run(clients())


class Idler(asyncio.Protocol):
    """A connection that asks nothing, or reads nothing."""

    def __init__(self):
        self.isLost = False

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.isLost = True


async def crowd(port, known, most):
    """Of a server that closes nothing for its age: latencies of a kept vector before and among 1,024 idle connections,
    200 that send a head slowly and 50 that read nothing; then how many idle ones were closed for 128 above the limit
    of `most`, and whether those are the oldest."""
    loop = asyncio.get_running_loop()
    load = Load(port, known, "base64", 1, kept=True)
    before = await load.asked(1, 3, None)

    async def idlers(count):
        return [(await loop.create_connection(Idler, "127.0.0.1", port))[1] for _ in range(count)]

    idle, slow, deaf = await idlers(1024), await idlers(200), await idlers(50)
    unread = request(json.dumps({"input": [f"{text} {at}" for at, text in enumerate(known[:2000])]}).encode())
    # Once for one who reads, so that those vectors are kept.
    await (await connection(port)).ask(unread)
    for one in deaf:
        one.transport.pause_reading()
        one.transport.write(unread)

    async def drip():
        for byte in itertools.cycle(b"POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\nx: "):
            for one in slow:
                if not one.isLost:
                    one.transport.write(bytes([byte]))
            await asyncio.sleep(0.2)

    dripping = asyncio.ensure_future(drip())
    # Until the answers that nobody reads have been made.
    await asyncio.sleep(10)
    among = await load.asked(1, 3, None)
    dripping.cancel()
    # Who does not read does not see that its connection was closed: the server counts them.
    more = await idlers(most - int(metric(port, "embed_connections")) + 1 + 128)
    await asyncio.sleep(1)
    closed = [at for at, one in enumerate(idle) if one.isLost]
    isOldest = closed == list(range(len(closed))) and not any(one.isLost for one in more)
    for one in idle + slow + deaf + more:
        one.transport.abort()
    return before, among, len(closed), isOldest


def script(folder, text):
    """What `wrk` sends: one text, of which the vector is wanted in base64."""
    path = pathlib.Path(folder) / "kept.lua"
    body = json.dumps({"input": text, "encoding_format": "base64"})
    path.write_text(
        f'wrk.method = "POST"\nwrk.headers["content-type"] = "application/json"\nwrk.body = [==[{body}]==]\n')
    return str(path)
