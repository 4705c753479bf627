"""Models and normalization tables made by sentencepiece, as tokenizers of the XLM-R family have them."""

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as messages

import generated_text
import sample_lines
from support import Work

RULES = ["nmt_nfkc", "nfkc", "nmt_nfkc_cf", "nfkc_cf"]


def trained(lines: list[str], vocabulary_size: int, rule: str = "nmt_nfkc") -> messages.ModelProto:
    """A Unigram model of sentencepiece's own trainer."""
    model = _Model()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, vocab_size=vocabulary_size, model_type="unigram",
        normalization_rule_name=rule, character_coverage=0.9995, hard_vocab_limit=False, minloglevel=2,
        num_threads=1)
    message = messages.ModelProto()
    message.ParseFromString(bytes(model.data))
    return message


def tables(work: Work) -> dict[str, bytes]:
    """The compiled tables of sentencepiece's rules."""
    lines = sample_lines.committed() + generated_text.lines(200, seed=4)
    rules = RULES if work.full else RULES[:1] + RULES[2:3]
    return {rule: trained(lines, 600, rule).normalizer_spec.precompiled_charsmap for rule in rules}


class _Model:
    """A file in memory, to which the trainer writes."""

    def __init__(self):
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data
