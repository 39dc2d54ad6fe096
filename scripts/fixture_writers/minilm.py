"""Tests/Fixtures/all-MiniLM-L6-v2.golden.jsonl: what the real model makes of the texts, and
minilm-static.golden.jsonl: what the static model does that ships.

models/all-MiniLM-L6-v2 must be there: `scripts/set-up` fetches it.
"""

from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from .files import TOP, rounded, write_lines
from .recording import record
from .texts import TEXTS

SENTENCES = [
    "A cat is sleeping on the sofa.",
    "The kitten naps on the couch.",
    "It will rain in Lisbon tomorrow.",
    "How do I boil an egg?",
    "Eggs need about eight minutes in boiling water.",
    "Le chat dort sur le canapé.",
    "Die Katze schläft auf dem Sofa.",
    "El gato duerme en el sofá y no quiere salir.",
    "Кошка спит на диване.",
    "القطة نائمة على الأريكة",
    "बिल्ली सोफ़े पर सो रही है।",
    "def square(x): return x * x  # a function",
    "SELECT name FROM people WHERE age >= 18;",
    "https://example.org/a/path?query=1&other=two#part",
    "someone@example.org wrote on 2024-02-29 at 23:59:59.",
    "E = mc² and ∑ᵢ xᵢ ≤ ½ · π",
    "The invoice of £1,234.56 is due in 30 days.",
    "no punctuation no capitals just a plain line of words that goes on for a while",
    "Antidisestablishmentarianism, floccinaucinihilipilification.",
    "\U0001d54f mathematical letters \U0001d7d8 and a flag \U0001f1f5\U0001f1f9",
    "A library is a room in which one may be quiet together with other people. " * 30,
    "?",
]


def record_static(folder, texts):
    """In float32: left to itself, the reference computes in the table's float16."""
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).float()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return [
        {
            "text": text,
            "ids": tokenizer.encode(text, add_special_tokens=False).ids,
            "embedding": rounded(model.encode(text, convert_to_tensor=True)),
        }
        for text in texts
    ]


def write(fixtures):
    name = "all-MiniLM-L6-v2"
    write_lines(fixtures / f"{name}.golden.jsonl", record(TOP / "models" / name, SENTENCES + TEXTS))
    name = "minilm-static"
    write_lines(fixtures / f"{name}.golden.jsonl", record_static(TOP / "models.example" / name, SENTENCES))
