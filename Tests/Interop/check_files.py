"""The files of a model directory: names, layout on disk, keys of the JSON files."""

import json
import struct

import torch
import transformers
from safetensors import safe_open

from prepare import MODELS
from support import Checks, Work, configuration

ARCHITECTURES = {
    "hybrid": "ModernBertForMaskedLM",
    "masked": "ModernBertForMaskedLM",
    "causal": "ModernBertDecoderForCausalLM",
    "classifier": "ModernBertForSequenceClassification",
}
NEEDED = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json", "modules.json",
          "1_Pooling/config.json", "sentence_bert_config.json", "README.md"]


def check(checks: Checks, work: Work) -> None:
    for name in MODELS:
        directory = work.path(f"{name}.mlm")
        for file in NEEDED:
            checks.that((directory / file).is_file(), f"{name}.mlm holds no {file}")
        strays = [p.name for p in directory.rglob("*") if ".tmp" in p.name]
        checks.equal(strays, [], f"{name}.mlm: temporary files left behind")
        config = configuration(directory)
        checks.equal(config["architectures"], [ARCHITECTURES[name]], f"{name}: architectures")
        special = [config[f"{k}_token_id"] for k in ("pad", "bos", "cls", "eos", "sep")]
        checks.equal(special, [0, 2, 2, 3, 3], f"{name}: pad, bos, cls, eos, sep in config.json")
        check_header(checks, directory / "model.safetensors", name)
        check_names(checks, directory, config, name)
        tokenizer = json.loads((directory / "tokenizer_config.json").read_text("utf-8"))
        checks.equal(tokenizer["model_max_length"], 512, f"{name}: model_max_length")
        checks.equal(tokenizer["model_input_names"], ["input_ids", "attention_mask"], f"{name}: model_input_names")
    for name, objective in (("hybrid", "hybrid"), ("masked", "mlm"), ("causal", "clm")):
        checks.equal(configuration(work.path(f"{name}.mlm")).get("mlm_objective"), objective, f"{name}: mlm_objective")


def check_header(checks: Checks, path, name: str) -> None:
    """Data begins at a multiple of 64 bytes, is contiguous, and fills the file."""
    with open(path, "rb") as file:
        length = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(length))
    checks.equal((8 + length) % 64, 0, f"{name}: start of the data modulo 64")
    checks.equal(header.pop("__metadata__", None), {"format": "pt"}, f"{name}: __metadata__")
    at = 0
    for tensor, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        checks.equal(entry["dtype"], "F32", f"{name}: dtype of {tensor}")
        checks.equal(entry["data_offsets"][0], at, f"{name}: start of {tensor}")
        at = entry["data_offsets"][1]
    checks.equal(path.stat().st_size, 8 + length + at, f"{name}: size of {path.name}")


def check_names(checks: Checks, directory, config: dict, name: str) -> None:
    """Tensors as transformers declares them for this configuration, the tied one left out."""
    auto = transformers.AutoConfig.from_pretrained(directory)
    with torch.device("meta"):
        model = getattr(transformers, config["architectures"][0])(auto)
    expected = {n: list(p.shape) for n, p in model.named_parameters()}  # lists a tied weight once
    with safe_open(directory / "model.safetensors", "pt") as file:
        found = {n: list(file.get_slice(n).get_shape()) for n in file.keys()}
        finite = all(file.get_tensor(n).isfinite().all().item() for n in file.keys())
    checks.equal(found, expected, f"{name}: names and shapes of the tensors")
    checks.that(finite, f"{name}: a weight is not finite")
