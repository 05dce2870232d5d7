"""Trains the deep autoencoder 784-1000-500-250-30 in PyTorch as `aetool train --variant deep` does: with ReLU,
cross-entropy on logits, He start before ReLU, and Adam with a cosine from --rate to 0. Writes a JSON object an epoch,
like `train --log`: the seconds of training without evaluation, and the squared error per image (sum over pixels) of
--test. Needs torch and numpy.

Usage: torch_deep.py --images FILE --test FILE --log FILE.jsonl [--epochs 20] [--batch 128] [--rate 1e-3] [--seed 1]
[--until 4.0] [--threads 2]"""
import argparse
import json
import math
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

import mnist

parser = argparse.ArgumentParser()
parser.add_argument("--images", required=True)
parser.add_argument("--test", required=True)
parser.add_argument("--log", required=True)
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--batch", type=int, default=128)
parser.add_argument("--rate", type=float, default=1e-3)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--until", type=float, default=0, help="stop when the test error is at or under this")
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(args.seed)
images, test = (torch.from_numpy(mnist.load(path)) for path in (args.images, args.test))
widths = [784, 1000, 500, 250, 30]


def stack(widths):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    for layer in layers[:-2:2]:
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers[:-1])


network = nn.Sequential(stack(widths), stack(widths[::-1]))
optimizer = torch.optim.Adam(network.parameters(), lr=args.rate, fused=True)
batches = len(images) // args.batch
steps, step, seconds = args.epochs * batches, 0, 0.0
with open(args.log, "w") as log:
    for epoch in range(1, args.epochs + 1):
        start = time.perf_counter()
        order = torch.randperm(len(images))
        for batch in range(batches):
            for group in optimizer.param_groups:
                group["lr"] = args.rate * 0.5 * (1 + math.cos(math.pi * step / steps))
            x = images[order[batch * args.batch : (batch + 1) * args.batch]]
            optimizer.zero_grad(set_to_none=True)
            loss = F.binary_cross_entropy_with_logits(network(x), x, reduction="sum") / len(x)
            loss.backward()
            optimizer.step()
            step += 1
        seconds += time.perf_counter() - start
        with torch.no_grad():
            error = ((torch.sigmoid(network(test)) - test) ** 2).sum(1).mean().item()
        print(json.dumps({"epoch": epoch, "seconds": seconds, "validation_squared_error": error}), file=log, flush=True)
        if error <= args.until:
            break
