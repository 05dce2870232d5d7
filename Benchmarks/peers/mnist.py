"""Has what the programs that are compared have in common: MNIST's training images as aetool's benchmark reads them, the
network that the command line describes, and the clock. Needs numpy. The others import this module; it is not run."""
import argparse
import gzip
import time
import typing

import numpy as np

SIDE = 28


def load(path):
    """Returns images as rows of a float32 array in [0, 1]."""
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, SIDE * SIDE).astype(np.float32) / 255


def step_parser():
    """Returns the options of a program that times a training step. A dense network has --widths, another --channels."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", required=True)
    network = parser.add_mutually_exclusive_group(required=True)
    network.add_argument("--widths", type=numbers, help="all layer sizes of a dense network: 784-128-32-128-784")
    network.add_argument("--channels", type=numbers, help="channels of the encoder's convolutions: 16,32")
    parser.add_argument("--kernel", type=int, default=3)
    parser.add_argument("--stride", type=int, default=2)
    parser.add_argument("--latent", type=int, default=32)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    return parser


def numbers(text):
    return [int(number) for number in text.replace(",", "-").split("-")]


class Convolution(typing.NamedTuple):
    """A convolution of the encoder, with padding (kernel - 1) / 2. The decoder has its mirror."""

    inputs: int
    outputs: int
    side: int
    """The side of the output; all pictures are square."""
    output_padding: int
    """The output padding with which the mirror gives pictures as large as the input of this convolution."""


def convolutions(channels, kernel, stride):
    layers, side = [], SIDE
    for inputs, outputs in zip([1] + channels, channels):
        room = side + 2 * padding(kernel) - kernel
        side = room // stride + 1
        layers.append(Convolution(inputs, outputs, side, room % stride))
    return layers


def padding(kernel):
    return (kernel - 1) // 2


def products(widths=None, channels=None, kernel=0, stride=0, latent=0):
    """Returns how many multiplications the forward pass of one sample has."""
    if widths:
        return sum(a * b for a, b in zip(widths, widths[1:]))
    layers = convolutions(channels, kernel, stride)
    half = sum(layer.inputs * layer.outputs * (kernel * layer.side) ** 2 for layer in layers)
    return 2 * (half + layers[-1].outputs * layers[-1].side ** 2 * latent)


def fastest_seconds(step_many, steps, repeats=3):
    """Returns the seconds a step takes in the best of a few runs of `steps` steps, after a run that is not counted."""
    step_many(20)
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        step_many(steps)
        best = min(best, time.perf_counter() - start)
    return best / steps
