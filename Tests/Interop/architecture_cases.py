"""The models that check_architectures.py makes: of every family, head and switch, with random weights."""

import dataclasses

import transformers

VOCABULARY = 61
BERT = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 40,
        "max_position_embeddings": 70}
WIDE = {"hidden_size": 40, "num_hidden_layers": 3, "num_attention_heads": 5, "intermediate_size": 72,
        "max_position_embeddings": 80}
# RoBERTa counts positions from behind the padding token's.
ROBERTA = BERT | {"max_position_embeddings": 72, "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1}
DISTIL = {"dim": 24, "n_layers": 2, "n_heads": 3, "hidden_dim": 40, "max_position_embeddings": 70}
ELECTRA = BERT | {"embedding_size": 16}
MODERN = {"hidden_size": 24, "num_hidden_layers": 4, "num_attention_heads": 3, "intermediate_size": 20,
          "max_position_embeddings": 64, "local_attention": 8, "pad_token_id": 0, "bos_token_id": 2,
          "cls_token_id": 2, "eos_token_id": 3, "sep_token_id": 3}
MODERN_WIDE = MODERN | {"hidden_size": 40, "num_attention_heads": 5, "intermediate_size": 36, "num_hidden_layers": 5}
BIASES = {"norm_bias": True, "attention_bias": True, "mlp_bias": True, "classifier_bias": True}

ANGLES = {"full_attention": {"rope_type": "default", "rope_theta": 7000.0},
          "sliding_attention": {"rope_type": "default", "rope_theta": 90.0}}
IRREGULAR = ["sliding_attention", "full_attention", "full_attention", "sliding_attention", "full_attention"]


@dataclasses.dataclass
class Case:
    """A class of transformers, its configuration, and how the file differs from what it would save."""

    architecture: str
    configuration: dict
    note: str = ""
    types: bool = False  # two types of tokens in the batch
    padding_inside: bool = False  # the padding token in the middle of a text
    dtype: str = "float32"
    shard: str = "10GB"
    file: str = ""  # "bare": no prefix; "gamma": LayerNorm.gamma and .beta, and I64 position_ids
    old_configuration: bool = False  # the keys of transformers 4
    transformer_only: bool = False  # a head that is not run: the rows below it are compared

    @property
    def name(self) -> str:
        return self.architecture + (f", {self.note}" if self.note else "")


def cases() -> list[Case]:
    three = {"num_labels": 3}
    one = {"num_labels": 1}
    several = {"num_labels": 4, "problem_type": "multi_label_classification"}
    untied = {"tie_word_embeddings": False}
    result = [
        Case("BertModel", BERT, "bare names, I64 position_ids", types=True, file="bare"),
        Case("BertModel", WIDE, "5 heads, F16, sharded", dtype="float16", shard="20KB"),
        Case("BertModel", BERT | {"type_vocab_size": 1, "hidden_act": "relu"}, "one token type, relu"),
        Case("BertForMaskedLM", BERT, "token types, padding token inside", types=True, padding_inside=True),
        Case("BertForMaskedLM", WIDE | untied, "5 heads, untied"),
        Case("BertForMaskedLM", BERT | {"hidden_act": "gelu_new"}, "gelu_new, gamma and beta", file="gamma"),
        Case("BertForPreTraining", BERT, "heads not asked for"),
        Case("BertLMHeadModel", BERT | {"is_decoder": True}, "causal"),
        Case("BertForSequenceClassification", BERT | three, "token types", types=True),
        Case("BertForSequenceClassification", WIDE | several, "several labels, BF16", dtype="bfloat16"),
        Case("BertForSequenceClassification", BERT | one, "one number"),
        Case("BertForMaskedLM", BERT | {"hidden_act": "tanh", "layer_norm_eps": 0.03}, "tanh, large epsilon"),
        Case("BertModel", BERT | {"type_vocab_size": 3}, "three token types, BF16, sharded", types=True, dtype="bfloat16",
             shard="20KB"),
        Case("BertForTokenClassification", BERT | three, "head not run", transformer_only=True),
        Case("BertForNextSentencePrediction", BERT, "head not run", transformer_only=True),
        Case("RobertaModel", ROBERTA, "padding token inside", padding_inside=True),
        Case("RobertaForTokenClassification", ROBERTA | three, "head not run", transformer_only=True),
        Case("RobertaForMaskedLM", ROBERTA, "padding token inside", padding_inside=True),
        Case("RobertaForMaskedLM", WIDE | {"pad_token_id": 5, "type_vocab_size": 1} | untied, "5 heads, untied, padding 5"),
        Case("RobertaForSequenceClassification", ROBERTA | three, "3 heads"),
        Case("RobertaForCausalLM", ROBERTA | {"is_decoder": True}, "causal"),
        Case("XLMRobertaModel", ROBERTA, "bare names", file="bare"),
        Case("XLMRobertaForMaskedLM", ROBERTA | {"hidden_act": "silu"}, "silu, sharded", shard="20KB"),
        Case("XLMRobertaForSequenceClassification", WIDE | {"type_vocab_size": 1, "pad_token_id": 1} | several,
             "5 heads, several labels"),
        Case("CamembertForMaskedLM", ROBERTA, "3 heads"),
        Case("DistilBertModel", DISTIL, "bare names", file="bare"),
        Case("DistilBertForMaskedLM", DISTIL, "padding token inside", padding_inside=True),
        Case("DistilBertForMaskedLM", DISTIL | untied | {"sinusoidal_pos_embds": True}, "untied, sines"),
        Case("DistilBertForSequenceClassification", DISTIL | three, "3 heads, F16", dtype="float16"),
        Case("DistilBertForSequenceClassification", DISTIL | several | {"activation": "relu"}, "several labels, relu"),
        Case("DistilBertForQuestionAnswering", DISTIL, "head not run", transformer_only=True),
        Case("ElectraModel", ELECTRA, "narrow embeddings", types=True),
        Case("ElectraModel", ELECTRA | {"embedding_size": 24}, "no projection"),
        Case("ElectraForPreTraining", ELECTRA, "discriminator, padding token inside", padding_inside=True),
        Case("ElectraForPreTraining", WIDE | {"embedding_size": 40, "hidden_act": "relu"}, "discriminator, relu"),
        Case("ElectraForMaskedLM", ELECTRA, "generator", types=True),
        Case("ElectraForMaskedLM", ELECTRA | untied | {"embedding_size": 32}, "generator, wide embeddings, untied"),
        Case("ElectraForSequenceClassification", ELECTRA | three, "3 heads"),
        Case("ModernBertModel", MODERN, "bare names, windows", file="bare"),
        Case("ModernBertForMaskedLM", MODERN, "windows, padding token inside", padding_inside=True),
        Case("ModernBertForMaskedLM", MODERN_WIDE | BIASES, "5 heads, biases"),
        Case("ModernBertForMaskedLM", MODERN | untied | {"decoder_bias": False, "local_attention": 5},
             "untied, no bias of scores, odd window"),
        Case("ModernBertForMaskedLM", MODERN_WIDE | {"global_attn_every_n_layers": 2}, "keys of transformers 4",
             old_configuration=True),
        Case("ModernBertForSequenceClassification", MODERN | three | {"classifier_pooling": "cls"}, "first token"),
        Case("ModernBertForSequenceClassification", MODERN_WIDE | BIASES | several | {"classifier_pooling": "mean"},
             "mean, biases, several labels"),
        Case("ModernBertForMaskedLM", MODERN | {"rope_parameters": ANGLES, "classifier_activation": "relu",
                                                "sparse_prediction": True}, "other angles, relu in the head"),
        Case("ModernBertForSequenceClassification", MODERN | one | {"classifier_activation": "silu"},
             "one number, silu in the head"),
        Case("ModernBertForMaskedLM", MODERN_WIDE | {"layer_types": IRREGULAR}, "windows that do not alternate"),
        Case("ModernBertForMaskedLM", MODERN | {"hidden_activation": "silu"}, "silu gates"),
        Case("ModernBertDecoderForCausalLM", MODERN_WIDE | {"hidden_activation": "gelu_pytorch_tanh"}, "tanh-gelu gates"),
        Case("ModernBertForTokenClassification", MODERN | BIASES | three, "head not run", transformer_only=True),
        Case("ModernBertDecoderModel", MODERN, "windows"),
        Case("ModernBertDecoderForCausalLM", MODERN | {"rope_parameters": ANGLES}, "other angles"),
        Case("ModernBertDecoderForCausalLM", MODERN, "windows, padding token inside", padding_inside=True),
        Case("ModernBertDecoderForCausalLM", MODERN_WIDE | BIASES | untied, "5 heads, biases, untied, BF16, sharded",
             dtype="bfloat16", shard="20KB"),
        Case("ModernBertDecoderForCausalLM", MODERN | {"global_attn_every_n_layers": 2}, "keys of transformers 4",
             old_configuration=True),
        Case("ModernBertDecoderForSequenceClassification", MODERN | three, "last token"),
        Case("ModernBertDecoderForSequenceClassification", MODERN_WIDE | BIASES | one, "one number, biases"),
    ]
    return result


def make(case: Case):
    """The model in float32, evaluation mode, with its configuration's own random start."""
    model_class = getattr(transformers, case.architecture)
    configuration = model_class.config_class(vocab_size=VOCABULARY, **case.configuration)
    return model_class(configuration).eval()
