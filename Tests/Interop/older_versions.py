"""Opens model directories with the libraries that come first on the path; prints what came of it as JSON."""

import json
import pathlib
import sys

import sentence_transformers
import transformers

texts = json.load(sys.stdin)
report = {"versions": {"transformers": transformers.__version__,
                       "sentence-transformers": sentence_transformers.__version__}, "directories": {}}
for directory in map(pathlib.Path, sys.argv[1:]):
    architecture = json.loads((directory / "config.json").read_text("utf-8"))["architectures"][0]
    _, info = getattr(transformers, architecture).from_pretrained(directory, output_loading_info=True)
    found = {"problems": {key: sorted(map(str, info[key]))
                          for key in ("missing_keys", "unexpected_keys", "mismatched_keys")}}
    if "Causal" not in architecture:
        encoder = sentence_transformers.SentenceTransformer(str(directory), device="cpu")
        found["embeddings"] = encoder.encode(texts, batch_size=1).tolist()
    report["directories"][directory.name] = found
print(json.dumps(report))
