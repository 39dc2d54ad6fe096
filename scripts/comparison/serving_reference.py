"""A server as people write it: FastAPI on uvicorn around sentence-transformers, OpenAI's answers.

python serving_reference.py MODEL THREADS: listens on a free port of 127.0.0.1 and says so on stderr.
"""

import sys

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sentence_transformers import SentenceTransformer

torch.set_num_threads(int(sys.argv[2]))
model = SentenceTransformer(sys.argv[1], device="cpu")
app = FastAPI()


class Request(BaseModel):
    input: list[str]


@app.post("/v1/embeddings")
def embeddings(request: Request):
    vectors = model.encode(request.input, show_progress_bar=False)
    data = [{"object": "embedding", "index": at, "embedding": row.tolist()} for at, row in enumerate(vectors)]
    return {"object": "list", "model": sys.argv[1], "data": data}


uvicorn.run(app, host="127.0.0.1", port=0, access_log=False)
