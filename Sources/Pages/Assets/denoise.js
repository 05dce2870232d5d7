"use strict";
// A sample with noise on a slider, cleaned by models while the slider moves.
ae.widgets.denoise = (stage, data) => {
  const samples = ae.samples(data.samples);
  const models = data.models.map((model) => ({ ...model, network: ae.network(model.model) }));
  const kinds = ["masking", "gaussian", "salt-and-pepper"];
  const most = [1, 1, 0.6];
  let kind = Math.max(0, kinds.indexOf(data.noise || "masking")), sample = 0;
  // The same random numbers for every amount, so that noise grows and does not flicker.
  const uniform = new Float32Array(samples.size), normal = new Float32Array(samples.size);
  const clean = samples.size ? new Float32Array(samples.size) : null, noisy = new Float32Array(samples.size);
  const redraw = ae.onFrame(draw);
  const amount = ae.slider({ label: "noise", min: 0, max: data.most ?? most[kind], step: 0.01, value: data.amount ?? 0.5,
    format: (v) => (kind === 1 ? `σ ${v.toFixed(2)}` : `${Math.round(v * 100)} %`), oninput: redraw });
  const choice = ae.choice("Kind of noise", ["masking", "Gaussian", "salt and pepper"], (index) => {
    kind = index;
    amount.input.max = most[kind];
    amount.value = Math.min(amount.value, most[kind]);
    redraw();
  }, kind);
  const side = 132;
  const cell = (label) => {
    const view = ae.sampleView(samples.shape, side, label);
    return { view, cell: ae.cell(view.element, label) };
  };
  const corrupted = cell("corrupted"), original = cell("original"), cleaned = models.map(({ name }) => cell(name));
  const thumbs = ae.thumbs(samples, Array.from({ length: Math.min(samples.count, 14) }, (_, i) => i), "Pick a sample",
    (i) => {
      sample = i;
      redraw();
    }, 0);
  stage.append(thumbs.element, ae.element("div", { class: "row centred" }, choice.element,
    ae.element("button", { type: "button", onclick: () => { roll(); redraw(); } }, "Other noise")), amount.element,
    ae.element("div", { class: "row" }, corrupted.cell.element, ...cleaned.map((c) => c.cell.element), original.cell.element));
  function roll() {
    for (let i = 0; i < samples.size; i++) {
      uniform[i] = Math.random();
      normal[i] = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    }
  }
  function draw() {
    const a = amount.value, label = ae.label(samples, sample);
    clean.set(samples.row(sample));
    for (let i = 0; i < clean.length; i++) {
      if (kind === 0) noisy[i] = uniform[i] < a ? 0 : clean[i];
      else if (kind === 1) noisy[i] = clean[i] + a * normal[i];
      else noisy[i] = uniform[i] < a ? (uniform[i] < a / 2 ? 0 : 1) : clean[i];
    }
    corrupted.view.draw(noisy);
    original.view.draw(clean);
    say(corrupted, "corrupted", ae.distance(noisy, clean));
    models.forEach(({ network, name }, m) => {
      cleaned[m].view.draw(network.reconstruct(noisy, label));
      say(cleaned[m], name, ae.distance(network.output, clean));
    });
  }
  function say(each, name, error) {
    each.cell.say(`${name}: error `, ae.element("b", {}, ae.text(error, 3)));
  }
  roll();
  draw();
};
