"use strict";
// What lies between two samples: several models decode the codes between theirs, beside the mix of the pixels.
ae.widgets.interpolate = (stage, data) => {
  const samples = ae.samples(data.samples);
  const networks = data.models.map((model) => ({ name: model.name, network: ae.network(model.model) }));
  const pair = [...(data.pair || [0, 1])];
  const redraw = ae.onFrame(draw);
  const isImage = ae.isImage(samples.shape), ranges = isImage ? null : ae.ranges(samples);
  const view = (label) => ae.sampleView(samples.shape, 132, label, data.features, ranges);
  const mixed = view("The mix of the two samples");
  const views = networks.map(({ name }) => view(`Decoded by ${name}`));
  const slider = ae.slider({ label: "way", min: 0, max: 1, step: 0.01, value: 0.5, oninput: redraw,
    format: (t) => `${Math.round(t * 100)} %` });
  const shown = Array.from({ length: Math.min(samples.count, 12) }, (_, i) => i);
  const thumbs = [0, 1].map((end) => {
    const some = shown.includes(pair[end]) ? shown : [pair[end], ...shown];
    return ae.thumbs(samples, some, end ? "To" : "From", (i) => {
      pair[end] = i;
      codes();
    }, some.indexOf(pair[end]));
  });
  stage.append(
    isImage ? ae.element("p", {}, "From") : "", thumbs[0].element, isImage ? ae.element("p", {}, "to") : "",
    thumbs[1].element, slider.element,
    ae.element("div", { class: "row" }, ...networks.map(({ name }, i) => ae.cell(views[i].element, name).element),
      ae.cell(mixed.element, "the mix of the two, without a model").element));

  const ends = networks.map(({ network }) => [0, 1].map(() => new Float32Array(network.codeSize)));
  const between = networks.map(({ network }) => new Float32Array(network.codeSize));
  const mix = new Float32Array(samples.size);
  function codes() {
    networks.forEach(({ network }, m) => pair.forEach((i, end) =>
      ends[m][end].set(network.encode(samples.row(i), ae.label(samples, i)))));
    redraw();
  }
  function draw() {
    const t = slider.value, label = ae.label(samples, pair[t < 0.5 ? 0 : 1]);
    for (let m = 0; m < networks.length; m++) {
      const [from, to] = ends[m], code = between[m];
      for (let j = 0; j < code.length; j++) code[j] = (1 - t) * from[j] + t * to[j];
      views[m].draw(networks[m].network.decode(code, label));
    }
    const from = samples.row(pair[0]), to = samples.row(pair[1]);
    for (let j = 0; j < mix.length; j++) mix[j] = (1 - t) * from[j] + t * to[j];
    mixed.draw(mix);
  }
  codes();
  draw();
};
