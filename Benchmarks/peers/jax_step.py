"""JAX's training step in steady state: everything in one jit with donated buffers, Adam written out (optax's update).
Prints seconds a step. Cross-entropy on logits, Adam, ReLU: as aetool's `deep`."""
import argparse
import functools
import jax
import jax.numpy as jnp
import numpy as np
import mnist

parser = argparse.ArgumentParser()
parser.add_argument("--images", required=True)
parser.add_argument("--widths", required=True)
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--steps", type=int, required=True)
args = parser.parse_args()

images = jnp.asarray(mnist.load(args.images))
widths = [int(width) for width in args.widths.split("-")]
code = widths.index(min(widths))
random = np.random.default_rng(0)
params = [
    (jnp.asarray(random.standard_normal((n, m)).astype(np.float32) * (2 / n) ** 0.5), jnp.zeros(m, jnp.float32))
    for n, m in zip(widths, widths[1:])
]


def loss_of(params, x):
    h = x
    for index, (weight, bias) in enumerate(params):
        h = h @ weight + bias
        if index + 1 != code and index + 1 != len(params):
            h = jax.nn.relu(h)
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
