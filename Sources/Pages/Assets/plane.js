"use strict";
// A code of two numbers to drag over, with the samples' codes behind it.
ae.widgets.plane = (stage, data) => {
  const network = ae.network(data.model);
  if (network.codeSize !== 2) throw new Error(`the plane needs a code of two numbers, not of ${network.codeSize}`);
  const codes = ae.numbers(data.codes || []), labels = data.labels, count = codes.length / 2;
  const range = data.range || spread(codes, count);
  const side = ae.room(430);
  const plot = ae.plot(side, side, "The plane of codes; the arrow keys move the point", true);
  // The scatter does not change while one drags, so it is drawn once and copied.
  const back = ae.plot(side, side, "");
  const isImage = ae.isImage(network.shape);
  const view = ae.sampleView(network.shape, 210, "The decoded sample", data.features, data.ranges);
  const point = new Float32Array([(range[0] + range[1]) / 2, (range[2] + range[3]) / 2]);
  const redraw = ae.onFrame(draw);
  const says = ae.element("p", { class: "figures" });
  let label = 0, axes;
  const classes = network.classes
    ? ae.menu("as class", Array.from({ length: network.classes }, (_, c) => String(c)), (c) => { label = c; redraw(); })
    : null;
  const found = labels ? [...new Set(labels)].sort((a, b) => a - b) : [];
  const legend = ae.element("div", { class: "legend" }, ...found.map((c) => ae.element("span", {},
    ae.element("span", { class: "key", style: `background:var(--c${((c % 10) + 10) % 10})` }), String(c))));
  stage.append(ae.element("div", { class: "row" }, ae.element("div", { class: "side", style: `width:${side}px` }, plot.element, legend),
    ae.element("div", { class: "side", style: isImage ? "width:230px" : "width:22rem" }, view.element, says, classes && classes.element,
      ae.element("p", { class: "note" }, "Drag over the plane, or use the arrow keys (with Shift for longer steps)."))));
  ae.drag(plot, (x, y) => {
    point[0] = clamp(axes.toX(x), range[0], range[1]);
    point[1] = clamp(axes.toY(y), range[2], range[3]);
    redraw();
  }, (dx, dy) => {
    point[0] = clamp(point[0] + (dx * (range[1] - range[0])) / 200, range[0], range[1]);
    point[1] = clamp(point[1] + (dy * (range[3] - range[2])) / 200, range[2], range[3]);
    redraw();
  });

  function scatter() {
    axes = ae.axes(back, [range[0], range[1]], [range[2], range[3]], {}, { left: 34, bottom: 26 });
    const { context } = back;
    context.globalAlpha = 0.75;
    for (let i = 0; i < count; i++) {
      context.fillStyle = colours[labels ? ((labels[i] % 10) + 10) % 10 : 0];
      context.beginPath();
      context.arc(axes.x(codes[2 * i]), axes.y(codes[2 * i + 1]), 1.8, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
  }
  let colours = [];
  function restyle() {
    colours = Array.from({ length: 10 }, (_, c) => ae.classColour(c));
    scatter();
    draw();
  }
  function draw() {
    const { context } = plot;
    context.clearRect(0, 0, plot.width, plot.height);
    context.drawImage(back.element, 0, 0, plot.width, plot.height);
    const x = axes.x(point[0]), y = axes.y(point[1]);
    context.lineWidth = 4;
    context.strokeStyle = pageColour;
    ring(x, y);
    context.lineWidth = 2;
    context.strokeStyle = textColour;
    ring(x, y);
    view.draw(network.decode(point, label));
    says.textContent = `code ${ae.text(point[0], 3)}, ${ae.text(point[1], 3)}`;
  }
  let pageColour = ae.colour("page"), textColour = ae.colour("text");
  function ring(x, y) {
    plot.context.beginPath();
    plot.context.arc(x, y, 8, 0, 2 * Math.PI);
    plot.context.stroke();
  }
  ae.onScheme(() => {
    pageColour = ae.colour("page");
    textColour = ae.colour("text");
    restyle();
  });
  restyle();
  stage.state = { point, network, plot: plot.element, isImage };

  function clamp(value, low, high) { return Math.min(high, Math.max(low, value)); }
  // The middle 99 % of the codes with some room; for a few codes all of them.
  function spread() {
    const result = [];
    for (let axis = 0; axis < 2; axis++) {
      const values = Array.from({ length: count }, (_, i) => codes[2 * i + axis]).sort((a, b) => a - b);
      const low = values.length ? values[Math.floor(0.005 * (count - 1))] : -3;
      const high = values.length ? values[Math.ceil(0.995 * (count - 1))] : 3;
      const room = 0.06 * (high - low || 1);
      result.push(low - room, high + room);
    }
    return result;
  }
};
