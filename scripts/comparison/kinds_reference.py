"""A CrossEncoder or a SparseEncoder of sentence-transformers in a process of its own.

python kinds_reference.py make CASE MODEL TOKENIZER FILE: writes a network of MiniLM-L6's size with random weights.
python kinds_reference.py CASE MODEL FILE QUERY THREADS: says it is ready, then for each line of stdin, `run`, scores
the texts of FILE and answers with the seconds and the bytes that it held at most; for `compare` and a file of
`embed` behind a tab it answers with the largest difference from its own numbers.
"""

import contextlib
import json
import logging
import resource
import sys
import tempfile
import time
import warnings

import numpy
import torch
import transformers
from sentence_transformers import CrossEncoder, SparseEncoder

from texts import read

BATCH = 32
# The share of a vocabulary that a document has a weight for, about: SPLADE's own have some hundred terms.
ACTIVE = 0.005
SIZE = dict(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)


def make(case, path, source, file):
    """Writes a model that both read."""
    torch.manual_seed(0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    tokenizer.model_max_length = 512
    config = transformers.BertConfig(vocab_size=len(tokenizer), num_labels=1, **SIZE)
    if case == "rerank":
        # As cross-encoder/ms-marco-MiniLM-L6-v2 has it: scores are logits.
        config.sentence_transformers = {"activation_fn": "torch.nn.modules.linear.Identity"}
        network = transformers.BertForSequenceClassification(config)
    else:
        network = transformers.BertForMaskedLM(config).eval()
        lower(network, tokenizer, read(file)[:BATCH])
    with tempfile.TemporaryDirectory() as temporary:
        plain = path if case == "rerank" else temporary
        network.save_pretrained(plain)
        tokenizer.save_pretrained(plain)
        if case == "sparse":
            # With modules.json, which says what it is.
            model = SparseEncoder(plain, device="cpu")
            model.max_seq_length = 256
            model.save(path)


@torch.inference_mode()
def lower(network, tokenizer, texts):
    """Lowers the bias of a masked language model until a text has weights for few entries."""
    batch = tokenizer(texts, padding=True, truncation=True, max_length=256, return_tensors="pt")
    logits = network(**batch).logits.masked_fill(batch["attention_mask"][..., None] == 0, -torch.inf)
    largest = logits.amax(dim=1).numpy()
    network.cls.predictions.bias -= float(numpy.quantile(largest, 1 - ACTIVE))


def rerank(path, texts, query):
    """What makes the scores of all texts, and what reads those of `embed`."""
    model = CrossEncoder(path, device="cpu")
    pairs = [(query, text) for text in texts]

    def written(file):
        with open(file, encoding="utf-8") as lines:
            rows = sorted(map(json.loads, lines), key=lambda row: row["row"])
        return numpy.array([row["score"] for row in rows])

    return lambda count=None: model.predict(pairs[:count], batch_size=BATCH, show_progress_bar=False), written


def sparse(path, texts, _):
    """The same of vectors."""
    import scipy.sparse

    model = SparseEncoder(path, device="cpu")
    return (
        lambda count=None: model.encode(texts[:count], batch_size=BATCH, show_progress_bar=False),
        lambda file: scipy.sparse.load_npz(file).toarray())


def main(case, path, file, query, threads):
    torch.set_num_threads(int(threads))
    # stdout is for answers; some libraries greet there.
    with contextlib.redirect_stdout(sys.stderr):
        run, written = {"rerank": rerank, "sparse": sparse}[case](path, read(file), query)
        run(2 * BATCH)
    print(json.dumps("ready"), flush=True)
    made = None
    for line in sys.stdin:
        command, *rest = line.rstrip("\n").split("\t")
        if command == "run":
            began = time.perf_counter()
            made = run()
            seconds = time.perf_counter() - began
            print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]), flush=True)
        else:
            own = made.to_dense().numpy() if torch.is_tensor(made) else made
            print(json.dumps(float(numpy.abs(written(rest[0]) - own).max())), flush=True)


warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
transformers.utils.logging.disable_progress_bar()
if sys.argv[1] == "make":
    make(sys.argv[2], *sys.argv[3:])
else:
    main(*sys.argv[1:])
