"""Our directories hold what text-embeddings-inference requires to serve them.

The server is a program of its own and is not run here. Its configuration types refuse a file that lacks a key
which is neither optional nor has a default; these are the keys, as version 1.8 and later read them.
"""

import json
import pathlib

from safetensors import safe_open

from support import Checks, Work, configuration

NUMBER, FLAG, TEXT = (int, float), bool, str
ROUTER = {"architectures": list, "model_type": TEXT, "max_position_embeddings": int, "pad_token_id": int}
MODERNBERT = {
    "vocab_size": int, "hidden_size": int, "intermediate_size": int, "num_hidden_layers": int,
    "num_attention_heads": int, "hidden_activation": TEXT, "max_position_embeddings": int,
    "initializer_range": NUMBER, "initializer_cutoff_factor": NUMBER, "norm_eps": NUMBER, "norm_bias": FLAG,
    "pad_token_id": int, "eos_token_id": int, "bos_token_id": int, "cls_token_id": int, "sep_token_id": int,
    "global_rope_theta": NUMBER, "attention_bias": FLAG, "attention_dropout": NUMBER,
    "global_attn_every_n_layers": int, "local_attention": int, "local_rope_theta": NUMBER,
    "classifier_activation": TEXT,
}
BERT = {
    "vocab_size": int, "hidden_size": int, "num_hidden_layers": int, "num_attention_heads": int,
    "intermediate_size": int, "hidden_act": TEXT, "hidden_dropout_prob": NUMBER, "max_position_embeddings": int,
    "type_vocab_size": int, "initializer_range": NUMBER, "layer_norm_eps": NUMBER, "pad_token_id": int,
    "model_type": TEXT,
}
FAMILIES = {"modernbert": MODERNBERT, "bert": BERT}
POOLING = {"pooling_mode_cls_token": FLAG, "pooling_mode_mean_tokens": FLAG, "pooling_mode_max_tokens": FLAG,
           "pooling_mode_mean_sqrt_len_tokens": FLAG}


def check(checks: Checks, work: Work) -> None:
    for name in ("hybrid", "masked", "classifier"):
        served(checks, work.path(f"{name}.mlm"))
        print(f"  {name}: has the keys and files that text-embeddings-inference requires", flush=True)


def served(checks: Checks, directory: pathlib.Path) -> None:
    name, config = directory.name, configuration(directory)
    has(checks, name + "/config.json", config, ROUTER)
    if not checks.that(config["model_type"] in FAMILIES, f"{name}: no family of the server: {config['model_type']}"):
        return
    has(checks, name + "/config.json", config, FAMILIES[config["model_type"]])
    lengths = json.loads((directory / "sentence_bert_config.json").read_text("utf-8"))
    has(checks, name + "/sentence_bert_config.json", lengths, {"max_seq_length": int})
    checks.that((directory / "tokenizer.json").exists(), f"{name}: tokenizer.json is missing")
    with safe_open(directory / "model.safetensors", "numpy") as weights:
        shapes = {tensor: tuple(weights.get_slice(tensor).get_shape()) for tensor in weights.keys()}
    if any(kind.endswith("Classification") for kind in config["architectures"]):
        labels = config["id2label"]
        has(checks, name, config, {"id2label": dict, "label2id": dict, "num_labels": int})
        checks.equal(config["num_labels"], len(labels), f"{name}: num_labels")
        checks.that(config["classifier_pooling"] in ("cls", "mean"), f"{name}: classifier_pooling")
        checks.equal(shapes.get("classifier.weight"), (len(labels), config["hidden_size"]), f"{name}: classifier.weight")
    else:
        pooling = json.loads((directory / "1_Pooling" / "config.json").read_text("utf-8"))
        has(checks, name + "/1_Pooling/config.json", pooling, POOLING)
        checks.that(pooling["pooling_mode_cls_token"] or pooling["pooling_mode_mean_tokens"],
                    f"{name}: a pooling that the server does not have")
        checks.equal(shapes.get("model.embeddings.tok_embeddings.weight"),
                     (config["vocab_size"], config["hidden_size"]), f"{name}: the token embedding")


def has(checks: Checks, name: str, values: dict, required: dict) -> None:
    for key, kind in required.items():
        found = values.get(key)
        # A Boolean is an int to Python, but not to the server.
        fits = isinstance(found, kind) and (kind in (FLAG, TEXT, list, dict) or not isinstance(found, bool))
        checks.that(fits, f"{name}: {key}: {found!r}")
