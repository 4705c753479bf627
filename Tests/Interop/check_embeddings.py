"""sentence-transformers opens our directories and gives the vectors of `mlm embed`."""

import shutil

import numpy
import torch
from sentence_transformers import SentenceTransformer
from transformers import AutoModel, AutoModelForMaskedLM, BertConfig, BertForMaskedLM

import generated_text
import sample_lines
from support import Checks, Work, configuration

TOLERANCE = 1e-5


def check(checks: Checks, work: Work) -> None:
    long = " ".join(generated_text.lines(80, seed=41))
    texts = ["one", "two words", "[MASK] [CLS] in the text", *sample_lines.ODD[4:31], *sample_lines.committed()[:30]]
    texts += [" ".join(long.split()[:count]) for count in (20, 60, 100, 200, 400)] + [long]
    # U+0085 and its like stay in: only LF ends a line. A CR before it is taken for its part.
    # An empty line is a text without tokens of its own.
    texts = [text.removesuffix("\r") for text in texts] + [""]
    file = work.write_lines("embed.txt", texts)
    for name in ("hybrid", "hybrid-loud", "causal-loud", "classifier-loud"):
        directory = work.path(f"{name}.mlm")
        theirs = SentenceTransformer(str(directory), device="cpu")
        checks.equal(theirs.max_seq_length, 512, f"{name}: max_seq_length")
        expected = theirs.encode(texts, batch_size=1, convert_to_numpy=True)
        found = work.mlm.json_lines("embed", "--model", directory, "--format", "jsonl", file)
        if not checks.equal(len(found), len(texts), f"{name}: lines of `embed`"):
            continue
        vectors = numpy.array([line["embedding"] for line in found])
        for text, ours, vector in zip(texts, found, expected):
            checks.close(ours["embedding"], vector, TOLERANCE, f"{name}: embedding of {text[:60]!r}")
            ids = theirs.tokenizer(text)["input_ids"]
            checks.equal(ours["truncated"], len(ids) > 512, f"{name}: truncated, {len(ids)} tokens")
            checks.equal(ours["tokens"], min(512, len(ids)), f"{name}: tokens of {text[:60]!r}")
        checks.that(found[-2]["truncated"], f"{name}: the longest text is not truncated")
        checks.close(numpy.linalg.norm(vectors, axis=1), numpy.ones(len(texts)), 1e-5, f"{name}: norms")
        similarity = vectors @ vectors.T
        checks.that(similarity.min() < 0.9999, f"{name}: all embeddings point the same way")
        worst = numpy.abs(vectors - expected).max()
        print(f"  {name}: {len(texts)} texts, embeddings differ by at most {worst:.2g}", flush=True)
        # Alone and in a batch.
        for i in (0, 10, len(texts) - 2):
            alone = work.mlm.json_lines("embed", "--model", directory, "--format", "jsonl",
                                        work.write_lines("alone.txt", [texts[i]]))[0]["embedding"]
            checks.close(alone, found[i]["embedding"], 1e-6, f"{name}: alone and in a batch, {texts[i][:60]!r}")
    heads_are_reported_as_theirs(checks, work)
    no_pooler_is_drawn(checks, work)


def heads_are_reported_as_theirs(checks: Checks, work: Work) -> None:
    """The transformer alone, of a directory with a head: transformers 5 lists the head's tensors as unused.

    That is so of every such directory, and nothing in a directory can change it: the one that transformers saves of
    the same model is reported alike.
    """
    ours = work.path("masked.mlm")
    theirs = work.path("masked-resaved")
    AutoModelForMaskedLM.from_pretrained(ours).save_pretrained(theirs)
    reports = [AutoModel.from_pretrained(directory, output_loading_info=True)[1] for directory in (ours, theirs)]
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        found, expected = (sorted(map(str, report[problem])) for report in reports)
        checks.equal(found, expected, f"masked.mlm without its head: {problem}")
    checks.equal(sorted(map(str, reports[0]["missing_keys"])), [], "masked.mlm without its head: missing_keys")
    print(f"  transformer alone: {len(reports[0]['unexpected_keys'])} tensors of the head are reported unused, as in the "
          "directory that transformers saves", flush=True)


def no_pooler_is_drawn(checks: Checks, work: Work) -> None:
    """BERT with a head has no pooler; sentence-transformers is told, and gives our vectors."""
    source, exported = work.path("bert-masked"), work.path("bert-masked.mlm")
    shutil.copytree(work.path("masked.mlm"), source)
    size = configuration(source)["vocab_size"]
    torch.manual_seed(7)
    shape = {"hidden_size": 30, "num_hidden_layers": 2, "num_attention_heads": 5, "intermediate_size": 40}
    BertForMaskedLM(BertConfig(vocab_size=size, pad_token_id=0, **shape)).save_pretrained(source)
    (source / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 30, "pooling_mode_max_tokens": true}')
    work.mlm.run("export", source, "--as", "bert", "--output", exported)
    texts = ["one", "a boat in the reeds"]
    theirs = SentenceTransformer(str(exported), device="cpu")
    checks.that(theirs[0].auto_model.pooler is None, "bert-masked: sentence-transformers draws a pooler")
    found = work.mlm.json_lines("embed", "--model", exported, work.write_lines("two.txt", texts))
    checks.close([line["embedding"] for line in found], theirs.encode(texts), TOLERANCE, "bert-masked: embeddings")
