"use strict";
// The samples that a page holds.
(() => {
  const made = new Map();

  // Returns the samples of the shared data `key`: { shape, count, size, row(i), labels, ranges }.
  ae.samples = (key) => {
    if (made.has(key)) return made.get(key);
    const data = ae.shared[key];
    if (!data) throw new Error(`the page holds no samples '${key}'`);
    const values = ae.numbers(data.values), size = data.shape.reduce((product, n) => product * n, 1);
    if (data.values.u8 !== undefined) for (let i = 0; i < values.length; i++) values[i] /= 255;
    const rows = Array.from({ length: data.count }, (_, i) => values.subarray(i * size, (i + 1) * size));
    const samples = { shape: data.shape, count: data.count, size, labels: data.labels, row: (i) => rows[i] };
    made.set(key, samples);
    return samples;
  };

  // Returns the range of each feature of samples.
  ae.ranges = (samples) => Array.from({ length: samples.size }, (_, j) => {
    let low = Infinity, high = -Infinity;
    for (let i = 0; i < samples.count; i++) {
      low = Math.min(low, samples.row(i)[j]);
      high = Math.max(high, samples.row(i)[j]);
    }
    return [low, high];
  });

  ae.label = (samples, i) => (samples.labels ? samples.labels[i] : 0);

  // What a sample is called.
  ae.nameOf = (samples, i) => (samples.labels ? `sample ${i + 1}, a ${samples.labels[i]}` : `sample ${i + 1}`);

  // Returns the squared distance of two arrays.
  ae.distance = (a, b) => {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
  };

  // Returns the codes of all samples, one array.
  ae.codes = (network, samples) => {
    const codes = new Float32Array(samples.count * network.codeSize);
    for (let i = 0; i < samples.count; i++) {
      codes.set(network.encode(samples.row(i), ae.label(samples, i)), i * network.codeSize);
    }
    return codes;
  };

  // Makes a row of small images to pick one from: { element, value }. `indices` are those of the samples shown.
  ae.thumbs = (samples, indices, label, onpick, start = -1) => {
    if (!ae.isImage(samples.shape)) {
      const menu = ae.menu(label, indices.map((i) => ae.nameOf(samples, i)), (place) => onpick(indices[place]), start);
      return { element: menu.element, mark: (i) => { menu.value = indices.indexOf(i); } };
    }
    const buttons = indices.map((i) => {
      const view = ae.image(samples.shape, 38, "");
      view.draw(samples.row(i));
      return ae.element("button", {
        type: "button", class: "thumb", "aria-label": ae.nameOf(samples, i), title: ae.nameOf(samples, i),
        onclick: () => {
          mark(i);
          onpick(i);
        },
      }, view.element);
    });
    function mark(i) { buttons.forEach((button, place) => button.setAttribute("aria-pressed", indices[place] === i)); }
    mark(start < 0 ? -1 : indices[start]);
    return { element: ae.element("div", { class: "choices", role: "group", "aria-label": label }, ...buttons), mark };
  };

  // Makes a view of a sample, an image or a row of a table.
  ae.sampleView = (shape, side, label, features, ranges) => {
    if (ae.isImage(shape)) return ae.image(shape, side, label);
    const size = shape.reduce((product, n) => product * n, 1);
    return ae.bars(size, features, ranges || Array.from({ length: size }, () => [0, 1]), label);
  };
})();
