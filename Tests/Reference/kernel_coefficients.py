"""Fits the polynomials of Sources/CMLMKernels/kernels/elementary.inc.

    python Tests/Reference/kernel_coefficients.py

needs mpmath. Prints the coefficients, constant first, as C writes floats, and the largest error.
"""

import struct

import mpmath as mp

mp.mp.dps = 50


def minimax(f, weight, low, high, degree, rounds=12):
    """Remez exchange: the polynomial with the smallest largest |weight·(f − p)| on [low, high]."""
    count = degree + 2
    points = [
        (low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / (count - 1)) for i in range(count)
    ]
    grid = [low + (high - low) * (1 - mp.cos(mp.pi * i / 400)) / 2 for i in range(401)]
    for _ in range(rounds):
        a, b = mp.matrix(count, count), mp.matrix(count, 1)
        for i, x in enumerate(points):
            for j in range(degree + 1):
                a[i, j] = x**j
            a[i, degree + 1] = (-1) ** i / weight(x)
            b[i] = f(x)
        solution = mp.lu_solve(a, b)
        coefficients = [solution[j] for j in range(degree + 1)]
        errors = [weight(x) * (f(x) - mp.polyval(coefficients[::-1], x)) for x in grid]
        extremes = []
        for i, error in enumerate(errors):
            if i == 0 or (error > 0) != (errors[i - 1] > 0):
                extremes.append(i)
            elif abs(error) > abs(errors[extremes[-1]]):
                extremes[-1] = i
        if len(extremes) < count:
            break
        while len(extremes) > count:
            ends = abs(errors[extremes[0]]), abs(errors[extremes[-1]])
            extremes.pop(0 if ends[0] < ends[1] else -1)
        points = [grid[i] for i in extremes]
    return coefficients, max(abs(error) for error in errors)


def show(name, fit):
    coefficients, error = fit
    print(f"{name}: error {mp.nstr(error, 3)}")
    for c in coefficients:
        print(" ", struct.unpack("f", struct.pack("f", float(c)))[0].hex())


def exponential_remainder(r):
    """q with eʳ = 1 + r + r²·q(r)."""
    return (mp.exp(r) - 1 - r) / r**2 if abs(r) > 1e-12 else mp.mpf(1) / 2 + r / 6


SLOPE = mp.mpf("0.3")


def normal_tail(t):
    """Q with Φ(−x) = exp(−x²/2)·t·Q(t), t = 1/(1 + 0.3·x)."""
    x = (1 / t - 1) / SLOPE
    if x > 30:
        mills = 1 - 1 / x**2 + 3 / x**4 - 15 / x**6 + 105 / x**8 - 945 / x**10
        return mills / x / mp.sqrt(2 * mp.pi) / t
    return mp.erfc(x / mp.sqrt(2)) / 2 * mp.exp(x * x / 2) / t


bound = mp.log(2) / 2 * mp.mpf("1.001")
show(
    "exponential, relative",
    minimax(
        exponential_remainder,
        lambda r: (r * r if r != 0 else mp.mpf("1e-9")) / mp.exp(r) + mp.mpf("1e-12"),
        -bound, bound, 4,
    ),
)
# Beyond x = 13, Φ(−x) is below 1e-38.
show("normal tail", minimax(normal_tail, lambda t: t, 1 / (1 + 13 * SLOPE), mp.mpf(1), 7, 8))
