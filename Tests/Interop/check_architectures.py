"""Models of every architecture that can be opened, made by transformers, give the same numbers here.

Hidden states, scores of the head, and every gradient of one training step without dropout, on a batch
of texts of unequal length: padded and masked there, end to end here.
"""

import json
import pathlib
import subprocess

import numpy
import torch
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_tensors, save_file as save_tensors

from architecture_cases import VOCABULARY, Case, cases, make
from support import Checks, Work

TOLERANCE = 1e-4  # of a tensor's largest entry
# A gradient that is nothing but rounding, as that of a key's bias, which softmax does not see: this share
# of the largest gradient of the model.
ROUNDING = 1e-6
FIRST_ORDINARY = 6
LENGTHS = [9, 1, 33, 17, 2]


def check(checks: Checks, work: Work) -> None:
    probe = pathlib.Path(work.mlm.path).parent / "ArchitectureProbe"
    folders, expected = [], []
    for number, case in enumerate(cases()):
        folder = work.path(f"architecture-{number}")
        folders.append(folder)
        expected.append(reference(case, folder, seed=number))
    done = subprocess.run([probe, *folders], capture_output=True, text=True, timeout=300)
    if not checks.that(done.returncode == 0, f"{probe.name}: exit status {done.returncode}: {done.stderr[-500:]}"):
        # One by one, so that the others are compared.
        for case, folder in zip(cases(), folders):
            done = subprocess.run([probe, folder], capture_output=True, text=True, timeout=300)
            checks.that(done.returncode == 0, f"{case.name}: {done.stderr[-500:]}")
    for case, folder, tensors in zip(cases(), folders, expected):
        if (folder / "probe.safetensors").exists():
            compare(checks, case, load_file(folder / "probe.safetensors"), tensors)
    print(f"  {len(folders)} models of {len({case.architecture for case in cases()})} architectures", flush=True)


def compare(checks: Checks, case: Case, found: dict, expected: dict) -> None:
    checks.equal(sorted(found), sorted(expected), f"{case.name}: tensors")
    gradients = [numpy.abs(v).max() for k, v in expected.items() if k.startswith("gradient.")]
    floor = ROUNDING * max(gradients, default=0)
    worst = {"hidden": 0.0, "logits": 0.0, "gradient": 0.0}
    for name in sorted(set(found) & set(expected)):
        theirs = expected[name]
        largest = float(numpy.abs(theirs).max())
        allowed = TOLERANCE * largest + (floor if name.startswith("gradient.") else 0)
        checks.close(found[name].reshape(theirs.shape) if found[name].size == theirs.size else found[name],
                     theirs, allowed, f"{case.name}: {name}")
        kind = name.split(".")[0]
        if kind in worst and largest > floor / TOLERANCE and found[name].size == theirs.size:
            difference = float(numpy.abs(found[name].reshape(theirs.shape) - theirs).max()) / largest
            worst[kind] = max(worst[kind], difference)
    text = ", ".join(f"{kind} {value:.1g}" for kind, value in worst.items())
    print(f"  {case.name}: {text}; {len(gradients)} gradients", flush=True)


def reference(case: Case, folder: pathlib.Path, seed: int) -> dict:
    """Saves the model with strong random weights, and what PyTorch makes of a batch."""
    torch.manual_seed(seed)
    model = make(case)
    strengthen(model)
    model.to(getattr(torch, case.dtype)).save_pretrained(folder, max_shard_size=case.shard)
    if case.dtype != "float32":
        # Read back: a model that was in 16 bits keeps angles of that precision.
        model = type(model).from_pretrained(folder, dtype=torch.float32).eval()
    rewrite(case, folder, model)
    batch = Batch(case, model)
    (folder / "probe.json").write_text(json.dumps(batch.json()))
    return batch.run(model)


def strengthen(model) -> None:
    """After initialization outputs are nearly uniform, and much could be wrong without being seen."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape)
            if "norm" in name.lower() and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * noise)
            elif parameter.ndim == 1:
                parameter.copy_(0.3 * noise)
            else:
                parameter.copy_(noise * (1 / parameter.shape[1]) ** 0.5)
    model.tie_weights()


def rewrite(case: Case, folder: pathlib.Path, model) -> None:
    """Gives the files the names and keys that older or smaller files have."""
    if case.file:
        path = folder / "model.safetensors"
        tensors = load_tensors(path)
        prefix = model.base_model_prefix + "."
        if case.file == "bare":
            tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
            tensors["embeddings.position_ids"] = torch.arange(70)[None]
        else:
            tensors = {name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"):
                       tensor for name, tensor in tensors.items()}
            tensors["bert.embeddings.position_ids"] = torch.arange(70)[None]
        save_tensors(tensors, path, {"format": "pt"})
    if case.old_configuration:
        path = folder / "config.json"
        values = json.loads(path.read_text())
        every = values["layer_types"].index("full_attention", 1)
        theta = values.pop("rope_parameters")
        del values["layer_types"]
        values |= {"global_attn_every_n_layers": every, "global_rope_theta": theta["full_attention"]["rope_theta"],
                   "local_rope_theta": theta["sliding_attention"]["rope_theta"]}
        path.write_text(json.dumps(values))


class Batch:
    """Texts of random tokens, and what a training step is to predict."""

    def __init__(self, case: Case, model):
        self.padding = model.config.pad_token_id or 0
        self.transformer_only = case.transformer_only
        self.sequences, self.types, self.labels = [], [], []
        for length in LENGTHS:
            text = torch.randint(FIRST_ORDINARY, VOCABULARY, (length,)).tolist()
            if case.padding_inside and length > 4:
                text[length // 3] = text[length // 2] = self.padding
            self.sequences.append(text)
            # transformers' RoBERTa has one type.
            self.types.append([int(place > length // 2) for place in range(length)])
            chosen = torch.rand(length) < 0.5
            chosen[0] = True
            targets = torch.randint(0, VOCABULARY, (length,))
            if case.architecture == "ElectraForPreTraining":
                self.labels.append(torch.randint(0, 2, (length,)).tolist())
            else:
                self.labels.append([int(t) if c else -100 for t, c in zip(targets, chosen)])
        if not case.types:
            self.types = None
        self.classes = torch.randint(0, 3, (len(LENGTHS),)).tolist()
        count = getattr(model.config, "num_labels", 2)
        self.several = model.config.problem_type == "multi_label_classification"
        numbers = torch.randint(0, 2, (len(LENGTHS), count)).float() if self.several else torch.randn(len(LENGTHS), count)
        self.numbers = numbers.tolist()

    def json(self) -> dict:
        return {"sequences": self.sequences, "types": self.types, "labels": self.labels, "classes": self.classes,
                "numbers": self.numbers}

    def padded(self, rows: list, filler: int) -> torch.Tensor:
        return torch.tensor([row + [filler] * (max(LENGTHS) - len(row)) for row in rows])

    def run(self, model) -> dict:
        """Hidden states of the transformer, scores, loss and gradients, by the names of the probe."""
        mask = self.padded([[1] * length for length in LENGTHS], 0)
        inputs = {"input_ids": self.padded(self.sequences, self.padding), "attention_mask": mask}
        if self.types:
            inputs["token_type_ids"] = self.padded(self.types, 0)
        hidden = []
        body = getattr(model, model.base_model_prefix, model)
        hook = body.register_forward_hook(lambda _, __, output: hidden.append(output.last_hidden_state))
        output = model(**inputs)
        hook.remove()
        mask = mask.bool()
        result = {"hidden": hidden[0][mask]}
        logits = getattr(output, "logits", getattr(output, "prediction_logits", None))
        if logits is not None and not self.transformer_only:
            result["logits"] = logits[mask] if logits.shape[:2] == mask.shape else logits
            loss = self.loss(result["logits"], logits.shape[:2] == mask.shape)
            loss.backward()
            result["loss"] = loss
            names = {}
            for name, parameter in model.named_parameters(remove_duplicate=False):
                # Tied matrices are called what the embedding is.
                if id(parameter) not in names or name.startswith(model.base_model_prefix + "."):
                    names[id(parameter)] = name
            result |= {f"gradient.{names[id(parameter)]}": parameter.grad for parameter in model.parameters()
                       if parameter.grad is not None}
        return {name: tensor.detach().numpy() for name, tensor in result.items()}

    def loss(self, logits: torch.Tensor, of_tokens: bool) -> torch.Tensor:
        losses = torch.nn.functional
        labels = torch.tensor([label for row in self.labels for label in row])
        if of_tokens and logits.ndim == 1:
            return losses.binary_cross_entropy_with_logits(logits, labels.float())
        if of_tokens:
            return losses.cross_entropy(logits, labels)
        numbers = torch.tensor(self.numbers)
        if self.several:
            return losses.binary_cross_entropy_with_logits(logits, numbers)
        if logits.shape[1] == 1:
            return losses.mse_loss(logits, numbers)
        return losses.cross_entropy(logits, torch.tensor(self.classes))
