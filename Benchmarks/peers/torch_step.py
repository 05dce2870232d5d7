"""PyTorch's training step in steady state: the best that it can do on this CPU, the whole data set in memory as float32,
no DataLoader. Prints seconds a step. Cross-entropy on logits, Adam, ReLU: as aetool's `deep`."""
import argparse
import torch
import torch.nn as nn
import torch.nn.functional as F
import mnist

parser = argparse.ArgumentParser()
parser.add_argument("--images", required=True)
parser.add_argument("--widths", required=True)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--steps", type=int, required=True)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--mode", choices=["eager", "fused", "compiled"], required=True)
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(0)
images = torch.from_numpy(mnist.load(args.images))
widths = [int(width) for width in args.widths.split("-")]
code = widths.index(min(widths))
layers = []
for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
    layers.append(nn.Linear(inputs, outputs))
    if index + 1 != code and index + 2 != len(widths):
        layers.append(nn.ReLU())
net = nn.Sequential(*layers)


def loss_of(x):
    return F.binary_cross_entropy_with_logits(net(x), x, reduction="sum") / x.shape[0]


step_loss = torch.compile(loss_of) if args.mode == "compiled" else loss_of
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=args.mode != "eager")


def step_many(count):
    order = torch.randperm(len(images))
    start = 0
    for _ in range(count):
        if start + args.batch > len(order):
            order = torch.randperm(len(images))
            start = 0
        x = images[order[start : start + args.batch]]
        start += args.batch
        optimizer.zero_grad(set_to_none=True)
        loss = step_loss(x)
        loss.backward()
        optimizer.step()


print(mnist.fastest_seconds(step_many, args.steps))
