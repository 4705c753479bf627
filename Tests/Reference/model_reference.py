"""Writes the golden traces of Tests/MLMModelTests/Fixtures: ten training steps computed by PyTorch.

Each trace holds a tiny model's configuration, its weights under their Hugging Face names, ten
batches of unpadded sequences, and what torch + transformers make of them in float32: losses,
gradient norms, the gradients of the first step, the logits of the first batch, and sums of the
weights after the last step. A Swift test trains from the same weights on the same batches and
must arrive at the same numbers.

Run:  python Tests/Reference/model_reference.py          (see README.md beside this file)

Weights are rounded to six significant digits before they are used, so the decimal text in the
file and the float32 value PyTorch started from are the same number. Sequences are padded and
masked for PyTorch; the script checks that every sequence alone gives the same logits, and
trains the same model in float64 to state how far rounding alone moves each list (the field
`float32_error`): a tolerance in a test has to be wider than that.
"""

import json
import math
import pathlib

import torch
import transformers
from transformers import (
    BertConfig,
    BertForMaskedLM,
    ModernBertConfig,
    ModernBertDecoderConfig,
    ModernBertDecoderForCausalLM,
    ModernBertForMaskedLM,
    ModernBertForSequenceClassification,
)

from synthetic import END, PADDING, START, STEPS, VOCABULARY, random_batches, random_weights

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "MLMModelTests" / "Fixtures"
OPTIMIZER = {
    "name": "AdamW",
    "learning_rate": 1e-2,
    "beta1": 0.9,
    "beta2": 0.98,
    "epsilon": 1e-8,
    "weight_decay": 0.1,
    # torch.nn.utils.clip_grad_norm_ multiplies by min(1, clip_norm / (norm + 1e-6)).
    "clip_epsilon": 1e-6,
}

SHAPE = {
    "vocab_size": VOCABULARY,
    "hidden_size": 16,
    "intermediate_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "hidden_activation": "gelu",
    "max_position_embeddings": 32,
    "initializer_range": 0.02,
    "initializer_cutoff_factor": 2.0,
    "norm_eps": 1e-5,
    "norm_bias": False,
    "attention_bias": False,
    "attention_dropout": 0.0,
    "embedding_dropout": 0.0,
    "mlp_bias": False,
    "mlp_dropout": 0.0,
    "decoder_bias": True,
    "classifier_bias": False,
    "classifier_activation": "gelu",
    "classifier_dropout": 0.0,
    "global_attn_every_n_layers": 1,
    "local_attention": 128,
    "global_rope_theta": 10000.0,
    "local_rope_theta": 10000.0,
    "pad_token_id": PADDING,
    "bos_token_id": START,
    "cls_token_id": START,
    "eos_token_id": END,
    "sep_token_id": END,
    "tie_word_embeddings": True,
}
LABELS = {
    "id2label": {"0": "bad", "1": "fair", "2": "good"},
    "label2id": {"bad": 0, "fair": 1, "good": 2},
}


def padded(batch: dict) -> tuple[torch.Tensor, torch.Tensor]:
    """The batch as right-padded ids and attention mask, both [sequences, longest]."""
    spans = list(zip(batch["offsets"], batch["offsets"][1:]))
    longest = max(end - start for start, end in spans)
    ids = torch.full((len(spans), longest), PADDING)
    mask = torch.zeros((len(spans), longest), dtype=torch.long)
    for i, (start, end) in enumerate(spans):
        ids[i, : end - start] = torch.tensor(batch["ids"][start:end])
        mask[i, : end - start] = 1
    return ids, mask


def logits_and_targets(model: torch.nn.Module, batch: dict) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of the predicted rows [N, V] (or of the sequences [B, C]) and their targets [N]."""
    ids, mask = padded(batch)
    logits = model(input_ids=ids, attention_mask=mask).logits
    if "labels" in batch:
        return logits, torch.tensor(batch["labels"])
    flat = logits[mask.bool()]  # row-major: exactly the order of the concatenated sequences
    return flat[batch["rows"]], torch.tensor(batch["targets"])


def check_padding_is_inert(model: torch.nn.Module, batch: dict) -> None:
    """Every sequence alone gives the logits it has inside the padded batch."""
    together, _ = logits_and_targets(model, batch)
    alone = []
    for i, (start, end) in enumerate(zip(batch["offsets"], batch["offsets"][1:])):
        logits = model(input_ids=torch.tensor([batch["ids"][start:end]])).logits
        if "labels" in batch:
            alone.append(logits)
        else:
            alone.append(logits[0, [r - start for r in batch["rows"] if start <= r < end]])
    difference = (torch.cat(alone) - together).abs().max().item()
    assert difference < 1e-5, f"padding changes logits by {difference}"


def train(model: torch.nn.Module, batches: list[dict], decayed: list[str], clip_norm: float) -> dict:
    """Ten steps: mean cross-entropy over the predicted rows, clip, AdamW. Everything a test compares."""
    named = dict(model.named_parameters())
    groups = [
        {"params": [p for n, p in named.items() if n in decayed], "weight_decay": OPTIMIZER["weight_decay"]},
        {"params": [p for n, p in named.items() if n not in decayed], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(
        groups,
        lr=OPTIMIZER["learning_rate"],
        betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]),
        eps=OPTIMIZER["epsilon"],
        foreach=False,
    )
    result = {"losses": [], "gradient_norms": []}
    for step, batch in enumerate(batches):
        logits, targets = logits_and_targets(model, batch)
        loss = torch.nn.functional.cross_entropy(logits, targets)
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            result["first_logits"] = logits.detach().clone()
            result["first_gradients"] = {n: p.grad.clone() for n, p in named.items()}
        norm = torch.nn.utils.clip_grad_norm_(named.values(), clip_norm)
        optimizer.step()
        result["losses"].append(loss.item())
        result["gradient_norms"].append(norm.item())
    result["final_weights"] = {n: p.detach().clone() for n, p in named.items()}
    return result


def summary(tensor: torch.Tensor) -> dict:
    """Sum and L2 norm, accumulated in double precision."""
    values = tensor.double()
    return {"sum": nine_digits(values.sum().item()), "norm": nine_digits(values.norm().item())}


def nine_digits(value: float) -> float:
    """Nine significant digits: enough to name any float32."""
    return float(f"{value:.9g}")


def worst(a: list[float], b: list[float]) -> float:
    return float(f"{max(abs(x - y) for x, y in zip(a, b)):.2g}")


def write(file: dict, path: pathlib.Path) -> None:
    """One line per entry of the top level and of the weights: small, and a change shows as a small diff."""
    lines = []
    for key, value in file.items():
        if key in ("weights", "first_gradients", "batches"):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            inner = ",\n".join(
                ("" if isinstance(value, list) else json.dumps(k) + ":") + json.dumps(v, separators=(",", ":"))
                for k, v in items)
            open_, close = ("[", "]") if isinstance(value, list) else ("{", "}")
            lines.append(f"{json.dumps(key)}:{open_}\n{inner}\n{close}")
        else:
            lines.append(f"{json.dumps(key)}:{json.dumps(value, separators=(',', ':'))}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def trace(kind: str, architecture: str, make, config: dict, seed: int, clip_norm: float,
          whole: list[str], name: str | None = None) -> None:
    """Builds one fixture and writes it. `whole` names the gradients stored element by element."""
    model = make(dict(config)).float().eval()
    weights = random_weights(model, seed)
    decayed = [n for n, p in model.named_parameters() if p.dim() == 2]
    batches = random_batches(kind, len(config.get("id2label", {})), seed + 100)
    for batch in batches:
        check_padding_is_inert(model, batch)
    double = make(dict(config)).double().eval()
    double.load_state_dict(model.state_dict())
    got = train(model, batches, decayed, clip_norm)
    exact = train(double, batches, decayed, clip_norm)

    moved = {n: (t - torch.tensor(weights[n]["data"]).reshape(t.shape)).abs().min().item()
             for n, t in got["final_weights"].items()}
    smallest = min(moved, key=moved.get)
    clipped = sum(n > clip_norm for n in got["gradient_norms"])
    gradient_error = max((got["first_gradients"][n].double() - exact["first_gradients"][n]).abs().max().item()
                         for n in weights)
    weight_error = max((got["final_weights"][n].double() - exact["final_weights"][n]).abs().max().item()
                       for n in weights if not n.endswith("key.bias"))
    file = {
        "source": "Tests/Reference/model_reference.py",
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "dtype": "float32",
        "config": {"model_type": model.config.model_type, "architectures": [architecture], **config},
        "optimizer": {**OPTIMIZER, "clip_norm": clip_norm, "decayed": decayed,
                      "not_decayed": [n for n in weights if n not in decayed]},
        "loss": "mean cross-entropy over all predicted rows of the batch"
                if kind != "classification" else "mean cross-entropy over the sequences of the batch",
        "weights": weights,
        "batches": batches,
        "losses": [nine_digits(v) for v in got["losses"]],
        "gradient_norms": [nine_digits(v) for v in got["gradient_norms"]],
        "first_logits": [[nine_digits(v) for v in row] for row in got["first_logits"].tolist()],
        "first_gradients": {n: {"shape": list(g.shape), "data": [nine_digits(v) for v in g.flatten().tolist()]}
                            for n, g in got["first_gradients"].items() if n in whole},
        "first_gradient_summaries": {n: summary(g) for n, g in got["first_gradients"].items()},
        # A key's bias has no gradient but rounding, which AdamW takes for one.
        "final_weight_summaries": {n: summary(t) for n, t in got["final_weights"].items()
                                   if not n.endswith("key.bias")},
        "float32_error": {
            "losses": worst(got["losses"], exact["losses"]),
            "gradient_norms": worst(got["gradient_norms"], exact["gradient_norms"]),
            "first_logits": float(f"{(got['first_logits'].double() - exact['first_logits']).abs().max().item():.2g}"),
            "first_gradients": float(f"{gradient_error:.2g}"),
            "final_weights": float(f"{weight_error:.2g}"),
        },
    }
    assert set(whole) <= set(weights), set(whole) - set(weights)
    assert all(math.isfinite(v) for v in got["losses"])
    path = FIXTURES / f"{name or kind}_trace.json"
    write(file, path)
    size = path.stat().st_size
    assert size < 100_000, f"{path} has {size} bytes"
    print(f"{path.name}: {size} bytes; losses {got['losses'][0]:.4f} … {got['losses'][-1]:.4f}; "
          f"norm above {clip_norm} in {clipped} of {STEPS} steps; "
          f"least movement of an element {moved[smallest]:.1e} ({smallest}); "
          f"float32 error {file['float32_error']}")


def main() -> None:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    FIXTURES.mkdir(parents=True, exist_ok=True)

    def encoder(cls):
        return lambda config: cls(ModernBertConfig(**config, attn_implementation="eager"))

    trace(
        "masked", "ModernBertForMaskedLM", encoder(ModernBertForMaskedLM),
        {**SHAPE, "classifier_pooling": "mean"}, seed=3, clip_norm=1.0,
        whole=["model.embeddings.norm.weight", "model.layers.0.attn.Wo.weight", "model.layers.0.mlp_norm.weight",
               "model.layers.1.attn_norm.weight", "model.final_norm.weight", "head.norm.weight", "decoder.bias"])
    trace(
        "causal", "ModernBertDecoderForCausalLM",
        lambda config: ModernBertDecoderForCausalLM(ModernBertDecoderConfig(**config, attn_implementation="eager")),
        SHAPE, seed=11, clip_norm=1.0,
        whole=["model.layers.0.attn.q_proj.weight", "model.layers.0.attn.k_proj.weight",
               "model.layers.1.attn_norm.weight", "model.final_norm.weight", "lm_head.norm.weight", "decoder.bias"])
    trace(
        "classification", "ModernBertForSequenceClassification", encoder(ModernBertForSequenceClassification),
        {**SHAPE, "classifier_pooling": "mean", **LABELS},
        # Between the norms met here, so that both cases of clipping occur.
        seed=21, clip_norm=3.0,
        whole=["model.embeddings.norm.weight", "model.layers.1.mlp.Wo.weight", "head.dense.weight",
               "head.norm.weight", "classifier.weight", "classifier.bias"])
    trace(
        "masked", "BertForMaskedLM",
        lambda config: BertForMaskedLM(BertConfig(**config, attn_implementation="eager")),
        {"vocab_size": VOCABULARY, "hidden_size": 15, "intermediate_size": 18, "num_hidden_layers": 2,
         "num_attention_heads": 3, "hidden_act": "gelu", "hidden_dropout_prob": 0.0,
         "attention_probs_dropout_prob": 0.0, "max_position_embeddings": 8, "type_vocab_size": 2,
         "layer_norm_eps": 1e-12, "pad_token_id": PADDING, "tie_word_embeddings": True},
        seed=31, clip_norm=1.0, name="bert",
        whole=["bert.embeddings.position_embeddings.weight", "bert.embeddings.token_type_embeddings.weight",
               "bert.encoder.layer.0.attention.self.query.bias", "bert.encoder.layer.1.output.LayerNorm.bias",
               "cls.predictions.transform.LayerNorm.weight", "cls.predictions.bias"])


if __name__ == "__main__":
    main()
