"""AutoModelForSequenceClassification loads a fine-tuned directory: names, order and probabilities agree."""

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import generated_text
import sample_lines
from prepare import LABELLED
from support import Checks, Work, load

TOLERANCE = 1e-5


def labelled() -> list[tuple[str, str]]:
    lines = [line.removesuffix("\r") for line in LABELLED.read_text("utf-8").split("\n") if line]
    return [tuple(line.split("\t", 1)) for line in lines]


def order(labels: set[str]) -> list[str]:
    """Integers by value, anything else by bytes."""
    try:
        return sorted(labels, key=int)
    except ValueError:
        return sorted(labels, key=str.encode)


def check(checks: Checks, work: Work) -> None:
    pairs = labelled()
    names = order({label for label, _ in pairs})
    texts = [text for _, text in pairs]
    texts += ["one", sample_lines.ODD[4], *sample_lines.sentences(100)]
    texts += [" ".join(generated_text.lines(count, seed=count)) for count in (3, 20, 60)]  # the last is cut at 512
    file = work.write_lines("texts.txt", texts)
    for name in ("classifier", "classifier-loud"):
        directory = work.path(f"{name}.mlm")
        model = load(AutoModelForSequenceClassification, directory, checks)
        tokenizer = AutoTokenizer.from_pretrained(directory)
        checks.equal([model.config.id2label[i] for i in range(model.config.num_labels)], names, f"{name}: id2label")
        checks.equal(model.config.label2id, {n: i for i, n in enumerate(names)}, f"{name}: label2id")
        found = work.mlm.json_lines("predict", "--model", directory, "--json", file)
        if not checks.equal(len(found), len(texts), f"{name}: lines of `predict --json`"):
            continue
        worst = 0.0
        for text, ours in zip(texts, found):
            with torch.no_grad():
                logits = model(**tokenizer(text, return_tensors="pt", truncation=True)).logits[0]
            expected = logits.double().softmax(-1)
            checks.equal(set(ours["probabilities"]), set(names), f"{name}: names in probabilities")
            probabilities = [ours["probabilities"][n] for n in names]
            checks.close(probabilities, expected, TOLERANCE, f"{name}: probabilities of {text[:60]!r}")
            best = max(names, key=lambda n: ours["probabilities"][n])
            checks.equal(ours["label"], best, f"{name}: label of {text[:60]!r}")
            worst = max(worst, max(abs(a - b) for a, b in zip(probabilities, expected.tolist())))
        distinct = len({tuple(f["probabilities"].values()) for f in found})
        checks.that(distinct > len(texts) // 2, f"{name}: {distinct} different answers to {len(texts)} texts")
        print(f"  {name}: {len(texts)} texts, probabilities differ by at most {worst:.2g}", flush=True)
