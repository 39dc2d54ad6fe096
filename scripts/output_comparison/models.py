"""The models that are compared, put together in one folder under the names that command lines use."""

import dataclasses
import json
import shutil

from texts import PROJECT

FIXTURES = PROJECT / "Tests/Fixtures"
REAL = PROJECT / "models/all-MiniLM-L6-v2"
# Recorded tokenizers whose family is told by the network's type alone.
TYPES = {"flaubert-decoder": "flaubert", "xlm-roberta-spm": "xlm-roberta"}


@dataclasses.dataclass
class Models:
    """Names of models, by what is compared of them."""

    # Whole pipelines and the example models: vectors in every form, and by each prompt.
    complete: list
    # Networks of every architecture with a made tokenizer: vectors.
    encoders: list
    # Tokenizers without a network: ids.
    tokenizers: list
    # all-MiniLM-L6-v2 where it was fetched: vectors.
    real: list

    @property
    def all(self):
        return self.complete + self.encoders + self.real


def write_models(folder):
    """Fill `folder` with links to models, and with those that are made up of fixtures."""
    folder.mkdir()
    complete = [*sorted(FIXTURES.glob("pipelines/*")), FIXTURES / "smallest"]
    complete += sorted(file.parent for file in (PROJECT / "models.example").glob("*/modules.json"))
    real = [REAL] if (REAL / "modules.json").exists() else []
    for source in complete + real:
        (folder / source.name).symlink_to(source.resolve())
    write_damaged(folder)
    return Models(
        complete=[source.name for source in complete], encoders=write_encoders(folder),
        tokenizers=write_tokenizers(folder), real=[source.name for source in real])


def write_encoders(folder):
    """The networks of Tests/Fixtures/encoders as models: their texts are spelt by letters."""
    names = []
    for source in sorted(FIXTURES.glob("encoders/*")):
        if not (source / "config.json").exists():
            continue
        made = folder / "encoders" / source.name
        made.mkdir(parents=True)
        for file in ("config.json", "model.safetensors"):
            (made / file).symlink_to(source / file)
        size = json.loads((source / "config.json").read_text("utf-8"))["vocab_size"]
        (made / "tokenizer.json").write_text(json.dumps(letters(size)), "utf-8")
        # Read as it is written, whatever class the network's type would have it read by.
        (made / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}\n', "utf-8")
        names.append(f"encoders/{source.name}")
    return names


def letters(size):
    """A tokenizer of `size` ids: letters at the beginning of words, and the most frequent inside."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    known = special + list("abcdefghijklmnopqrstuvwxyz")
    known += [f"##{letter}" for letter in "etaoinsrhldcumfpgywbvkxjqz"]
    vocabulary = {token: number for number, token in enumerate(known[:size])}
    sequence = [{"Sequence": {"id": "A", "type_id": 0}}]
    first, last = ([{"SpecialToken": {"id": token, "type_id": 0}}] for token in special[2:4])
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [],
        "normalizer": {
            "type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
            "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing", "single": first + sequence + last,
            "pair": first + sequence + last + [{"Sequence": {"id": "B", "type_id": 1}}] + last,
            "special_tokens": {
                token: {"id": token, "ids": [vocabulary[token]], "tokens": [token]}
                for token in special[2:4]}},
        "decoder": None,
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100, "vocab": vocabulary}}


def write_tokenizers(folder):
    """The recorded tokenizers, each with what makes its folder one of a model."""
    names = []
    folders = [*FIXTURES.glob("tokenizers/*"), *FIXTURES.glob("tokenizer-files/*")]
    for source in sorted(folder for folder in folders if folder.is_dir()):
        files = [file for file in source.iterdir() if file.name != "cases.jsonl"]
        if not files:
            continue
        made = folder / source.parent.name / source.name
        made.mkdir(parents=True)
        for file in files:
            (made / file.name).symlink_to(file)
        words = next((file.name for file in files if file.name.endswith("tokenizer_config.json")
                      and file.name != "tokenizer_config.json"), None)
        if words:
            write_word_model(made, words.removesuffix("tokenizer_config.json"))
        elif not (made / "config.json").exists():
            config = {"model_type": TYPES[source.name]} if source.name in TYPES else {}
            (made / "config.json").write_text(json.dumps(config), "utf-8")
        names.append(f"{source.parent.name}/{source.name}")
    return names


def write_word_model(folder, kind):
    """The files of word embeddings, whose vectors are not there: a tokenizer is all that is read."""
    (folder / "modules.json").write_text(json.dumps([
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.WordEmbeddings"}
    ]), "utf-8")
    (folder / "wordembedding_config.json").write_text(json.dumps({
        "tokenizer_class": f"sentence_transformers.models.tokenizer.{kind.title()}Tokenizer",
        "update_embeddings": False, "max_seq_length": 1000000}), "utf-8")


def write_damaged(folder):
    """Models that cannot be loaded, each for another reason."""
    tiny = PROJECT / "models.example/bert-tiny"
    changes = {
        "cut-weights": ("model.safetensors", (tiny / "model.safetensors").read_bytes()[:2000]),
        "other-weights": (
            "model.safetensors", (FIXTURES / "smallest/model.safetensors").read_bytes()),
        "unknown-network": ("config.json", b'{"model_type":"unheard-of"}'),
        "unknown-module": ("modules.json", b'[{"idx":0,"name":"0","path":"","type":"a.b.Magic"}]'),
        "broken-config": ("config.json", b'{"model_type":"bert",'),
        "broken-tokenizer": ("tokenizer.json", b'{"model":{"type":"Telepathy"}}')}
    for name, (file, data) in changes.items():
        shutil.copytree(tiny, folder / "damaged" / name)
        (folder / "damaged" / name / file).write_bytes(data)
    (folder / "damaged/nothing").mkdir()
