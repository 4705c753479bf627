"""Seeded made-up text: enough regularity to learn from, nothing copied from anybody.

Used as a library by the checks, and as a program by scripts that only need bytes:

    python generated_text.py BYTES [SEED] > corpus.txt
"""

import random
import sys

ONSETS = ["b", "br", "d", "dr", "f", "g", "gl", "h", "k", "l",
          "m", "n", "p", "pr", "r", "s", "sh", "st", "t", "th", "tr", "v", "w"]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "oo"]
CODAS = ["", "", "n", "r", "s", "t", "l", "nd", "ck", "mp"]


def words(count: int, chance: random.Random) -> list[str]:
    """Distinct pronounceable words, shorter ones first."""
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = 1 + min(3, len(found) * 4 // count)
        parts = [chance.choice(part) for _ in range(syllables) for part in (ONSETS, VOWELS, CODAS)]
        found["".join(parts)] = None
    return list(found)


def sentences(seed: int = 7, vocabulary: int = 6000):
    """An endless stream of sentences. Words follow Zipf's law, and a noun's class picks its verbs."""
    chance = random.Random(seed)
    stock = words(vocabulary, chance)
    nouns, verbs, others = stock[0::3], stock[1::3], stock[2::3]

    def zipf(part: list[str]) -> str:
        return part[min(len(part) - 1, int(len(part) ** chance.random()) - 1)]

    while True:
        clauses = []
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            noun = zipf(nouns)
            verb = verbs[(len(noun) * 31 + chance.randrange(9)) % 300]
            clause = f"the {noun} {verb} a {zipf(others)} {zipf(nouns)}"
            if chance.random() < 0.1:
                clause += f" in {chance.randrange(1, 2000)}"
            clauses.append(clause)
        text = chance.choice((", and ", "; ", " but ")).join(clauses)
        yield text[0].upper() + text[1:] + chance.choice(".....?!")


def lines(count: int, seed: int = 7, longest: int = 4) -> list[str]:
    """`count` lines of one to `longest` sentences."""
    chance, stream = random.Random(seed + 1), sentences(seed)
    return [" ".join(next(stream) for _ in range(chance.randint(1, longest))) for _ in range(count)]


def main() -> None:
    size = int(sys.argv[1])
    stream = sentences(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
    written = 0
    while written < size:
        line = next(stream) + "\n"
        written += len(line)
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
