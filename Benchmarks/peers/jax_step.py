"""Times JAX's training step in steady state and prints seconds a step. Everything is in one jit with donated buffers,
and Adam is written out (optax's update). The network is that of aetool's `deep` and `conv`: cross-entropy on logits,
Adam, ReLU; pictures are in NHWC. Needs jax and numpy. Usage: jax_step.py --images FILE --widths 784-128-32-128-784
--batch 256 --steps 100, or --channels 16,32 --kernel 3 --stride 2 --latent 32 in place of --widths."""
import functools
import math

import jax
import jax.numpy as jnp
import numpy as np

import mnist

args = mnist.step_parser().parse_args()
images = jnp.asarray(mnist.load(args.images))
random = np.random.default_rng(0)


def layer(*shape):
    """Returns weights of He's scale, and biases; the last size is that of the output."""
    scale = np.float32((2 / math.prod(shape[:-1])) ** 0.5)
    return jnp.asarray(random.standard_normal(shape, np.float32) * scale), jnp.zeros(shape[-1], jnp.float32)


def dense(widths):
    """Returns the first parameters, and the function that takes parameters and rows of pixels and gives logits."""
    code = widths.index(min(widths))

    def logits(params, h):
        for index, (weight, bias) in enumerate(params):
            h = h @ weight + bias
            if index + 1 != code and index + 1 != len(params):
                h = jax.nn.relu(h)
        return h

    return [layer(n, m) for n, m in zip(widths, widths[1:])], logits


def convolutional(channels, kernel, stride, latent):
    layers, padding = mnist.convolutions(channels, kernel, stride), mnist.padding(kernel)
    strides, order = (stride, stride), ("NHWC", "HWIO", "NHWC")
    narrowest = [layers[-1].side, layers[-1].side, layers[-1].outputs]
    flat = math.prod(narrowest)

    def logits(params, x):
        encoder, (encode, decode), decoder = params
        h = x.reshape(-1, mnist.SIDE, mnist.SIDE, 1)
        for weight, bias in encoder:
            h = jax.lax.conv_general_dilated(h, weight, strides, [(padding, padding)] * 2, dimension_numbers=order)
            h = jax.nn.relu(h + bias)
        h = h.reshape(-1, flat) @ encode[0] + encode[1]
        h = (h @ decode[0] + decode[1]).reshape(-1, *narrowest)
        for (weight, bias), mirrored in zip(decoder, reversed(layers)):
            before = kernel - 1 - padding
            room = [(before, before + mirrored.output_padding)] * 2
            h = jax.lax.conv_transpose(jax.nn.relu(h), weight, strides, room, dimension_numbers=order) + bias
        return h.reshape(x.shape)

    encoder = [layer(kernel, kernel, each.inputs, each.outputs) for each in layers]
    decoder = [layer(kernel, kernel, each.outputs, each.inputs) for each in reversed(layers)]
    return (encoder, (layer(flat, latent), layer(latent, flat)), decoder), logits


if args.widths:
    params, logits = dense(args.widths)
else:
    params, logits = convolutional(args.channels, args.kernel, args.stride, args.latent)


def loss_of(params, x):
    h = logits(params, x)
    return (jnp.maximum(h, 0) - h * x + jnp.log1p(jnp.exp(-jnp.abs(h)))).sum() / x.shape[0]


@functools.partial(jax.jit, donate_argnums=(0, 1, 2))
def step(params, m, v, number, indices):
    loss, gradient = jax.value_and_grad(loss_of)(params, images[indices])
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradient)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradient)
    rate = 1e-3 * jnp.sqrt(1 - 0.999**number) / (1 - 0.9**number)
    params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), params, m, v)
    return params, m, v, loss


m = jax.tree.map(jnp.zeros_like, params)
v = jax.tree.map(jnp.zeros_like, params)
number = 0


def step_many(count):
    global params, m, v, number
    for _ in range(count):
        number += 1
        indices = random.integers(0, images.shape[0], args.batch)
        params, m, v, loss = step(params, m, v, float(number), indices)
    loss.block_until_ready()


print(mnist.fastest_seconds(step_many, args.steps))
