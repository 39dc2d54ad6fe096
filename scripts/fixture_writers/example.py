"""models.example/bert-tiny, what it makes of texts, and its hidden states."""

import string

from tokenizers import Tokenizer
from transformers import BertModel

from .bert import pieces, write_bert, write_old_modules, write_tokenizer
from .files import TOP, write_json, write_lines, write_tensors
from .random_model import hidden_states
from .recording import record
from .texts import TEXTS

COMMON_WORDS = """
the of and to in is it you that he was for on are with as his they be at one have this from or had by hot but some
what there we can out other were all your when up use word how said an each she which do their time if will way
about many then them would write like so these her long make thing see him two has look more day could go come did
my sound no most number who over know water than call first people may down side been now find any new work part
take get place made live where after back little only round man year came show every good me give our under name
very through just form much great think say help low line before turn cause same mean differ move right boy old
too does tell sentence set three want air well also play small end put home read hand cat sat mat river house fox
""".split()
ENDINGS = ["##ing", "##ed", "##er", "##ly", "##tion", "##able", "##ness", "##th", "##st", "##nd"]


def write_model(fixtures):
    folder = TOP / "models.example/bert-tiny"
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = pieces(string.punctuation, COMMON_WORDS + ["猫", "😀"], ENDINGS + ["##ß"])
    special = write_tokenizer(folder, vocabulary, 64)
    write_json(folder / "special_tokens_map.json", special)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    write_bert(
        folder,
        1,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
        max_position_embeddings=64,
        vocab_size=len(vocabulary),
    )
    write_old_modules(folder, 32, ["mean_tokens"], 32, True, {"query": "find: ", "document": ""})
    write_lines(fixtures / "bert-tiny.golden.jsonl", record(folder, TEXTS, prompted=True))
    return folder


def write_hidden_states(fixtures, model_folder):
    """Every layer's rows for a text and for a pair of texts, whose second half has segment 1."""
    tokenizer = Tokenizer.from_file(str(model_folder / "tokenizer.json"))
    model = BertModel.from_pretrained(model_folder, local_files_only=True, attn_implementation="eager").eval()
    rows = []
    for texts in [("The river is old.",), ("Where did the cat go?", "The cat sat on the mat!")]:
        encoding = tokenizer.encode(*texts)
        rows.append({"texts": list(texts), "ids": encoding.ids, "segments": encoding.type_ids})
    folder = fixtures / "encoders/bert"
    write_json(folder / "hidden.json", {"model": "models.example/bert-tiny", "sequences": rows})
    write_tensors(folder / "hidden.safetensors", hidden_states(model, rows, takes_segments=True))


def write(fixtures):
    write_hidden_states(fixtures, write_model(fixtures))
