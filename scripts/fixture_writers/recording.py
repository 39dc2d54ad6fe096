"""What sentence-transformers makes of texts."""

from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from .files import rounded


def record(folder, texts, prompted=False):
    """Each text's ids and vector, encoded alone in float32; `prompted` adds its vectors as query and document."""
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    # The file as it is written is the rule: the ids must be what it gives, cut to the model's limit.
    file = Tokenizer.from_file(str(folder / "tokenizer.json"))
    file.no_padding()
    file.enable_truncation(model.max_seq_length)
    rows = []
    for text in texts:
        ids = model.preprocess([text])["input_ids"][0].tolist()
        assert ids == file.encode(text).ids, (folder, text)
        row = {"text": text, "ids": ids, "embedding": rounded(model.encode(text, convert_to_tensor=True))}
        if prompted:
            row["query"] = rounded(model.encode_query(text, convert_to_tensor=True))
            row["document"] = rounded(model.encode_document(text, convert_to_tensor=True))
        rows.append(row)
    return rows
