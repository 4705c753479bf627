"""Made-up weights and batches for the reference programs: functions of a seed, exact in decimal text."""

import torch

STEPS = 10
VOCABULARY = 40
PADDING, START, END, MASK, FIRST_ORDINARY = 0, 2, 3, 4, 5


def six_digits(value: float) -> float:
    """The nearest number with six significant decimal digits: survives text → float32 unchanged."""
    return float(f"{value:.6g}")


def random_weights(model: torch.nn.Module, seed: int) -> dict[str, dict]:
    """Fills every parameter from one seeded stream and returns the exact values as JSON-ready lists.

    Norm weights lie around 1, biases and matrices around 0, all wide enough that no element's
    gradient or update hides in rounding noise.
    """
    generator = torch.Generator().manual_seed(seed)
    stored = {}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            if "norm" in name.lower() and name.endswith("weight"):
                values = 1 + 0.15 * noise
            elif parameter.dim() == 1:
                values = 0.2 * noise
            else:
                values = 0.3 * noise
            values = [six_digits(v) for v in values.flatten().tolist()]
            parameter.copy_(torch.tensor(values, dtype=torch.float64).reshape(parameter.shape))
            stored[name] = {"shape": list(parameter.shape), "data": values}
    return stored


def random_batches(kind: str, classes: int, seed: int) -> list[dict]:
    """Ten batches of 2-3 sequences of 3-7 tokens, each [CLS] … [SEP], concatenated without padding.

    masked: `rows` are flat row numbers (about half, at least one a batch), `targets` their
    tokens, and `ids` hold [MASK], a random token or the token itself there. causal: every row but
    a sequence's last, its target the next token. classification: one label per sequence.
    """
    generator = torch.Generator().manual_seed(seed)

    def below(n: int) -> int:
        return int(torch.randint(n, (1,), generator=generator))

    batches = []
    for _ in range(STEPS):
        ids, offsets, rows, targets, labels = [], [0], [], [], []
        for _ in range(2 + below(2)):
            inner = [FIRST_ORDINARY + below(VOCABULARY - FIRST_ORDINARY) for _ in range(1 + below(5))]
            sequence = [START, *inner, END]
            first = offsets[-1]
            if kind == "masked":
                for place in range(1, len(sequence) - 1):
                    if below(2) == 0 or (not rows and place == len(sequence) - 2):
                        rows.append(first + place)
                        targets.append(sequence[place])
                        draw = below(10)
                        if draw < 8:
                            sequence[place] = MASK
                        elif draw == 8:
                            sequence[place] = FIRST_ORDINARY + below(VOCABULARY - FIRST_ORDINARY)
            elif kind == "causal":
                rows += range(first, first + len(sequence) - 1)
                targets += sequence[1:]
            else:
                labels.append(below(classes))
            ids += sequence
            offsets.append(first + len(sequence))
        batch = {"ids": ids, "offsets": offsets}
        batch |= {"labels": labels} if kind == "classification" else {"rows": rows, "targets": targets}
        batches.append(batch)
    return batches
