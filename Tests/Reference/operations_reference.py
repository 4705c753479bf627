"""Computes what the tests of MLMNumerics expect, with PyTorch.

    python Tests/Reference/operations_reference.py > Tests/MLMNumericsTests/ReferenceValues.swift

needs torch 2.13 and transformers 5.23. Inputs are `pattern(shape, seed)`, which
Tests/MLMTestSupport/Pattern.swift makes too.
"""

import math

import torch
import torch.nn.functional as F
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb


def pattern(*shape, seed):
    i = torch.arange(math.prod(shape))
    return (((i * 37 + seed * 11) % 97).float() / 48 - 1).reshape(shape)


def leaf(*shape, seed, factor=1.0):
    return (pattern(*shape, seed=seed) * factor).requires_grad_()


def emit(name, call, values):
    print(f"\n  // torch: {call}")
    print(f"  static let {name}: [Float] = [")
    numbers = [f"{v:.8g}" for v in values.detach().flatten().tolist()]
    line = "   "
    for number in numbers:
        if len(line) + len(number) + 2 > 98:
            print(line)
            line = "   "
        line += f" {number},"
    print(line)
    print("  ]")


def gelu():
    x, dy = leaf(3, 7, seed=1, factor=5), pattern(3, 7, seed=2)
    y = F.gelu(x)
    emit("gelu", "F.gelu(x)", y)
    y.backward(dy)
    emit("geluInputGradient", "x.grad of F.gelu(x).backward(dy)", x.grad)

    x, dy = leaf(3, 10, seed=3, factor=3), pattern(3, 5, seed=4)
    y = F.gelu(x[:, :5]) * x[:, 5:]
    emit("geGLU", "F.gelu(x[:, :5]) * x[:, 5:]", y)
    y.backward(dy)
    emit("geGLUInputGradient", "x.grad", x.grad)


def layer_norm():
    x, w, b = leaf(3, 6, seed=5, factor=3), leaf(6, seed=6), leaf(6, seed=7)
    y = F.layer_norm(x, (6,), w, b, eps=1e-5)
    emit("layerNorm", "F.layer_norm(x, (6,), w, b, eps=1e-5)", y)
    y.backward(pattern(3, 6, seed=8))
    emit("layerNormInputGradient", "x.grad", x.grad)
    emit("layerNormWeightGradient", "w.grad", w.grad)
    emit("layerNormBiasGradient", "b.grad", b.grad)


def softmax():
    x = leaf(3, 5, seed=9, factor=4)
    y = F.softmax(x, dim=-1)
    emit("softmax", "F.softmax(x, dim=-1)", y)
    y.backward(pattern(3, 5, seed=10))
    emit("softmaxInputGradient", "x.grad", x.grad)


def cross_entropy():
    x, target = leaf(3, 8, seed=11, factor=6), torch.tensor([7, 0, 3])
    losses = F.cross_entropy(x, target, reduction="none")
    emit("crossEntropy", 'F.cross_entropy(x, target, reduction="none")', losses)
    F.cross_entropy(x, target).backward()
    emit("crossEntropyInputGradient", "x.grad of F.cross_entropy(x, target), the mean", x.grad)


def embedding():
    table, ids = leaf(5, 3, seed=12), torch.tensor([4, 1, 4, 0])
    y = F.embedding(ids, table)
    emit("embedding", "F.embedding(ids, table)", y)
    y.backward(pattern(4, 3, seed=13))
    emit("embeddingTableGradient", "table.grad", table.grad)


def rotary():
    # Sequences of 3 and 2 rows, 2 heads of width 6, θ = 10,000.
    x, dy = leaf(5, 2, 6, seed=14), pattern(5, 2, 6, seed=15)
    positions = torch.tensor([0, 1, 2, 0, 1], dtype=torch.float64)
    frequencies = 10_000.0 ** (-torch.arange(0, 6, 2, dtype=torch.float64) / 6)
    angles = (positions[:, None] * frequencies).repeat(1, 2)
    cos, sin = angles.cos().float()[None], angles.sin().float()[None]
    y, _ = apply_rotary_pos_emb(x.transpose(0, 1)[None], x.transpose(0, 1)[None], cos, sin)
    y = y[0].transpose(0, 1)
    emit("rotary", "transformers apply_rotary_pos_emb, two sequences", y)
    y.backward(dy)
    emit("rotaryInputGradient", "x.grad", x.grad)


def attention():
    # Sequences of 3 and 2 rows, 2 heads of width 4.
    for name, causal in (("attention", False), ("causalAttention", True)):
        x, dy = leaf(5, 24, seed=16, factor=2), pattern(5, 8, seed=17)
        outputs = []
        for rows in (x[0:3], x[3:5]):
            q, k, v = (t.reshape(len(rows), 2, 4).transpose(0, 1) for t in rows.split(8, dim=1))
            o = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
            outputs.append(o.transpose(0, 1).reshape(len(rows), 8))
        y = torch.cat(outputs)
        emit(name, f"F.scaled_dot_product_attention(q, k, v, is_causal={causal})", y)
        y.backward(dy)
        emit(name + "InputGradient", "x.grad, x = q|k|v", x.grad)


def linear():
    x, w, b = leaf(3, 4, seed=18), leaf(5, 4, seed=19), leaf(5, seed=20)
    y = F.linear(x, w, b)
    emit("linear", "F.linear(x, w, b)", y)
    y.backward(pattern(3, 5, seed=21))
    emit("linearInputGradient", "x.grad", x.grad)
    emit("linearWeightGradient", "w.grad", w.grad)
    emit("linearBiasGradient", "b.grad", b.grad)


def pooling():
    for name, pool in (
        ("meanPool", lambda rows: rows.mean(dim=0)),
        ("firstPool", lambda rows: rows[0]),
        ("maxPool", lambda rows: rows.max(dim=0).values),
    ):
        x = leaf(5, 4, seed=22)
        y = torch.stack([pool(x[0:3]), pool(x[3:5])])
        emit(name, f"{name[:-4]} of rows 0..<3 and 3..<5", y)
        y.backward(pattern(2, 4, seed=23))
        emit(name + "InputGradient", "x.grad", x.grad)


def adamw():
    for name, decay in (("adamW", 0.1), ("adamWWithoutDecay", 0.0)):
        p = torch.nn.Parameter(pattern(6, seed=24))
        optimizer = torch.optim.AdamW([p], lr=0.01, betas=(0.9, 0.98), eps=1e-8, weight_decay=decay)
        for step in range(5):
            p.grad = pattern(6, seed=25 + step) * 0.1
            optimizer.step()
        emit(
            name,
            f"five steps of torch.optim.AdamW(lr=0.01, betas=(0.9, 0.98), weight_decay={decay})",
            p,
        )


def muon_direction(update):
    # The published Newton-Schulz iteration, in double precision.
    x = update / (update.norm() + 1e-7)
    if x.shape[0] > x.shape[1]:
        return muon_direction_of(x.T).T
    return muon_direction_of(x)


def muon_direction_of(x):
    a, b, c = 3.4445, -4.7750, 2.0315
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x


def muon():
    for name, rows, columns in (("muonWide", 3, 5), ("muonTall", 5, 3)):
        rate, momentum, decay = 0.01, 0.95, 0.1
        peer = torch.nn.Parameter(pattern(rows, columns, seed=32))
        optimizer = torch.optim.Muon([peer], lr=rate, momentum=momentum, weight_decay=decay,
                                     adjust_lr_fn="match_rms_adamw")
        p = pattern(rows, columns, seed=32).double()
        buffer = torch.zeros_like(p)
        for step in range(3):
            peer.grad = pattern(rows, columns, seed=33 + step)
            optimizer.step()
            gradient = peer.grad.double()
            buffer = momentum * buffer + (1 - momentum) * gradient
            update = momentum * buffer + (1 - momentum) * gradient
            p = (1 - rate * decay) * p
            p = p - rate * 0.2 * max(rows, columns) ** 0.5 * muon_direction(update)
        # torch iterates in bfloat16, which has two digits.
        assert (p - peer.detach()).abs().max() < 0.02 * (p - pattern(rows, columns, seed=32)).abs().max()
        emit(name, "torch.optim.Muon(lr=0.01, weight_decay=0.1, "
             "adjust_lr_fn=match_rms_adamw): three steps in double", p.float())


def products():
    a, b = pattern(3, 4, seed=30), pattern(4, 5, seed=31)
    emit("product", "0.5 * a @ b", 0.5 * a @ b)


print("// Made by Tests/Reference/operations_reference.py with torch "
      + torch.__version__.split("+")[0] + ". Not to be edited.")
print("\n/// What PyTorch computes for the inputs of the tests.")
print("enum Reference {", end="")
for function in (gelu, layer_norm, softmax, cross_entropy, embedding, rotary, attention, linear,
                 pooling, adamw, muon, products):
    function()
print("}")
