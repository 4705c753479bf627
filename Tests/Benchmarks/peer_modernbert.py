"""The peer of `scripts/bench pretrain`: masked pretraining of a ModernBERT-shaped model in PyTorch.

Written to be as fast as eager PyTorch on a CPU gets, not to be convenient: plain functions instead
of a model class, one fused attention call (scaled_dot_product_attention) on sequences of equal
length without padding or mask, a head that sees the predicted rows only, tied embeddings, the
fused (or foreach) AdamW, denormals flushed. Batches are made before the clock starts.

Prints one JSON line; the tokens per second count every token that enters the model in a step over
the median time of the steps from the fourth on, each from taking the batch to the end of the
optimizer's work: the definition that `mlm pretrain --json` uses. With --forward-only a step is the
encoder alone, from token identifiers to the rows after the final norm, under inference_mode.
"""

import argparse
import json
import statistics
import time

import torch
import torch.nn.functional as F

from shapes import SHAPES

HEAD_EPSILON = 1e-5


class Model(torch.nn.Module):
    """ModernBERT's shape: pre-norm without biases, rotary positions, GeGLU, global attention, tied head."""

    def __init__(self, layers: int, width: int, inner: int, heads: int, vocabulary: int, length: int):
        super().__init__()
        self.layers, self.width, self.heads = layers, width, heads

        def matrix(*shape: int) -> torch.nn.Parameter:
            return torch.nn.Parameter(torch.randn(*shape) * 0.02)

        def ones() -> torch.nn.Parameter:
            return torch.nn.Parameter(torch.ones(width))

        def listed(make) -> torch.nn.ParameterList:
            return torch.nn.ParameterList(make() for _ in range(layers))

        self.table = matrix(vocabulary, width)
        self.embedding_norm, self.final_norm, self.head_norm = ones(), ones(), ones()
        self.qkv = listed(lambda: matrix(3 * width, width))
        self.attention_out = listed(lambda: matrix(width, width))
        self.attention_norm = torch.nn.ParameterList(ones() for _ in range(layers - 1))
        self.mlp_norm = listed(ones)
        self.mlp_in = listed(lambda: matrix(2 * inner, width))
        self.mlp_out = listed(lambda: matrix(width, inner))
        self.head = matrix(width, width)
        self.decoder_bias = torch.nn.Parameter(torch.zeros(vocabulary))
        half = width // heads // 2
        angles = torch.outer(torch.arange(length), 10000.0 ** (-torch.arange(half) / half))
        # For one product over q and k together: [1, T, 1, 1, d/2].
        self.register_buffer("cos", angles.cos()[None, :, None, None])
        self.register_buffer("sin", angles.sin()[None, :, None, None])

    def norm(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return F.layer_norm(x, (self.width,), weight, None, HEAD_EPSILON)

    def attention(self, x: torch.Tensor, layer: int) -> torch.Tensor:
        b, t, _ = x.shape
        qkv = F.linear(x, self.qkv[layer]).view(b, t, 3, self.heads, -1)
        first, second = qkv[:, :, :2].chunk(2, dim=-1)
        qk = torch.cat((first * self.cos - second * self.sin, second * self.cos + first * self.sin), -1)
        q, k, v = qk[:, :, 0], qk[:, :, 1], qkv[:, :, 2]
        y = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
        return F.linear(y.transpose(1, 2).reshape(b, t, -1), self.attention_out[layer])

    def encode(self, ids: torch.Tensor) -> torch.Tensor:
        """The rows after the final norm [B, T, H] of ids [B, T]."""
        x = self.norm(F.embedding(ids, self.table), self.embedding_norm)
        for layer in range(self.layers):
            x = x + self.attention(x if layer == 0 else self.norm(x, self.attention_norm[layer - 1]), layer)
            a, gate = F.linear(self.norm(x, self.mlp_norm[layer]), self.mlp_in[layer]).chunk(2, dim=-1)
            x = x + F.linear(F.gelu(a) * gate, self.mlp_out[layer])
        return self.norm(x, self.final_norm)

    def forward(self, ids: torch.Tensor, rows: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Mean cross-entropy over the predicted rows. ids [B, T]; rows, targets [N]."""
        x = self.encode(ids).view(-1, self.width).index_select(0, rows)
        x = self.norm(F.gelu(F.linear(x, self.head)), self.head_norm)
        return F.cross_entropy(F.linear(x, self.table, self.decoder_bias), targets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=SHAPES, default="mini")
    parser.add_argument("--vocabulary", type=int, default=8192)
    parser.add_argument("--sequences", type=int, default=16)
    parser.add_argument("--length", type=int, default=128)
    parser.add_argument("--mask-rate", type=float, default=0.3)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--optimizer", choices=("fused", "foreach"), default="fused")
    parser.add_argument("--forward-only", action="store_true")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--bfloat16", action="store_true", help="products in bfloat16, by autocast")
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    model = Model(*SHAPES[options.preset], options.vocabulary, options.length)
    tokens = options.sequences * options.length
    measure = forward_times if options.forward_only else training_times
    times, report = measure(model, options)
    median = statistics.median(times[3:])
    print(json.dumps({
        "tokens_per_second": tokens / median,
        "median_step_seconds": median,
        "parameters": sum(p.numel() for p in model.parameters()),
        "torch": torch.__version__,
    } | report))


def autocast(options):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bfloat16)


def random_ids(options) -> torch.Tensor:
    return torch.randint(5, options.vocabulary, (options.sequences, options.length))


def training_times(model: Model, options) -> tuple[list[float], dict]:
    """Seconds of every step, and the last loss."""
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.05}, {"params": vectors, "weight_decay": 0.0}],
        lr=1e-3, betas=(0.9, 0.98), eps=1e-8, **{options.optimizer: True})
    loss_of = torch.compile(model) if options.compile else model
    tokens = options.sequences * options.length
    predicted = round(tokens * options.mask_rate)
    batches = [
        (random_ids(options),
         torch.randperm(tokens)[:predicted].sort().values,
         torch.randint(5, options.vocabulary, (predicted,)))
        for _ in range(8)
    ]
    times = []
    for step in range(options.steps):
        start = time.perf_counter()
        with autocast(options):
            loss = loss_of(*batches[step % len(batches)])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0, foreach=True)
        optimizer.step()
        times.append(time.perf_counter() - start)
    return times, {"loss": loss.item()}


def forward_times(model: Model, options) -> tuple[list[float], dict]:
    """Seconds of every pass through the encoder."""
    model.eval()
    encode = torch.compile(model.encode) if options.compile else model.encode
    batches = [random_ids(options) for _ in range(8)]
    times = []
    with torch.inference_mode(), autocast(options):
        for step in range(options.steps):
            start = time.perf_counter()
            encode(batches[step % len(batches)])
            times.append(time.perf_counter() - start)
    return times, {}


if __name__ == "__main__":
    main()
