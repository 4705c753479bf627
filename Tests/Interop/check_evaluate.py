"""`mlm evaluate`: the keys of the contract, sane values, the same answer twice."""

import math

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import generated_text
from check_classifier import labelled, order
from prepare import LABELLED
from support import Checks, Work, configuration


def check(checks: Checks, work: Work) -> None:
    check_language_model(checks, work)
    check_classifier(checks, work)


def check_language_model(checks: Checks, work: Work) -> None:
    file = work.write_lines("held-out.txt", generated_text.lines(200, seed=51))
    for name in ("hybrid", "masked", "hybrid-loud"):
        directory = work.path(f"{name}.mlm")
        first, second = (work.mlm.run("evaluate", "--model", directory, file, "--json", *threads)
                         for threads in ((), ("--threads", 1)))
        checks.equal(second, first, f"{name}: evaluated again, with one thread")
        report = work.mlm.json("evaluate", "--model", directory, file, "--json")
        for key in ("masked_accuracy", "cross_entropy", "bits_per_byte", "tokens"):
            checks.that(key in report and math.isfinite(report[key]), f"{name}: evaluate has no number {key}: {report}")
        checks.that(0 <= report["masked_accuracy"] <= 1, f"{name}: masked_accuracy {report['masked_accuracy']}")
        checks.that(report["tokens"] > 0 and report["bits_per_byte"] > 0, f"{name}: {report}")
        times = [key for key in report if "second" in key or "time" in key]
        checks.equal(times, [], f"{name}: times in evaluate")
        # Guessing evenly costs ln V; a few steps of training are better, random strong weights worse.
        even = math.log(configuration(directory)["vocab_size"])
        trained = not name.endswith("loud")
        checks.that((report["cross_entropy"] < even) == trained,
                    f"{name}: cross_entropy {report['cross_entropy']}, evenly {even}")
        if "bytes" in report:
            bits = report["cross_entropy"] * report["tokens"] / (report["bytes"] * math.log(2))
            checks.close(report["bits_per_byte"], bits, 1e-4 * bits, f"{name}: bits_per_byte of its own numbers")


def check_classifier(checks: Checks, work: Work) -> None:
    """Accuracy and macro F1 as computed from transformers' predictions."""
    pairs = labelled()
    names = order({label for label, _ in pairs})
    for name in ("classifier", "classifier-loud"):
        directory = work.path(f"{name}.mlm")
        report = work.mlm.json("evaluate", "--model", directory, LABELLED, "--json")
        model = AutoModelForSequenceClassification.from_pretrained(directory).eval()
        tokenizer = AutoTokenizer.from_pretrained(directory)
        predicted = []
        with torch.no_grad():
            for _, text in pairs:
                logits = model(**tokenizer(text, return_tensors="pt", truncation=True)).logits[0]
                predicted.append(names[int(logits.argmax())])
        truth = [label for label, _ in pairs]
        checks.equal(report["examples"], len(pairs), f"{name}: examples")
        accuracy = sum(a == b for a, b in zip(truth, predicted)) / len(pairs)
        checks.close(report["accuracy"], accuracy, 1e-6, f"{name}: accuracy")
        checks.close(report["macro_f1"], macro_f1(truth, predicted, names), 1e-6, f"{name}: macro_f1")


def macro_f1(truth: list[str], predicted: list[str], names: list[str]) -> float:
    """Mean over the labels of 2·TP / (2·TP + FP + FN); 0 for a label that neither side holds."""
    scores = []
    for name in names:
        hits = sum(a == b == name for a, b in zip(truth, predicted))
        marked = truth.count(name) + predicted.count(name)
        scores.append(2 * hits / marked if marked else 0.0)
    return sum(scores) / len(scores)
