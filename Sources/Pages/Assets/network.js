"use strict";
// Runs a model: `new ae.Network(data)` of BrowserModel's data has encode(x, label), decode(z, label) and
// reconstruct(x, label). Results stay in the network's own arrays, so nothing is allocated while one drags:
// `code`, `deviation` (of variational models), `output` (in the data's units), and each layer's `y`.
(() => {
  const activations = {
    identity: (z) => z,
    relu: (z) => (z < 0 ? 0 : z),
    "leaky-relu": (z) => (z < 0 ? 0.01 * z : z),
    elu: (z) => (z < 0 ? Math.exp(z) - 1 : z),
    silu: (z) => z / (1 + Math.exp(-z)),
    sigmoid: (z) => 1 / (1 + Math.exp(-z)),
    tanh: Math.tanh,
  };

  // Makes y = φ(W x + b) for rows of W.
  function product(inputs, outputs, weight, bias, activation) {
    const w = ae.numbers(weight), b = ae.numbers(bias), phi = activations[activation], y = new Float32Array(outputs);
    return {
      y,
      run(x) {
        for (let j = 0, at = 0; j < outputs; j++) {
          let sum = b[j];
          for (let i = 0; i < inputs; i++) sum += w[at++] * x[i];
          y[j] = phi(sum);
        }
      },
    };
  }

  // What each kind of layer does: a function of its description that gives { y, run(x, label) }.
  const kinds = {
    dense: (d) => product(d.inputs, d.outputs, d.weight, d.bias, d.activation),

    heads(d) {
      const mean = product(d.inputs, d.outputs, d.weight, d.bias, "identity");
      const variance = product(d.inputs, d.outputs, d.varianceWeight, d.varianceBias, "identity");
      const deviation = new Float32Array(d.outputs);
      return {
        y: mean.y, deviation,
        run(x) {
          mean.run(x);
          variance.run(x);
          for (let j = 0; j < d.outputs; j++) deviation[j] = Math.exp(variance.y[j] / 2);
        },
      };
    },

    class(d, inputs) {
      const y = new Float32Array(inputs + d.classes);
      return {
        y,
        run(x, label) {
          y.set(x);
          y.fill(0, inputs);
          y[inputs + label] = 1;
        },
      };
    },

    "layer-norm"(d) {
      const n = d.inputs, gain = ae.numbers(d.weight), shift = ae.numbers(d.bias), y = new Float32Array(n);
      return {
        y,
        run(x) {
          let mean = 0, squares = 0;
          for (let i = 0; i < n; i++) mean += x[i] / n;
          for (let i = 0; i < n; i++) squares += ((x[i] - mean) * (x[i] - mean)) / n;
          const scale = 1 / Math.sqrt(squares + d.epsilon);
          for (let i = 0; i < n; i++) y[i] = gain[i] * (x[i] - mean) * scale + shift[i];
        },
      };
    },

    "max-pool"(d) {
      const [, width, channels] = d.input, [h, w] = d.output, y = new Float32Array(h * w * channels);
      return {
        y,
        run(x) {
          for (let r = 0, at = 0; r < h; r++) for (let q = 0; q < w; q++) for (let c = 0; c < channels; c++, at++) {
            let best = -Infinity;
            for (let i = 0; i < d.size; i++) for (let j = 0; j < d.size; j++) {
              const value = x[((r * d.size + i) * width + q * d.size + j) * channels + c];
              if (value > best) best = value;
            }
            y[at] = best;
          }
        },
      };
    },

    upsample(d) {
      const [h, w, channels] = d.input, [height, width] = d.output, y = new Float32Array(height * width * channels);
      return {
        y,
        run(x) {
          for (let r = 0, at = 0; r < height; r++) for (let q = 0; q < width; q++) {
            const from = (Math.floor((r * h) / height) * w + Math.floor((q * w) / width)) * channels;
            for (let c = 0; c < channels; c++) y[at++] = x[from + c];
          }
        },
      };
    },

    conv: (d) => convolution(d, false),
    "conv-transpose": (d) => convolution(d, true),
  };

  // A convolution (down) or its adjoint (up). The weight is [small channels, big channels, ky, kx]; it is turned so that
  // the channels of the target lie side by side.
  function convolution(d, up) {
    const [inHeight, inWidth, inChannels] = d.input, [outHeight, outWidth, outChannels] = d.output;
    const big = up ? outChannels : inChannels, taps = d.kernel * d.kernel;
    const given = ae.numbers(d.weight), bias = ae.numbers(d.bias), phi = activations[d.activation];
    const w = new Float32Array(given.length), y = new Float32Array(outHeight * outWidth * outChannels);
    for (let k = 0; k < taps; k++) for (let i = 0; i < inChannels; i++) for (let o = 0; o < outChannels; o++) {
      const [s, b] = up ? [i, o] : [o, i];
      w[(k * inChannels + i) * outChannels + o] = given[(s * big + b) * taps + k];
    }
    const sums = new Float64Array(y.length);
    // Adds the input pixel `from`, seen through place k of the kernel, to the output pixel `to`.
    function add(x, from, to, k) {
      for (let i = 0; i < inChannels; i++) {
        const value = x[from * inChannels + i];
        if (value === 0) continue;
        const at = (k * inChannels + i) * outChannels;
        for (let o = 0; o < outChannels; o++) sums[to * outChannels + o] += value * w[at + o];
      }
    }
    const [smallHeight, smallWidth] = up ? [inHeight, inWidth] : [outHeight, outWidth];
    const [bigHeight, bigWidth] = up ? [outHeight, outWidth] : [inHeight, inWidth];
    return {
      y,
      run(x) {
        for (let at = 0; at < sums.length; at++) sums[at] = bias[at % outChannels];
        for (let r = 0; r < smallHeight; r++) for (let q = 0; q < smallWidth; q++) {
          for (let ky = 0; ky < d.kernel; ky++) {
            const row = d.stride * r + ky - d.padding;
            if (row < 0 || row >= bigHeight) continue;
            for (let kx = 0; kx < d.kernel; kx++) {
              const column = d.stride * q + kx - d.padding;
              if (column < 0 || column >= bigWidth) continue;
              const small = r * smallWidth + q, large = row * bigWidth + column;
              add(x, up ? small : large, up ? large : small, ky * d.kernel + kx);
            }
          }
        }
        for (let at = 0; at < y.length; at++) y[at] = phi(sums[at]);
      },
    };
  }

  ae.Network = class {
    constructor(data) {
      this.data = data;
      this.shape = data.shape;
      this.size = data.shape.reduce((product, side) => product * side, 1);
      this.codeSize = data.codeSize;
      this.classes = data.classes || 0;
      this.scaling = data.scaling && { mean: ae.numbers(data.scaling.mean), factor: ae.numbers(data.scaling.factor) };
      this.encoder = this.layers(data.encoder, this.size);
      this.decoder = this.layers(data.decoder, this.codeSize);
      this.input = new Float32Array(this.size);
      this.output = new Float32Array(this.size);
      this.code = this.encoder[this.encoder.length - 1].y;
      this.deviation = this.encoder[this.encoder.length - 1].deviation;
    }

    layers(descriptions, inputs) {
      return descriptions.map((description) => {
        const make = kinds[description.kind];
        if (!make) throw new Error(`there is no script for a layer of kind ${description.kind}`);
        const layer = make(description, inputs);
        inputs = layer.y.length;
        return layer;
      });
    }

    // Brings a sample to the network's units, in `input`.
    prepare(x) {
      const { input, scaling, data } = this;
      for (let i = 0; i < input.length; i++) {
        let value = x[i];
        if (scaling) value = (value - scaling.mean[i]) * scaling.factor[i];
        if (data.threshold !== undefined) value = value > data.threshold ? 1 : 0;
        input[i] = value;
      }
    }

    encode(x, label = 0) {
      this.prepare(x);
      let from = this.input;
      for (const layer of this.encoder) {
        layer.run(from, label);
        from = layer.y;
      }
      return this.code;
    }

    decode(z, label = 0) {
      let from = z;
      for (const layer of this.decoder) {
        layer.run(from, label);
        from = layer.y;
      }
      const { output, scaling } = this;
      const logistic = this.data.link === "logistic";
      for (let i = 0; i < output.length; i++) {
        const value = logistic ? 1 / (1 + Math.exp(-from[i])) : from[i];
        output[i] = scaling ? value / scaling.factor[i] + scaling.mean[i] : value;
      }
      return output;
    }

    reconstruct(x, label = 0) { return this.decode(this.encode(x, label), label); }

    // Returns ‖x̂ − x‖² in the network's units, as `aetool evaluate` has it, after reconstruct(x).
    error(x) {
      let sum = 0;
      for (let i = 0; i < this.size; i++) {
        let difference = this.output[i] - x[i];
        if (this.scaling) difference *= this.scaling.factor[i];
        sum += difference * difference;
      }
      return sum;
    }
  };

  const made = new Map();
  // Returns the network of the shared data `key`, which is made once.
  ae.network = (key) => {
    if (!made.has(key)) {
      if (!ae.shared[key]) throw new Error(`the page holds no model '${key}'`);
      made.set(key, new ae.Network(ae.shared[key]));
    }
    return made.get(key);
  };
})();
