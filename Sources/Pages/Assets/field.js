"use strict";
// Points in the plane follow the field r(x) − x of a denoising model from where one puts them.
ae.widgets.field = (stage, data) => {
  const network = ae.network(data.model), samples = ae.samples(data.samples);
  if (network.size !== 2) throw new Error(`the field needs samples of two numbers, not of ${network.size}`);
  const side = ae.room(460), plot = ae.plot(side, side, "The plane; click to drop a point, arrow keys move the cursor, Enter drops", true);
  const back = ae.plot(side, side, "");
  const bounds = range(), arrows = data.arrows || 17;
  const most = 24, length = 240, step = 0.08;
  const trails = Array.from({ length: most }, () => ({ count: 0, points: new Float32Array(2 * length), isMoving: false }));
  const place = new Float32Array(2), cursor = [(bounds[0][0] + bounds[0][1]) / 2, (bounds[1][0] + bounds[1][1]) / 2];
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let next = 0, axes, hasCursor = false, colours = {};
  const says = ae.element("p", { class: "note" },
    "Click anywhere: the point takes small steps along r(x) − x, from where it is to where the model cleans it to.");
  stage.append(plot.element, ae.element("p", { class: "choices" },
    ae.element("button", { type: "button", onclick: scatterSome }, "Drop twelve points"),
    ae.element("button", { type: "button", onclick: () => {
      for (const trail of trails) trail.count = 0;
      redraw();
    } }, "Clear")), says);

  function range() {
    return [0, 1].map((axis) => {
      let low = Infinity, high = -Infinity;
      for (let i = 0; i < samples.count; i++) {
        low = Math.min(low, samples.row(i)[axis]);
        high = Math.max(high, samples.row(i)[axis]);
      }
      const room = 0.25 * (high - low || 1);
      return [low - room, high + room];
    });
  }
  function background() {
    colours = { dot: ae.colour("c0"), trail: ae.colour("c1"), text: ae.colour("text"), arrow: ae.colour("plot-arrow") };
    axes = ae.axes(back, bounds[0], bounds[1], {}, { left: 34, bottom: 26 });
    const { context } = back;
    context.fillStyle = colours.dot;
    context.globalAlpha = 0.55;
    for (let i = 0; i < samples.count; i++) dot(context, samples.row(i)[0], samples.row(i)[1], 1.6);
    context.globalAlpha = 1;
    context.strokeStyle = context.fillStyle = colours.arrow;
    const cell = (axes.right - axes.left) / arrows;
    for (let j = 0; j < arrows; j++) for (let i = 0; i < arrows; i++) {
      const x = axes.left + (i + 0.5) * cell, y = axes.top + ((j + 0.5) * (axes.bottom - axes.top)) / arrows;
      place[0] = axes.toX(x);
      place[1] = axes.toY(y);
      const out = network.reconstruct(place);
      const dx = axes.x(out[0]) - x, dy = axes.y(out[1]) - y, size = Math.hypot(dx, dy);
      if (size < 0.5) continue;
      const reach = Math.min(size, cell * 0.85) / size;
      arrow(context, x, y, x + dx * reach, y + dy * reach);
    }
  }
  function arrow(context, x0, y0, x1, y1) {
    const angle = Math.atan2(y1 - y0, x1 - x0), head = 4;
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    context.lineTo(x1 - head * Math.cos(angle - 0.5), y1 - head * Math.sin(angle - 0.5));
    context.moveTo(x1, y1);
    context.lineTo(x1 - head * Math.cos(angle + 0.5), y1 - head * Math.sin(angle + 0.5));
    context.stroke();
  }
  function dot(context, x, y, radius) {
    context.beginPath();
    context.arc(axes.x(x), axes.y(y), radius, 0, 2 * Math.PI);
    context.fill();
  }
  function drop(x, y) {
    const trail = trails[next++ % most];
    trail.count = 1;
    trail.points[0] = x;
    trail.points[1] = y;
    trail.isMoving = true;
    if (isStill.matches) while (trail.isMoving) advance(trail);
    redraw();
  }
  function scatterSome() {
    for (let i = 0; i < 12; i++) {
      drop(bounds[0][0] + Math.random() * (bounds[0][1] - bounds[0][0]),
        bounds[1][0] + Math.random() * (bounds[1][1] - bounds[1][0]));
    }
  }
  function advance(trail) {
    const at = 2 * (trail.count - 1);
    place[0] = trail.points[at];
    place[1] = trail.points[at + 1];
    const out = network.reconstruct(place);
    const dx = out[0] - place[0], dy = out[1] - place[1];
    trail.points[at + 2] = place[0] + step * dx;
    trail.points[at + 3] = place[1] + step * dy;
    trail.count++;
    if (trail.count >= length || Math.hypot(dx, dy) < 2e-4) trail.isMoving = false;
  }
  const redraw = ae.onFrame(draw);
  function draw() {
    const { context } = plot;
    context.clearRect(0, 0, side, side);
    context.drawImage(back.element, 0, 0, side, side);
    let isMoving = false;
    for (const trail of trails) {
      if (!trail.count) continue;
      if (trail.isMoving) advance(trail);
      isMoving ||= trail.isMoving;
      context.strokeStyle = context.fillStyle = colours.trail;
      context.lineWidth = 2;
      context.beginPath();
      for (let i = 0; i < trail.count; i++) {
        const x = axes.x(trail.points[2 * i]), y = axes.y(trail.points[2 * i + 1]);
        if (i) context.lineTo(x, y);
        else context.moveTo(x, y);
      }
      context.stroke();
      dot(context, trail.points[2 * trail.count - 2], trail.points[2 * trail.count - 1], 4.5);
    }
    if (hasCursor) {
      context.strokeStyle = colours.text;
      const x = axes.x(cursor[0]), y = axes.y(cursor[1]);
      context.strokeRect(x - 6, y - 6, 12, 12);
    }
    if (isMoving) redraw();
  }
  ae.drag(plot, (x, y, event) => {
    hasCursor = false;
    if (event.type === "pointerdown") drop(axes.toX(x), axes.toY(y));
  }, (dx, dy) => {
    hasCursor = true;
    cursor[0] += (dx * (bounds[0][1] - bounds[0][0])) / 60;
    cursor[1] += (dy * (bounds[1][1] - bounds[1][0])) / 60;
    redraw();
  });
  plot.element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    drop(cursor[0], cursor[1]);
  });
  ae.onScheme(() => {
    background();
    redraw();
  });
  background();
  scatterSome();
  stage.state = { trails };
};
