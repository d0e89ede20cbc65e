#!/usr/bin/env python3
"""Milliseconds of a Baum-Welch fit, 3 states, 100 iterations, numpy with the loop over bars in Python.

usage: w3_numpy BARS FEATURES. Exits with 1 where numpy is not installed.
"""
import sys
import time

try:
    import numpy as np
except ImportError:
    sys.exit(1)


def fit(x, iterations):
    n, d = x.shape
    start = np.full(3, 1 / 3)
    trans = np.full((3, 3), 0.05) + np.eye(3) * 0.85
    mean = np.zeros((3, d))
    mean[:, 0] = [1.0, 0.0, -1.0]
    var = np.ones((3, d))
    alpha, beta, scale = np.empty((n, 3)), np.empty((n, 3)), np.empty(n)
    for _ in range(iterations):
        z = (x[:, None, :] - mean) ** 2 / var
        b = np.exp(-0.5 * (z + np.log(2 * np.pi * var)).sum(axis=2)) + 1e-280
        a = start * b[0]
        for t in range(n):
            if t > 0:
                a = (alpha[t - 1] @ trans) * b[t]
            scale[t] = a.sum()
            alpha[t] = a / scale[t]
        beta[n - 1] = 1.0
        for t in range(n - 2, -1, -1):
            beta[t] = trans @ (b[t + 1] * beta[t + 1]) / scale[t + 1]
        g = alpha * beta
        moves = trans * (alpha[:-1].T @ (b[1:] * beta[1:] / scale[1:, None]))
        trans = moves / moves.sum(axis=1, keepdims=True)
        start = g[0] / g[0].sum()
        weight = g.sum(axis=0)[:, None]
        mean = g.T @ x / weight
        var = np.maximum(g.T @ (x * x) / weight - mean * mean, 0.02)
    return np.log(scale).sum()


bars, features = int(sys.argv[1]), int(sys.argv[2])
series = np.random.default_rng(42).normal(size=(bars, features))
begin = time.process_time()
likelihood = fit(series, 100)
print((time.process_time() - begin) * 1e3)
print("# numpy", np.__version__, "log-likelihood", likelihood)
