"use strict";
// Which units fire for a sample; what a unit looks at, and which samples excite it most.
ae.widgets.units = (stage, data) => {
  const network = ae.network(data.model), samples = ae.samples(data.samples);
  const weighted = network.data.encoder.map((d, i) => (d.weight ? i : -1)).filter((i) => i >= 0);
  const layer = data.layer === undefined ? network.encoder.length - 1 : weighted[data.layer];
  const count = network.encoder[layer].y.length;
  const activity = Array.from({ length: samples.count }, (_, i) => {
    network.encode(samples.row(i), ae.label(samples, i));
    return Float32Array.from(network.encoder[layer].y);
  });
  let largest = 0;
  for (const row of activity) for (const value of row) largest = Math.max(largest, Math.abs(value));
  const firing = data.firing ?? 0.01 * largest;
  const first = network.data.encoder[layer];
  // The weights of the first layer can be looked at as an image; those of later ones see no pixels.
  const filters = layer === weighted[0] && first.kind === "dense" ? ae.numbers(first.weight) : null;
  const columns = Math.ceil(Math.sqrt(count * 1.5)), rows = Math.ceil(count / columns);
  const size = Math.max(7, Math.min(26, Math.floor(ae.room(430) / columns)));
  const plot = ae.plot(columns * size, rows * size, "The units; bright ones fire. The arrow keys choose a unit", true);
  const redraw = ae.onFrame(draw);
  let sample = 0, unit = 0;
  const filter = filters && ae.isImage(network.shape) ? ae.signedImage(network.shape, 132, "The weights of the unit") : null;
  const says = ae.element("p", { "aria-live": "polite" }), about = ae.element("p");
  const best = Array.from({ length: Math.min(10, samples.count) }, () => {
    const view = ae.sampleView(samples.shape, 50, "");
    return { view, cell: ae.cell(view.element) };
  });
  const shown = Array.from({ length: Math.min(samples.count, 16) }, (_, i) => i);
  const thumbs = ae.thumbs(samples, shown, "Pick a sample", (i) => {
    sample = i;
    unit = strongest();
    redraw();
  }, 0);
  stage.append(ae.element("p", {}, "Pick a sample and see which units fire; pick a unit and see its samples."),
    thumbs.element, ae.element("div", { class: "row" },
      ae.element("div", {}, says, plot.element),
      ae.element("div", { class: "grow" }, about,
        filter ? ae.cell(filter.element, "its weights: white where it wants light, black where it wants none").element : null,
        ae.element("p", {}, "The samples that excite it most:"),
        ae.element("div", { class: "row" }, ...best.map(({ cell }) => cell.element)))));
  ae.drag(plot, (x, y) => pick(Math.floor(x / size), Math.floor(y / size)),
    (dx, dy) => pick((unit % columns) + Math.sign(dx), Math.floor(unit / columns) - Math.sign(dy)));
  function pick(column, row) {
    const next = row * columns + column;
    if (column < 0 || column >= columns || next < 0 || next >= count || next === unit) return;
    unit = next;
    redraw();
  }
  function strongest() {
    return activity[sample].reduce((most, value, j, all) => (Math.abs(value) > Math.abs(all[most]) ? j : most), 0);
  }
  function draw() {
    const { context } = plot, row = activity[sample];
    context.clearRect(0, 0, plot.width, plot.height);
    let fires = 0, strongestHere = 1e-9;
    for (const value of row) strongestHere = Math.max(strongestHere, Math.abs(value));
    for (let j = 0; j < count; j++) {
      const x = (j % columns) * size, y = Math.floor(j / columns) * size, isFiring = Math.abs(row[j]) > firing;
      if (isFiring) fires++;
      context.globalAlpha = 1;
      context.fillStyle = ae.colour("line");
      context.fillRect(x + 1, y + 1, size - 2, size - 2);
      context.globalAlpha = isFiring ? 0.15 + 0.85 * (Math.abs(row[j]) / strongestHere) ** 2 : 0;
      context.fillStyle = ae.colour(row[j] < 0 ? "c1" : "c0");
      context.fillRect(x + 1, y + 1, size - 2, size - 2);
    }
    context.globalAlpha = 1;
    context.strokeStyle = ae.colour("text");
    context.lineWidth = 2;
    context.strokeRect((unit % columns) * size + 1, Math.floor(unit / columns) * size + 1, size - 2, size - 2);
    says.replaceChildren(ae.element("b", {}, `${fires} of ${count}`), ` units fire for ${ae.nameOf(samples, sample)}.`);
    let often = 0;
    for (const each of activity) if (Math.abs(each[unit]) > firing) often++;
    about.replaceChildren(ae.element("b", {}, `Unit ${unit + 1}`),
      ` fires for ${Math.round((100 * often) / samples.count)} % of the samples; here its activation is ${ae.text(row[unit], 3)}.`);
    if (filter) filter.draw(filters.subarray(unit * network.size, (unit + 1) * network.size));
    const order = activity.map((_, i) => i).sort((a, b) => activity[b][unit] - activity[a][unit]);
    best.forEach(({ view, cell }, n) => {
      view.draw(samples.row(order[n]));
      view.element.setAttribute("aria-label", ae.nameOf(samples, order[n]));
      cell.say(ae.text(activity[order[n]][unit], 2));
    });
    stage.state = { unit, sample, fires };
  }
  ae.onScheme(redraw);
  unit = strongest();
  draw();
};
