"""AutoModelForMaskedLM loads a pretrained directory whole and predicts what `mlm fill` predicts."""

import json
import random

import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer, pipeline

import generated_text
import sample_lines
from support import Checks, Work, configuration, load

TOLERANCE = 1e-4  # of log-probabilities over the whole vocabulary


def check(checks: Checks, work: Work) -> None:
    for name in ("hybrid", "masked", "hybrid-loud", "masked-loud"):
        directory = work.path(f"{name}.mlm")
        model = load(AutoModelForMaskedLM, directory, checks)
        tokenizer = AutoTokenizer.from_pretrained(directory)
        checks.equal(tokenizer.mask_token_id, 4, f"{name}: id of the mask token")
        sentences = masked_sentences(25 if not name.startswith("hybrid") and not work.full else 100, 10)
        check_log_probabilities(checks, work, name, model, tokenizer, sentences)
        check_pipeline(checks, work, name, model, tokenizer, sentences[:5])
    check_several_masks(checks, work)


def masked_sentences(count: int, generated: int) -> list[str]:
    """So many sentences of corpora/samples, and generated ones; one word of each is [MASK]."""
    chance = random.Random(2)
    result = []
    for line in sample_lines.sentences(count) + generated_text.lines(generated, seed=23):
        # A script without spaces is one word, and some of the samples hold a mask already.
        words = line.replace("[MASK]", "it").split()[:120]
        words[chance.randrange(len(words))] = "[MASK]"
        result.append(" ".join(words))
    return result


def predictions(work: Work, name: str, text: str, top: int) -> list[list[dict]]:
    """`mlm fill`: a list of candidates per mask, whether printed as one list of lists or one list a line."""
    printed = work.mlm.run("fill", "--model", work.path(f"{name}.mlm"), "--top", top, "--json", text)
    values = [json.loads(line) for line in printed.split("\n") if line]
    if len(values) == 1 and values[0] and isinstance(values[0][0], list):
        return values[0]
    return values


def expected_log_probabilities(model, tokenizer, text: str) -> torch.Tensor:
    """Log-probabilities at each [MASK], [masks, V]."""
    inputs = tokenizer(text, return_tensors="pt", truncation=True)
    with torch.no_grad():
        logits = model(**inputs).logits[0]
    return logits[inputs["input_ids"][0] == tokenizer.mask_token_id].double().log_softmax(-1)


def by_token(pairs) -> list[tuple[str, list[float]]]:
    """Groups log-probabilities by printed token: parts of characters all print as U+FFFD."""
    groups: dict[str, list[float]] = {}
    for token, value in pairs:
        groups.setdefault(token, []).append(value)
    return sorted((token, sorted(values)) for token, values in groups.items())


def check_log_probabilities(checks: Checks, work: Work, name: str, model, tokenizer, sentences: list[str]) -> None:
    size = configuration(work.path(f"{name}.mlm"))["vocab_size"]
    tokens = [tokenizer.decode([i], skip_special_tokens=False) for i in range(size)]
    worst = 0.0
    for text in sentences:
        expected = expected_log_probabilities(model, tokenizer, text)
        found = predictions(work, name, text, size)
        if not checks.equal([len(f) for f in found], [size] * len(expected), f"{name}: candidates of {text!r}"):
            return
        for ours, theirs in zip(found, expected):
            probabilities = torch.tensor([c["probability"] for c in ours], dtype=torch.float64)
            checks.that(bool((probabilities.diff() <= 0).all()), f"{name}: candidates not in order: {text!r}")
            a = by_token(zip((c["token"] for c in ours), probabilities.log().tolist()))
            b = by_token(zip(tokens, theirs.tolist()))
            counts = [[(token, len(values)) for token, values in side] for side in (a, b)]
            if not checks.equal(*counts, f"{name}: tokens printed by fill"):
                return
            a, b = ([v for _, values in side for v in values] for side in (a, b))
            checks.close(a, b, TOLERANCE, f"{name}: log-probabilities at the mask of {text!r}")
            worst = max(worst, max(abs(x - y) for x, y in zip(a, b)))
    print(f"  {name}: {len(sentences)} sentences × {size} tokens, log-probabilities differ by at most {worst:.2g}",
          flush=True)


def check_pipeline(checks: Checks, work: Work, name: str, model, tokenizer, sentences: list[str]) -> None:
    """transformers' fill-mask pipeline ranks the same candidates."""
    fill = pipeline("fill-mask", model=model, tokenizer=tokenizer, top_k=5)
    for text in sentences:
        # One list for one mask, a list of lists for more.
        theirs, ours = fill(text), predictions(work, name, text, 5)[0]
        theirs = theirs[0] if isinstance(theirs[0], list) else theirs
        checks.close([c["probability"] for c in ours], [c["score"] for c in theirs], 1e-5,
                     f"{name}: pipeline scores of {text!r}")
        # Only a clear first place is a fact about the model.
        if theirs[0]["score"] - theirs[1]["score"] > 1e-4:
            checks.equal(ours[0]["token"], tokenizer.decode([theirs[0]["token"]]),
                         f"{name}: first candidate of {text!r}")


def check_several_masks(checks: Checks, work: Work) -> None:
    name, text = "hybrid-loud", "The [MASK] of the [MASK] was [MASK]."
    directory = work.path(f"{name}.mlm")
    model, tokenizer = AutoModelForMaskedLM.from_pretrained(directory).eval(), AutoTokenizer.from_pretrained(directory)
    expected = expected_log_probabilities(model, tokenizer, text).exp().max(-1).values.tolist()
    found = [candidates[0]["probability"] for candidates in predictions(work, name, text, 1)]
    checks.close(found, expected, 1e-5, f"{name}: best probability at each of three masks")
    # A next-word model fills no masks.
    work.mlm.run("fill", "--model", work.path("causal.mlm"), "a [MASK]", status=65)
    checks.that(True, "fill refuses a next-word model")
