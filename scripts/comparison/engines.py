"""The Python engines, each in a process of its own: python engines.py NAME MODEL FOLDER THREADS

Says `ready`, then for each line of stdin, a file of texts and one for their vectors with a tab between,
encodes the one, writes the other as .npy, and answers with the seconds that encoding took: tokenizing,
sorting by length, batches of 32, the model with its pooling. FOLDER keeps the exported models.
"""

import contextlib
import pathlib
import subprocess
import sys
import time

import numpy
import torch
from sentence_transformers import SentenceTransformer

from texts import read

BATCH = 32
INPUTS = ["input_ids", "attention_mask"]


class Pipeline(torch.nn.Module):
    """The modules of a sentence-transformers model as one function of ids and mask."""

    def __init__(self, model):
        super().__init__()
        self.encoder = model[0].auto_model
        self.rest = torch.nn.ModuleList(list(model)[1:])

    def forward(self, input_ids, attention_mask):
        rows = self.encoder(input_ids=input_ids, attention_mask=attention_mask, return_dict=False)[0]
        return self.finish(rows, attention_mask)

    def finish(self, rows, attention_mask):
        """Everything after the encoder: pooling, normalizing."""
        features = {"token_embeddings": rows, "attention_mask": attention_mask}
        for module in self.rest:
            features = module(features)
        return features["sentence_embedding"]


def example(model):
    tokens = model.tokenizer(
        ["a text", "and a longer text beside it"], padding=True, return_tensors="pt")
    return tuple(tokens[name] for name in INPUTS)


def padded(batch):
    ids = numpy.zeros((len(batch), max(map(len, batch))), numpy.int64)
    mask = numpy.zeros_like(ids)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return dict(zip(INPUTS, (ids, mask)))


def onnx_runtime(model, folder, threads, int8):
    import onnxruntime

    path = folder / "model.onnx"
    if not path.exists():
        axes = {name: {0: "batch", 1: "tokens"} for name in INPUTS}
        torch.onnx.export(
            Pipeline(model).eval(), example(model), str(path), input_names=INPUTS,
            output_names=["vectors"], dynamic_axes=axes, opset_version=17, dynamo=False)
    if int8:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        whole, path = path, folder / "model.int8.onnx"
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda batch: session.run(None, padded(batch))[0]


def openvino(model, folder, threads, bf16):
    import openvino

    core = openvino.Core()
    if bf16 and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        sys.exit("this processor multiplies no bfloat16")
    ids, mask = example(model)
    converted = openvino.convert_model(
        Pipeline(model).eval(), example_input={"input_ids": ids, "attention_mask": mask})
    request = core.compile_model(converted, "CPU", {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": "bf16" if bf16 else "f32",
    }).create_infer_request()
    return lambda batch: request.infer(padded(batch))[0]


def ctranslate2(model, folder, threads, int8, path):
    import ctranslate2

    converted = folder / "ctranslate2"
    if not converted.exists():
        converter = pathlib.Path(sys.executable).parent / "ct2-transformers-converter"
        subprocess.run(
            [converter, "--model", path, "--output_dir", converted], check=True, stdout=sys.stderr)
    encoder = ctranslate2.Encoder(
        str(converted), compute_type="int8" if int8 else "float32", intra_threads=threads)
    pipeline = Pipeline(model)
    # What follows the encoder is little, and a second pool of threads would be in the way.
    torch.set_num_threads(1)

    @torch.inference_mode()
    def encode(batch):
        rows = torch.from_numpy(numpy.array(encoder.forward_batch(batch).last_hidden_state))
        return pipeline.finish(rows, torch.from_numpy(padded(batch)["attention_mask"])).numpy()

    return encode


def sorted_by_length(model, encode):
    """texts → vectors, with what `encode` does to a batch of ids."""
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(model.max_seq_length)
    prompt = model.prompts.get(model.default_prompt_name, "")

    def encode_all(texts):
        ids = [encoding.ids for encoding in tokenizer.encode_batch([prompt + text for text in texts])]
        order = sorted(range(len(ids)), key=lambda row: -len(ids[row]))
        vectors = None
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            batch = encode([ids[row] for row in rows])
            if vectors is None:
                vectors = numpy.empty((len(ids), batch.shape[1]), numpy.float32)
            vectors[rows] = batch
        return vectors

    return encode_all


def load(name, path, folder, threads):
    """texts → vectors, by the engine of that name."""
    torch.set_num_threads(threads)
    if name == "st":
        model = SentenceTransformer(path, device="cpu")
        return lambda texts: model.encode(texts, batch_size=BATCH, show_progress_bar=False)
    # The attention that exporters know.
    model = SentenceTransformer(path, device="cpu", model_kwargs={"attn_implementation": "eager"})
    if name.startswith("ort"):
        encode = onnx_runtime(model, folder, threads, int8=name == "ort-int8")
    elif name.startswith("ov"):
        encode = openvino(model, folder, threads, bf16=name == "ov-bf16")
    else:
        encode = ctranslate2(model, folder, threads, name == "ct2-int8", path)
    return sorted_by_length(model, encode)


def main(name, path, folder, threads):
    # stdout is for answers; some libraries greet there.
    with contextlib.redirect_stdout(sys.stderr):
        encode = load(name, path, pathlib.Path(folder), int(threads))
        encode(["one text to get ready with"] * BATCH)
    print("ready", flush=True)
    for line in sys.stdin:
        file, vectors = line.rstrip("\n").split("\t")
        texts = read(file)
        began = time.perf_counter()
        encoded = encode(texts)
        seconds = time.perf_counter() - began
        numpy.save(vectors, encoded)
        print(seconds, flush=True)


main(*sys.argv[1:])
