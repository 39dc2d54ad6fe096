"""One combination: both sides' answers, what they come to, and the fewest changes that come to the same."""

import json
import math
import re
import shutil
import subprocess
from pathlib import Path

from .combinations import changed, plain
from .families import FAMILIES
from .tiny_tokenizers import KINDS
from .texts import texts

TOLERANCE = 2e-5


def write(folder, family, changes):
    from . import reference

    shutil.rmtree(folder, ignore_errors=True)
    files = changed(family, changes)
    for name, value in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False))
    if "2_Dense/config.json" in files:
        reference.write_dense(Path(folder) / "2_Dense", files["2_Dense/config.json"])
    reference.write_weights(folder, files["config.json"], plain(family)["config.json"])


def run(embed, command, folder, batch):
    lines = "".join(json.dumps({"text": t}, ensure_ascii=False) + "\n" for t in batch).encode()
    return subprocess.run(
        [embed, *command, "-m", str(folder), "--input", "jsonl"], input=lines, capture_output=True, timeout=60
    )


def embed_vectors(embed, folder, batch):
    """-> vectors, what failed, what was said besides."""
    encoded = run(embed, ["encode", "--no-text", "--threads", "1"], folder, batch)
    said = encoded.stderr.decode("utf-8", "replace").replace(str(folder) + "/", "").replace(str(folder), "MODEL")
    if encoded.returncode < 0:
        return None, f"CRASH: signal {-encoded.returncode}: {said[-300:]}", ""
    if encoded.returncode:
        return None, said.strip().splitlines()[-1], ""
    vectors = [json.loads(line)["embedding"] for line in encoded.stdout.split(b"\n") if line]
    notices = [line for line in said.strip().splitlines() if "longer than" not in line]
    return vectors, None, " / ".join(notices)


def embed_ids(embed, folder, batch):
    tokenized = run(embed, ["tokenize"], folder, batch)
    if tokenized.returncode:
        return tokenized.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
    return [json.loads(line)["ids"] for line in tokenized.stdout.split(b"\n") if line]


def apart(found, expected):
    if len(found) != len(expected):
        return math.inf
    if any(math.isnan(e) != math.isnan(f) for e, f in zip(expected, found)):
        return math.inf
    size = max([1.0] + [abs(e) for e in expected if not math.isnan(e)])
    return max([abs(f - e) / size for f, e in zip(found, expected) if not math.isnan(e)], default=0)


def judged(embed, folder, family, changes):
    """-> (kind, detail). Kinds: same, refused, both fail, too large, differs, answers alone, crash."""
    from . import reference

    try:
        write(folder, family, changes)
    except reference.TooLarge:
        return "too large", {}
    batch = texts(KINDS[FAMILIES[family][0]][1])
    vectors, failure, said = embed_vectors(embed, folder, batch)
    if failure and failure.startswith("CRASH"):
        return "crash", {"embed": failure}
    expected, their_failure = reference.vectors(folder, batch)
    if their_failure:
        detail = {"reference": their_failure, "embed": failure or "answers", "said": said}
        return ("both fail" if failure else "answers alone"), detail
    if failure:
        return "refused", {"embed": failure}
    far = [(apart(f, e), i) for i, (f, e) in enumerate(zip(vectors, expected)) if apart(f, e) > TOLERANCE]
    if not far and len(vectors) == len(expected):
        return "same", {"said": said}
    # Vectors that agree come of the same ids; where they do not, the ids say which half is to blame.
    index = far[0][1] if far else 0
    ids, theirs = embed_ids(embed, folder, batch[index : index + 1]), reference.ids(folder, batch[index])
    return "differs", {
        "text": batch[index],
        "apart": far[0][0] if far else None,
        "texts apart": len(far),
        "ids": "the same" if ids[:1] == [theirs] else {"reference": theirs, "embed": ids[:1]},
        "lengths": [len(expected[index]), len(vectors[index])],
        "said": said,
    }


def general(message):
    """A message without what differs from model to model."""
    return re.sub(r"\d+(\.\d+)?(e[-+]?\d+)?", "#", re.sub(r"`[^`]{25,}`", "`…`", message))


def fewest(embed, folder, family, changes, kind, detail):
    """The changes without those that the finding does not need."""

    def alike(other, about):
        if other != kind:
            return False
        key = {"refused": "embed", "answers alone": "reference", "crash": "embed"}.get(kind)
        return key is None or general(about[key]) == general(detail[key])

    kept = list(changes)
    for one in changes:
        rest = [c for c in kept if c is not one]
        if rest and alike(*judged(embed, folder, family, rest)):
            kept = rest
    return kept
