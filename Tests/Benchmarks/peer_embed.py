"""The peers of `embed.py`: embeds the lines of a file and tells the seconds it took.

    peer_embed.py sentence-transformers|onnxruntime MODEL FILE THREADS --batch N [--vectors OUT] [--network ONNX]
                  [--bfloat16]
    peer_embed.py first MODEL FILE THREADS      to the first vector, and out
    peer_embed.py export MODEL OUT THREADS      writes the network for onnxruntime
"""

import argparse
import json
import pathlib
import time


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["sentence-transformers", "onnxruntime", "first", "export"])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("threads", type=int)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--vectors", type=pathlib.Path)
    parser.add_argument("--network", type=pathlib.Path)
    parser.add_argument("--bfloat16", action="store_true")
    options = parser.parse_args()
    if options.kind == "export":
        return export(options.model, options.file)
    lines = options.file.read_text("utf-8").split("\n")[:-1]
    if options.kind == "onnxruntime":
        seconds, vectors = with_onnxruntime(options, lines)
    else:
        seconds, vectors = with_sentence_transformers(options, lines)
    if options.vectors:
        vectors.astype("<f4").tofile(options.vectors)
    print(json.dumps({"seconds": seconds}))


def with_sentence_transformers(options, lines):
    import torch
    torch.set_num_threads(options.threads)
    from sentence_transformers import SentenceTransformer
    kind = torch.bfloat16 if options.bfloat16 else torch.float32
    model = SentenceTransformer(str(options.model), device="cpu", model_kwargs={"dtype": kind})
    if options.kind != "first":
        model.encode(lines[:64], batch_size=options.batch)
    start = time.perf_counter()
    vectors = model.encode(lines, batch_size=options.batch, convert_to_numpy=True)
    return time.perf_counter() - start, vectors


def with_onnxruntime(options, lines):
    import numpy
    import onnxruntime
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    length = json.loads((options.model / "sentence_bert_config.json").read_text("utf-8"))["max_seq_length"]
    tokenizer.enable_truncation(length)
    tokenizer.enable_padding()
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(str(options.network), settings, providers=["CPUExecutionProvider"])

    def embed(texts):
        order = numpy.argsort([-len(text) for text in texts], kind="stable")
        vectors = None
        for first in range(0, len(order), options.batch):
            places = order[first:first + options.batch]
            encodings = tokenizer.encode_batch([texts[place] for place in places])
            ids = numpy.array([encoding.ids for encoding in encodings], numpy.int64)
            mask = numpy.array([encoding.attention_mask for encoding in encodings], numpy.int64)
            rows = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            pooled = (rows * mask[:, :, None]).sum(1, dtype=numpy.float32) / mask.sum(1, keepdims=True)
            pooled /= numpy.linalg.norm(pooled, axis=1, keepdims=True)
            if vectors is None:
                vectors = numpy.empty((len(texts), pooled.shape[1]), numpy.float32)
            vectors[places] = pooled
        return vectors

    embed(lines[:64])
    start = time.perf_counter()
    vectors = embed(lines)
    return time.perf_counter() - start, vectors


def export(model: pathlib.Path, out: pathlib.Path) -> None:
    import torch
    from transformers import AutoModel

    class Rows(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = AutoModel.from_pretrained(model, attn_implementation="eager").eval()

        def forward(self, input_ids, attention_mask):
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    ids = torch.randint(5, 1000, (2, 16))
    sizes = {0: "batch", 1: "length"}
    torch.onnx.export(
        Rows(), (ids, torch.ones_like(ids)), str(out), input_names=["input_ids", "attention_mask"],
        output_names=["rows"], dynamic_axes={"input_ids": sizes, "attention_mask": sizes, "rows": sizes},
        opset_version=17, dynamo=False)
    print(json.dumps({"bytes": out.stat().st_size}))


if __name__ == "__main__":
    main()
