"""How far two outputs lie apart where they are numbers: raw rows, NumPy, safetensors, or text."""

import array
import ast
import json
import math
import re
import struct
import sys

NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
# What may stand between the numbers of one vector.
SEPARATOR = re.compile(rb"[,\t ]{1,2}")


class Closeness:
    """The largest relative difference of two lists of vectors, and how many differ."""

    def __init__(self):
        self.largest, self.place, self.vectors, self.apart = 0.0, 0, 0, 0

    def add(self, old, new, same):
        """Compare two vectors of one length, by the largest component of the old one.

        A number that stands alone is a score: it is compared by its size or by 1.
        - same: whether they are the same as they are written
        """
        self.vectors += 1
        if same:
            return
        self.apart += 1
        scale = max(map(abs, old)) if len(old) > 1 else max(1.0, abs(old[0]))
        for a, b in zip(old, new):
            difference = abs(a - b) / scale if scale else abs(a - b) and math.inf
            if a != b and not difference <= self.largest:
                self.largest = math.inf if math.isnan(difference) else difference
                self.place = self.vectors

    def __str__(self):
        return (f"{self.apart} of {self.vectors} vectors or single numbers differ, the largest "
                f"relative difference is {self.largest:.2g} in number {self.place}")


def closeness(old, new, name, rows=1):
    """How close two outputs are; `None` where they differ by more than the values of floats.

    - name: the file's, whose ending says what it holds
    - rows: of raw rows, which do not say how many they are
    """
    try:
        if name.endswith(".f32"):
            return of_vectors(old, new, [(0, len(old), rows)])
        if old.startswith(b"\x93NUMPY"):
            return of_vectors(old, new, numpy_floats(old))
        if name.endswith(".safetensors"):
            return of_vectors(old, new, safetensors_floats(old))
        old.decode("utf-8"), new.decode("utf-8")
        return of_texts(old, new)
    except (ValueError, LookupError, TypeError, SyntaxError, struct.error):
        # Neither text nor what the name says, as a file that is not finished.
        return None


def floats(data):
    values = array.array("f", data)
    if sys.byteorder == "big":
        values.byteswap()
    return values.tolist()


def of_vectors(old, new, places):
    """Compare arrays of floats, whose (start, end, rows) are `places`; all else must be the same."""
    if len(old) != len(new):
        return None
    found, at = Closeness(), 0
    for start, end, rows in places:
        if old[at:start] != new[at:start] or (end - start) % (4 * max(rows, 1)):
            return None
        width = (end - start) // max(rows, 1)
        for row in range(start, end, max(width, 1)):
            pair = (old[row:row + width], new[row:row + width])
            found.add(*map(floats, pair), same=pair[0] == pair[1])
        at = end
    return found if old[at:] == new[at:] else None


def numpy_floats(data):
    """Where the floats of a NumPy file of version 1 lie; nowhere if its elements are others."""
    start = 10 + struct.unpack_from("<H", data, 8)[0]
    header = ast.literal_eval(data[10:start].decode("latin-1"))
    if header["descr"] != "<f4" or header["fortran_order"]:
        return []
    return [(start, len(data), header["shape"][0])]


def safetensors_floats(data):
    """Where the float32 tensors of a file lie, in the order of their bytes."""
    start = 8 + struct.unpack_from("<Q", data)[0]
    return sorted(
        (start + each["data_offsets"][0], start + each["data_offsets"][1],
         math.prod(each["shape"][:-1]))
        for name, each in json.loads(data[8:start]).items()
        if name != "__metadata__" and each["dtype"] == "F32")


def of_texts(old, new):
    """Numbers with only commas, tabs or spaces between them are a vector."""
    numbers = [list(NUMBER.finditer(text)) for text in (old, new)]
    if len(numbers[0]) != len(numbers[1]):
        return None
    found, vector, ends = Closeness(), [], (0, 0)
    for pair in zip(*numbers):
        gaps = [text[end:number.start()] for text, end, number in zip((old, new), ends, pair)]
        if gaps[0] != gaps[1]:
            return None
        if vector and not SEPARATOR.fullmatch(gaps[0]):
            add_written(vector, found)
            vector = []
        a, b = (number.group() for number in pair)
        # Of whole numbers, which count or name something, none may change.
        if a != b and a.lstrip(b"-").isdigit() and b.lstrip(b"-").isdigit():
            return None
        vector.append((a, b))
        ends = tuple(number.end() for number in pair)
    if vector:
        add_written(vector, found)
    return found if old[ends[0]:] == new[ends[1]:] else None


def add_written(vector, found):
    """Compare a vector of which each number is written out, by the old and by the new binary."""
    same = all(a == b for a, b in vector)
    found.add(*(([], []) if same else zip(*((float(a), float(b)) for a, b in vector))), same=same)
