"""Foreign tokenizers, whole: the same ids, tokens and offsets for every line, alone and in pairs.

`--full --data DIR` takes every line of every file under DIR.
"""

import generated_text
import sample_lines
import tokenizer_families
from support import Checks, Work
from tokenizer_comparison import Comparison

LONGEST_PAIR = 400  # the parts that truncation leaves of two texts are combined, each with each


def check(checks: Checks, work: Work) -> None:
    odd = sample_lines.ODD + sample_lines.random_lines(2000 if work.full else 150, seed=7)
    natural = sample_lines.committed() + generated_text.lines(100, seed=9)
    if work.data:
        natural += data_lines(work)
    training = tokenizer_families.sample(natural, 30000) + sample_lines.ODD
    families = tokenizer_families.trained(training, 12000 if work.full else 1500)
    if work.full:
        minilm = tokenizer_families.all_minilm(work.folder)
        families["all-MiniLM-L6-v2"] = minilm
        whole = tokenizer_families.copied(minilm)
        whole.no_truncation()
        whole.no_padding()
        families["all-MiniLM-L6-v2, whole texts"] = whole
    lines = odd + natural
    check_vocabulary_files(checks, work, families, odd + tokenizer_families.sample(natural, 5000))
    pairs = [(a.replace("\t", " "), b) for a, b in zip(lines, lines[::-1])]
    pairs = [pair for pair in pairs if len(pair[0]) + len(pair[1]) < LONGEST_PAIR]
    for name, tokenizer in families.items():
        compared = Comparison(checks, work, name, tokenizer)
        truncation = tokenizer.truncation
        if not (truncation and truncation["strategy"] == "only_second"):
            compared.lines(lines, specials=(True,))
            compared.lines(tokenizer_families.sample(lines, 10000), specials=(False,))
            compared.decoding(tokenizer_families.sample(lines, 5000))
        compared.pairs(tokenizer_families.sample(pairs, 5000))
        print(f"        {name}: {len(lines)} lines, {checks.failed} failures so far", flush=True)


def check_vocabulary_files(checks: Checks, work: Work, families: dict, lines: list[str]) -> None:
    """vocab.txt, and vocab.json with merges.txt, as transformers reads them without further files."""
    for name, file in (("WordPiece", "vocab.txt"), ("RoBERTa", "vocab.json"), ("RoBERTa", "")):
        folder = work.folder / f"{name}-files"
        folder.mkdir(exist_ok=True)
        families[name].model.save(str(folder))
        expected = families[name].to_str().replace('"lstrip":true', '"lstrip":false')
        compared = Comparison(checks, work, f"{name} from {file or 'a folder'}", expected)
        compared.file = folder / file
        compared.lines(lines)
        compared.pairs([(a.replace("\t", " "), b) for a, b in zip(lines[:500], lines[1:])], specials=(True,))
        compared.decoding(lines[:500])


def data_lines(work: Work) -> list[str]:
    """The lines of every file under the folder of --data; what is no UTF-8 is replaced."""
    files = sorted(file for file in work.data.rglob("*") if file.is_file())
    assert files, f"{work.data} holds no file"
    return [line for file in files for line in file.read_bytes().decode("utf-8", "replace").split("\n")]
