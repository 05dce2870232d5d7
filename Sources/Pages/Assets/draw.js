"use strict";
// An image that the reader draws: what several models make of it, how strange it is, and what it is like.
ae.widgets.draw = (stage, data) => {
  const models = data.models.map((model) => ({ ...model, network: ae.network(model.model) }));
  const near = models[data.neighbours ?? models.length - 1];
  const shape = near.network.shape;
  const samples = data.samples ? ae.samples(data.samples) : { shape, count: 0, size: near.network.size };
  const ink = ae.ink(shape);
  const pixels = new Float32Array(samples.size);
  const redraw = ae.onFrame(draw);
  const codes = data.codes ? ae.numbers(data.codes) : ae.codes(near.network, samples);
  const distances = new Float64Array(samples.count);
  const order = Array.from({ length: samples.count }, (_, i) => i);
  let isExample = samples.count > 0, label = 0;

  const pad = ae.image([ink.height, ink.width], 260, "Draw here: by mouse, finger, or arrow keys with space for the pen");
  pad.element.classList.add("drag", "pad");
  const seen = ae.image(shape, 118, "What the models see: the drawing brought to the size of the samples");
  const cells = models.map(({ name }) => {
    const view = ae.image(shape, 118, `The drawing reconstructed by ${name}`);
    return { view, cell: ae.cell(view.element, name) };
  });
  const neighbours = Array.from({ length: Math.min(8, samples.count) }, () => {
    const view = ae.image(shape, 56, "");
    return { view, cell: ae.cell(view.element) };
  });
  const shown = neighbours.map(() => -1);
  const bars = ae.plot(ae.room(430), 96, `The code of the drawing by ${near.name}`);
  const says = ae.element("p", { class: "note" });
  const classes = Math.max(...models.map(({ network }) => network.classes));
  const menu = classes
    ? ae.menu("as class", Array.from({ length: classes }, (_, c) => String(c)), (c) => { label = c; redraw(); }) : null;
  const example = samples.count
    ? ae.menu("Example", order.slice(0, 20).map((i) => ae.nameOf(samples, i)), show).element : null;
  stage.append(ae.element("div", { class: "row" },
    ae.element("div", { class: "side", style: "width:260px" }, pad.element, ae.element("p", { class: "choices" },
      ae.element("button", { type: "button", onclick: clear }, "Clear"), example, menu && menu.element),
      ae.element("p", { class: "note" }, "Draw with a mouse or a finger. By keyboard: arrow keys move the pen, space puts "
        + "it down or lifts it, Delete clears.")),
    ae.element("div", { class: "grow" },
      ae.element("div", { class: "row" }, ae.cell(seen.element, "what the models see").element,
        ...cells.map(({ cell }) => cell.element)),
      ae.element("p", {}, `The code by ${near.name}:`), bars.element,
      ...(samples.count ? [ae.element("p", {}, "The nearest samples in this code:"),
        ae.element("div", { class: "row" }, ...neighbours.map(({ cell }) => cell.element)), says] : []))));

  function show(i) {
    isExample = true;
    pixels.set(samples.row(i));
    label = ae.label(samples, i);
    if (menu) menu.value = label;
    ink.set(pixels);
    redraw();
  }
  function clear() {
    isExample = false;
    ink.clear();
    redraw();
  }
  const plot = { element: pad.element, width: ink.width, height: ink.height };
  let lastX = 0, lastY = 0, penX = ink.width / 2, penY = ink.height / 3, isDown = false;
  ae.drag(plot, (x, y, event) => {
    if (event.type === "pointerdown") {
      if (isExample) clear();
      [lastX, lastY] = [x, y];
    }
    stroke(lastX, lastY, x, y);
    [lastX, lastY] = [x, y];
  }, (dx, dy) => {
    const [x, y] = [penX, penY], step = ink.width / 56;
    penX = Math.min(ink.width - 1, Math.max(0, penX + dx * step));
    penY = Math.min(ink.height - 1, Math.max(0, penY - dy * step));
    if (isDown) stroke(x, y, penX, penY);
    else redraw();
  });
  pad.element.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      if (!isDown && isExample) clear();
      isDown = !isDown;
      if (isDown) stroke(penX, penY, penX, penY);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      clear();
    }
    hasPen = true;
    redraw();
  });
  let hasPen = false;
  pad.element.addEventListener("blur", () => {
    hasPen = isDown = false;
    redraw();
  });
  function stroke(x0, y0, x1, y1) {
    ink.stroke(x0, y0, x1, y1);
    redraw();
  }

  const padded = new Float32Array(ink.width * ink.height);
  function draw() {
    if (!isExample) ink.read(pixels);
    padded.set(ink.values);
    if (hasPen) cross();
    pad.draw(padded);
    seen.draw(pixels);
    for (let m = 0; m < models.length; m++) {
      const { network, name, percentiles } = models[m];
      cells[m].view.draw(network.reconstruct(pixels, label));
      const error = network.error(pixels);
      cells[m].cell.say(`${name}: error `, bold(ae.text(error, 3)), percentiles && percentiles.length === 101 ? `, ${place(error, percentiles)}` : "");
    }
    const code = near.network.encode(pixels, label), size = code.length;
    for (let i = 0; i < samples.count; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += (codes[i * size + j] - code[j]) ** 2;
      distances[i] = sum;
    }
    order.sort((a, b) => distances[a] - distances[b]);
    neighbours.forEach(({ view, cell }, n) => {
      if (shown[n] === order[n]) return;
      shown[n] = order[n];
      view.draw(samples.row(order[n]));
      view.element.setAttribute("aria-label", ae.nameOf(samples, order[n]));
      if (samples.labels) cell.say(String(samples.labels[order[n]]));
    });
    drawCode(code);
    if (samples.labels) {
      const votes = order.slice(0, 8).filter((i) => samples.labels[i] === samples.labels[order[0]]).length;
      says.textContent = `${votes} of the 8 nearest are of class ${samples.labels[order[0]]}.`;
    }
  }
  function bold(text) { return ae.element("b", {}, text); }
  function place(error, percentiles) {
    let below = 0;
    while (below < 100 && percentiles[below + 1] <= error) below++;
    if (error > percentiles[100]) return "stranger than every known sample";
    if (error < percentiles[1]) return "less strange than 99 % of known samples";
    return below < 50 ? `less strange than ${100 - below} % of known samples` : `stranger than ${below} % of known samples`;
  }
  function cross() {
    for (let d = -3; d <= 3; d++) {
      const x = Math.round(penX), y = Math.round(penY);
      for (const [i, j] of [[x + d, y], [x, y + d]]) {
        if (i < 0 || j < 0 || i >= ink.width || j >= ink.height) continue;
        padded[j * ink.width + i] = isDown ? 0.35 : 0.75;
      }
    }
  }
  function drawCode(code) {
    const { context, width: w, height: h } = bars;
    context.clearRect(0, 0, w, h);
    let largest = 1e-9, least = 0;
    for (let j = 0; j < code.length; j++) {
      largest = Math.max(largest, code[j]);
      least = Math.min(least, code[j]);
    }
    const zero = 4 + ((h - 8) * largest) / (largest - least), unit = (h - 8) / (largest - least), step = w / code.length;
    context.fillStyle = barColour;
    for (let j = 0; j < code.length; j++) {
      const tall = code[j] * unit;
      context.fillRect(j * step, Math.min(zero, zero - tall), Math.max(1, Math.min(step - 1, 40)), Math.abs(tall));
    }
    context.fillStyle = axisColour;
    context.fillRect(0, zero, w, 1);
  }
  let barColour = ae.colour("c0"), axisColour = ae.colour("plot-axis");
  ae.onScheme(() => {
    barColour = ae.colour("c0");
    axisColour = ae.colour("plot-axis");
    redraw();
  });
  stage.state = { pixels, models, pad: pad.element, near, clear, draw };
  if (samples.count) show(0);
  else draw();
};
