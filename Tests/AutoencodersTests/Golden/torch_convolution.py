"""Computes PyTorch's conv2d and conv_transpose2d and their gradients by autograd in float64, the golden numbers for the
tests of convolutions. Needs torch. Run in this folder:
python torch_convolution.py > torch_convolution.json (PyTorch 2.13)

`numbers` gives the inputs, rounded to float32 first, so that a test makes the same ones again: x (seed 1), weight
(seed 2), bias (seed 3) and r (seed 4), with scale and shift as in `inputs` below. L is the sum of y times r.

x, y, r and dL/dx are in the order [batch, height, width, channels]; weight and dL/dweight are as torch has them:
[out, in, height, width] of a convolution, [in, out, height, width] of a transposed one."""
import json
import math

import torch
import torch.nn.functional as F

inputs = {
    "x": {"scale": 0.5, "shift": 0.5, "seed": 1},
    "weight": {"scale": 0.5, "shift": 0, "seed": 2},
    "bias": {"scale": 0.2, "shift": 0, "seed": 3},
    "r": {"scale": 1, "shift": 0, "seed": 4},
}
fields = ["name", "kind", "batch", "height", "width", "in_channels", "out_channels"]
fields += ["kernel", "stride", "padding", "output_padding"]
cases = [
    ("odd sizes", "conv", 2, 7, 5, 3, 5, 3, 2, 1, 0),
    ("a stride that does not divide", "conv", 3, 8, 6, 1, 9, 3, 2, 1, 0),
    ("one by one", "conv", 2, 3, 5, 3, 17, 1, 1, 0, 0),
    ("a stride beyond the kernel", "conv", 2, 9, 8, 3, 1, 2, 3, 0, 0),
    ("even kernel", "conv", 2, 9, 7, 3, 5, 4, 2, 1, 0),
    ("wide padding", "conv", 2, 11, 10, 1, 17, 5, 3, 2, 0),
    ("transposed, output padding", "transposed", 2, 4, 3, 9, 5, 3, 2, 1, 1),
    ("transposed, odd sizes", "transposed", 3, 3, 5, 3, 17, 3, 2, 1, 0),
    ("transposed, even kernel", "transposed", 2, 4, 5, 5, 9, 4, 2, 1, 0),
    ("transposed, wide padding", "transposed", 2, 5, 4, 1, 5, 5, 3, 2, 1),
    ("transposed, a stride beyond the kernel", "transposed", 2, 3, 4, 3, 1, 2, 3, 0, 1),
]


def numbers(count, scale, shift, seed):
    values = [scale * math.sin(1.7 * i + 0.37 * i * i % 5 + seed) + shift for i in range(count)]
    return torch.tensor(values, dtype=torch.float32)


def made(name, shape):
    return numbers(math.prod(shape), **inputs[name]).double().reshape(shape)


def golden(case):
    transposed, kernel = case["kind"] == "transposed", case["kernel"]
    channels = [case["in_channels"], case["out_channels"]]
    x = made("x", [case["batch"], case["height"], case["width"], channels[0]]).requires_grad_()
    weight = made("weight", (channels if transposed else channels[::-1]) + [kernel, kernel]).requires_grad_()
    bias = made("bias", [channels[1]]).requires_grad_()
    options = {"stride": case["stride"], "padding": case["padding"]}
    if transposed:
        y = F.conv_transpose2d(x.permute(0, 3, 1, 2), weight, bias, output_padding=case["output_padding"], **options)
    else:
        y = F.conv2d(x.permute(0, 3, 1, 2), weight, bias, **options)
    y = y.permute(0, 2, 3, 1)
    (y * made("r", list(y.shape))).sum().backward()
    wanted = {"y": y, "x_gradient": x.grad, "weight_gradient": weight.grad, "bias_gradient": bias.grad}
    return {**case, "output_shape": list(y.shape), **{name: rounded(values) for name, values in wanted.items()}}


def rounded(values):
    return [float(f"{v:.9g}") for v in values.detach().flatten().tolist()]


results = [golden(dict(zip(fields, case))) for case in cases]
print(json.dumps({"inputs": inputs, "cases": results}, separators=(",", ":")))
