"""AutoModelForCausalLM loads a directory trained with `--objective clm` and writes the same words."""

import math

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

import generated_text
import sample_lines
from support import Checks, Work, load

NEW_TOKENS = 24
PROMPTS = 10
SENTENCES = 100
TOLERANCE = 1e-4  # of the mean log-probability of a sentence's tokens
# Below this distance of the two best logits, rounding may choose: such a prompt says nothing.
LEAST_MARGIN = 1e-3


def check(checks: Checks, work: Work) -> None:
    for name in ("causal-loud", "causal"):
        directory = work.path(f"{name}.mlm")
        model = load(AutoModelForCausalLM, directory, checks)
        tokenizer = AutoTokenizer.from_pretrained(directory)
        check_log_probabilities(checks, work, name, model, tokenizer)
        compared, distinct = 0, set()
        for line in generated_text.lines(200, seed=31):
            prompt = " ".join(line.split()[:6])
            ids = tokenizer(prompt)["input_ids"][:-1]  # [CLS] text, without [SEP]
            new, margin = greedy(model, ids)
            if margin < LEAST_MARGIN:
                continue
            printed = work.mlm.run("generate", "--model", directory, "--temperature", 0,
                                   "--max-tokens", NEW_TOKENS, prompt)
            expected = tokenizer.decode(ids + new, skip_special_tokens=True)
            continuation = tokenizer.decode(new, skip_special_tokens=True)
            checks.that(printed.strip() in (expected.strip(), continuation.strip(), (prompt + continuation).strip()),
                        f"{name}: greedy text after {prompt!r}: expected {expected!r}, found {printed!r}")
            compared += 1
            distinct.add(tuple(new))
            if compared == PROMPTS:
                break
        checks.equal(compared, PROMPTS, f"{name}: prompts whose greedy choice is clear")
        print(f"  {name}: {compared} prompts, {len(distinct)} different continuations", flush=True)
    work.mlm.run("generate", "--model", work.path("masked.mlm"), "The", status=65)
    checks.that(True, "generate refuses a masked model")


def check_log_probabilities(checks: Checks, work: Work, name: str, model, tokenizer) -> None:
    """`mlm evaluate` of one sentence at a time is the mean of −ln p over its tokens."""
    worst = 0.0
    for text in sample_lines.sentences(SENTENCES):
        # Without [SEP]: how a text ends is not asked.
        ids = torch.tensor([tokenizer(text)["input_ids"][:-1]])
        with torch.no_grad():
            scores = model(ids).logits[0].double().log_softmax(-1)
        expected = -scores[:-1].gather(1, ids[0, 1:, None]).mean().item()
        file = work.write_lines("sentence.txt", [text])
        report = work.mlm.json("evaluate", "--model", work.path(f"{name}.mlm"), file, "--json", "--max-length", 512)
        checks.equal(report["predicted_tokens"], ids.shape[1] - 1, f"{name}: tokens of {text[:60]!r}")
        checks.close(report["cross_entropy"], expected, TOLERANCE * max(1, expected),
                     f"{name}: cross-entropy of {text[:60]!r}")
        worst = max(worst, abs(report["cross_entropy"] - expected))
    checks.that(math.isfinite(worst), f"{name}: cross-entropies are numbers")
    print(f"  {name}: {SENTENCES} sentences, mean log-probabilities differ by at most {worst:.2g}", flush=True)


def greedy(model, ids: list[int]) -> tuple[list[int], float]:
    """transformers' own greedy generation, and the least distance of first and second on its way."""
    with torch.no_grad():
        result = model.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), do_sample=False,
            max_new_tokens=NEW_TOKENS, return_dict_in_generate=True, output_logits=True, pad_token_id=0, eos_token_id=3)
    best = torch.cat(result.logits).topk(2).values
    return result.sequences[0, len(ids):].tolist(), float((best[:, 0] - best[:, 1]).min())
