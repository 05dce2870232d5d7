"""Times PyTorch's training step in steady state and prints seconds a step. It is the best that PyTorch can do on this
CPU: the whole data set is in memory as float32, without a DataLoader. The network is that of aetool's `deep` and
`conv`: cross-entropy on logits, Adam, ReLU. Needs torch and numpy. Usage: torch_step.py --images FILE --widths
784-128-32-128-784 --batch 256 --steps 100 --mode fused, or --channels 16,32 --kernel 3 --stride 2 --latent 32 in place
of --widths.

Modes: `eager`; `fused` has fused Adam; `compiled` has that and torch.compile. `channels-last`, `channels-last-fused`
and `channels-last-compiled` are the same with pictures in NHWC, for convolutional networks only."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

import mnist

DENSE_MODES = ["eager", "fused", "compiled"]
CONVOLUTIONAL_MODES = DENSE_MODES + ["channels-last", "channels-last-fused", "channels-last-compiled"]

parser = mnist.step_parser()
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--mode", choices=CONVOLUTIONAL_MODES, required=True)
args = parser.parse_args()
if args.widths and args.mode not in DENSE_MODES:
    parser.error(f"--mode {args.mode} needs --channels")
channels_last = args.mode.startswith("channels-last")


def dense(widths):
    code = widths.index(min(widths))
    layers = []
    for index, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if index + 1 != code and index + 2 != len(widths):
            layers.append(nn.ReLU())
    return nn.Sequential(*layers)


class Permute(nn.Module):
    def __init__(self, *order):
        super().__init__()
        self.order = order

    def forward(self, x):
        return x.permute(self.order)


def convolutional(channels, kernel, stride, latent):
    encoder, decoder = [], []
    for layer in mnist.convolutions(channels, kernel, stride):
        sizes = kernel, stride, mnist.padding(kernel)
        encoder += [nn.Conv2d(layer.inputs, layer.outputs, *sizes), nn.ReLU()]
        mirror = nn.ConvTranspose2d(layer.outputs, layer.inputs, *sizes, layer.output_padding)
        decoder = [nn.ReLU(), mirror] + decoder
    narrowest = [layer.outputs, layer.side, layer.side]
    if channels_last:
        # In channels-last mode the codes are made of pictures as they lie in memory; otherwise the layers on both sides
        # of the code would copy them.
        narrowest = [layer.side, layer.side, layer.outputs]
        encoder, decoder = encoder + [Permute(0, 2, 3, 1)], [Permute(0, 3, 1, 2)] + decoder
    flat = math.prod(narrowest)
    code = [nn.Flatten(), nn.Linear(flat, latent), nn.Linear(latent, flat), nn.Unflatten(1, narrowest)]
    return nn.Sequential(nn.Unflatten(1, [1, mnist.SIDE, mnist.SIDE]), *encoder, *code, *decoder, nn.Flatten())


torch.set_num_threads(args.threads)
torch.manual_seed(0)
images = torch.from_numpy(mnist.load(args.images))
net = dense(args.widths) if args.widths else convolutional(args.channels, args.kernel, args.stride, args.latent)
if channels_last:
    net = net.to(memory_format=torch.channels_last)


def loss_of(x):
    return F.binary_cross_entropy_with_logits(net(x), x, reduction="sum") / x.shape[0]


step_loss = torch.compile(loss_of) if "compiled" in args.mode else loss_of
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused="fused" in args.mode or "compiled" in args.mode)


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
