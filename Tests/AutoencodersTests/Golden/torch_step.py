"""Computes one SGD step of a deep autoencoder by PyTorch's autograd in float64, for both losses and every activation:
the golden numbers that SGDStepTests compares with. Needs torch; run in this folder:
python3 torch_step.py > torch_step.json

The network is 12-9-5-3-5-9-12, with the activation behind every layer but the code and the output. The batch has 7
samples, the learning rate is 0.05, and the loss is summed over features and averaged over samples. A closed formula
gives parameters and inputs, rounded to float32 first, so that everyone starts from the same numbers."""
import json
import math

import torch
import torch.nn.functional as F

sizes, depth, batch, rate = [12, 9, 5, 3, 5, 9, 12], 3, 7, 0.05
activations = {
    "identity": lambda z: z,
    "relu": torch.relu,
    "leaky-relu": lambda z: F.leaky_relu(z, 0.01),
    "elu": F.elu,
    "silu": F.silu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def numbers(count, scale, shift, seed):
    values = [scale * math.sin(1.7 * i + 0.37 * i * i % 5 + seed) + shift for i in range(count)]
    return torch.tensor(values, dtype=torch.float32)


x = numbers(batch * sizes[0], 0.5, 0.5, 1).reshape(batch, sizes[0])
start = []
for layer, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
    part, number = ("encoder", layer) if layer < depth else ("decoder", layer - depth)
    start.append((f"{part}.{number}.weight", numbers(inputs * outputs, 1.5 / math.sqrt(inputs), 0, layer).reshape(outputs, inputs)))
    start.append((f"{part}.{number}.bias", numbers(outputs, 0.2, 0, 10 + layer)))


def step(activation, loss):
    parameters = [p.double().requires_grad_() for _, p in start]
    y = x.double()
    for layer in range(len(sizes) - 1):
        y = F.linear(y, parameters[2 * layer], parameters[2 * layer + 1])
        if layer not in (depth - 1, len(sizes) - 2):
            y = activations[activation](y)
    if loss == "squared-error":
        value = ((y - x.double()) ** 2).sum() / batch
    else:
        value = F.binary_cross_entropy_with_logits(y, x.double(), reduction="sum") / batch
    value.backward()
    return value.item(), [(p - rate * p.grad).detach().flatten().tolist() for p in parameters]


def rounded(values):
    return [float(f"{v:.9g}") for v in values]


cases = []
for activation in activations:
    for loss in ("squared-error", "cross-entropy"):
        before, after = step(activation, loss)
        cases.append({"activation": activation, "loss": loss, "loss_before": before,
                      "parameters_after": rounded(v for p in after for v in p)})
print(json.dumps({
    "sizes": sizes, "batch": batch, "learning_rate": rate, "input": rounded(x.flatten().tolist()),
    "parameters": [{"name": n, "shape": list(p.shape), "values": rounded(p.flatten().tolist())} for n, p in start],
    "cases": cases,
}, separators=(",", ":")))
