"""Compares what `mlm` and `tokenizers` make of one tokenizer.json: encoding, pairs, lengths, decoding."""

import contextlib
import dataclasses
import itertools
import json
import os
import pathlib
import random

from tokenizers import Tokenizer

from support import Checks, Work

BREAKS = set("\n\u0085\u2028\u2029")  # output is a line a line, and these would break it or be escaped
BATCH = 2000
CHUNK = 10000  # so many encodings are held at a time


@dataclasses.dataclass
class Comparison:
    """One tokenizer in both programs."""

    checks: Checks
    work: Work
    name: str
    theirs: Tokenizer
    file: pathlib.Path

    def __init__(self, checks: Checks, work: Work, name: str, tokenizer: Tokenizer | str):
        """Takes a tokenizer of the library, or the text of a tokenizer.json."""
        self.checks, self.work, self.name = checks, work, name
        text = tokenizer if isinstance(tokenizer, str) else tokenizer.to_str()
        self.file = work.folder / "compared.json"
        self.file.write_text(text, "utf-8")
        self.theirs = Tokenizer.from_str(text)

    def lines(self, lines: list[str], specials=(True, False)) -> None:
        """Single texts."""
        for special, start in itertools.product(specials, range(0, len(lines), CHUNK)):
            part = lines[start : start + CHUNK]
            self._compare(part, [(line,) for line in part], special)

    def pairs(self, pairs: list[tuple[str, str]], specials=(True, False)) -> None:
        """Pairs of texts, which must not hold tabs."""
        for special, start in itertools.product(specials, range(0, len(pairs), CHUNK)):
            part = pairs[start : start + CHUNK]
            self._compare([f"{first}\t{second}" for first, second in part], part, special)

    def _expected(self, texts: list[tuple[str, ...]], special: bool) -> list:
        """Their encodings; where the library raises, the exception."""
        found = []
        padding = self.theirs.padding
        for start in range(0, len(texts), BATCH):
            batch = [text if len(text) > 1 else text[0] for text in texts[start : start + BATCH]]
            if not (padding and padding["length"] is None):  # padded to the longest, a line is alone
                together = attempt(lambda: self.theirs.encode_batch(batch, add_special_tokens=special))
                if isinstance(together, list):
                    found += together
                    continue
            for text in texts[start : start + BATCH]:
                found.append(attempt(lambda: self.theirs.encode(*text, add_special_tokens=special)))
        return found

    def _compare(self, lines: list[str], texts: list[tuple[str, ...]], special: bool) -> None:
        name = f"{self.name}{'' if len(texts[0]) == 1 else ', pairs'}{'' if special else ', no special tokens'}"
        options = ([] if special else ["--no-special-tokens"]) + (["--pairs"] if len(texts[0]) > 1 else [])
        encode = ["tokenizer", "encode", "--tokenizer", self.file, "--json", *options]
        expected = self._expected(texts, special)
        # What they refuse is refused here, too; where they panic there is nothing to compare with.
        for i in [i for i, e in enumerate(expected) if isinstance(e, Exception)][:2]:
            try:
                self.work.mlm.run(*encode, self.work.write_lines("line.txt", [lines[i]]), status=65)
            except RuntimeError as error:
                self.checks.that(False, f"{name}: tokenizers raises {expected[i]!r} for {texts[i]!r}, here: {error}")
        kept = [i for i, e in enumerate(expected) if not isinstance(e, BaseException)]
        if not kept:
            return
        output = self.work.mlm.run(*encode, self.work.write_lines("lines.txt", [lines[i] for i in kept]))
        found = output.split("\n")[:-1]
        if not self.checks.equal(len(found), len(kept), f"{name}: lines of `encode --json`"):
            return
        spellings, wrong = {}, []
        for i, line in zip(kept, found):
            if difference := self._difference(texts[i], json.loads(line), expected[i], spellings):
                wrong.append((texts[i], difference))
        self.checks.that(not wrong, f"{name}: {len(wrong)} of {len(kept)} differ; {wrong[:3]}"[:1500])

    def _difference(self, text: tuple[str, ...], ours: dict, theirs, spellings: dict) -> str:
        parts = [(ours, theirs)]
        others = ours.get("overflowing", [])
        if len(others) != len(theirs.overflowing):
            return f"overflowing: expected {len(theirs.overflowing)} parts, found {len(others)}"
        parts += zip(others, theirs.overflowing)
        for number, (found, expected) in enumerate(parts):
            at = f" in part {number}" if number else ""
            if found["ids"] != expected.ids:
                return f"ids{at}: expected {expected.ids}, found {found['ids']}"
            for i, token in zip(found["ids"], found["tokens"]):
                if i not in spellings:
                    spellings[i] = self.theirs.id_to_token(i)
                if token != spellings[i]:
                    return f"token {i}: expected {spellings[i]!r}, found {token!r}"
            offsets = [in_scalars(part, found["offsets"]) for part in text]
            # Their sequence_ids are wrong in combined parts; so either text will do.
            if any(pair not in places for pair, places in zip(expected.offsets, zip(*offsets))):
                return f"offsets{at} of {expected.tokens}: expected {expected.offsets}, found {offsets}"
            if "type_ids" in found:
                for key in ("type_ids", "special_tokens_mask", "attention_mask"):
                    if found[key] != getattr(expected, key):
                        return f"{key}{at}: expected {getattr(expected, key)}, found {found[key]}"
        return ""

    def decoding(self, lines: list[str], random_sequences: int = 200) -> None:
        """Encoded lines and random identifiers, decoded."""
        chance, size = random.Random(1), self.theirs.get_vocab_size()
        encodings = attempt(lambda: self.theirs.encode_batch(lines))
        sequences = [e.ids for e in encodings] if isinstance(encodings, list) else []
        known = [i for i in range(size) if self.theirs.id_to_token(i) is not None]
        sequences += [[chance.choice(known) for _ in range(chance.randint(1, 20))] for _ in range(random_sequences)]
        pairs = [(ids, attempt(lambda: self.theirs.decode(ids, skip_special_tokens=True))) for ids in sequences]
        pairs = [(ids, text) for ids, text in pairs if isinstance(text, str) and not set(text) & BREAKS]
        path = self.work.write_lines("ids.txt", [" ".join(map(str, ids)) for ids, _ in pairs])
        found = self.work.mlm.run("tokenizer", "decode", "--tokenizer", self.file, path).split("\n")[:-1]
        if self.checks.equal(len(found), len(pairs), f"{self.name}: lines of `decode`"):
            wrong = [(ids, text, line) for (ids, text), line in zip(pairs, found) if text != line]
            self.checks.that(not wrong, f"{self.name}: {len(wrong)} decoded texts differ; "
                                        f"(ids, theirs, ours): {wrong[:2]}"[:1500])


def attempt(call):
    """What `call` returns, or what it raises: an Exception, or a panic of the library, which is none."""
    try:
        with _quiet():
            return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001
        return error


@contextlib.contextmanager
def _quiet():
    """Keeps the traces of panics off standard error."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def in_scalars(text: str, offsets: list) -> list[tuple]:
    """UTF-8 byte offsets as numbers of Unicode scalars; an offset inside a scalar stays a fraction and so differs."""
    if text.isascii():
        return [(start, end) for start, end in offsets]
    places, at = {}, 0
    for i, character in enumerate(text):
        places[at] = i
        at += len(character.encode())
    places[at] = len(text)
    return [(places.get(start, start + 0.5), places.get(end, end + 0.5)) for start, end in offsets]
