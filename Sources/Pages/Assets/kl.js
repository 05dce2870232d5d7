"use strict";
// Two normal distributions on sliders, and where the divergence between them comes from.
ae.widgets.kl = (stage) => {
  const plot = ae.plot(ae.room(600), 320, "The densities p and q, and below them the integrand of the divergence between them");
  const density = (x, mean, deviation) =>
    Math.exp(-((x - mean) ** 2) / (2 * deviation ** 2)) / (deviation * Math.sqrt(2 * Math.PI));
  const divergence = (m, s, n, t) => Math.log(t / s) + (s * s + (m - n) ** 2) / (2 * t * t) - 0.5;
  const redraw = ae.onFrame(draw);
  const slider = (label, min, max, value) => ae.slider({ label, min, max, step: 0.05, value, oninput: redraw,
    format: (v) => v.toFixed(2).replace("-", "−") });
  const sliders = [slider("mean of p", -3, 3, 0), slider("deviation of p", 0.3, 2.5, 1),
    slider("mean of q", -3, 3, 1), slider("deviation of q", 0.3, 2.5, 1.4)];
  const way = ae.choice("Which divergence is shaded", ["D(p ‖ q)", "D(q ‖ p)"], redraw);
  const reset = ae.element("button", { type: "button", onclick: () => {
    sliders[2].value = sliders[0].value;
    sliders[3].value = sliders[1].value;
    redraw();
  } }, "Make them equal");
  const says = ae.element("p", { "aria-live": "polite" });
  stage.append(
    ae.element("div", { class: "row" }, plot.element, ae.element("div", { class: "grow" },
      ...sliders.map((s) => s.element), says, way.element, ae.element("p", {}, reset),
      ae.element("p", { class: "note" }, "The divergence is the shaded area: blue above the line minus red below it."))));

  const steps = 400, low = -7, high = 7;
  function draw() {
    const [m, s, n, t] = sliders.map((each) => each.value);
    const forward = divergence(m, s, n, t), backward = divergence(n, t, m, s);
    const isForward = way.value === 0;
    const [a, b] = isForward ? [[m, s], [n, t]] : [[n, t], [m, s]];
    const integrand = (x) => {
      const p = density(x, ...a);
      // The logarithm of the ratio is exact where both densities are 0 in floating point.
      const ratio = Math.log(b[1] / a[1]) + (x - b[0]) ** 2 / (2 * b[1] ** 2) - (x - a[0]) ** 2 / (2 * a[1] ** 2);
      return p * ratio;
    };
    let top = 0, deep = 0, peak = 0;
    for (let i = 0; i <= steps; i++) {
      const x = low + ((high - low) * i) / steps, value = integrand(x);
      top = Math.max(top, value);
      deep = Math.min(deep, value);
      peak = Math.max(peak, density(x, m, s), density(x, n, t));
    }
    const { context } = plot;
    const upper = ae.axes(plot, [low, high], [0, peak * 1.08], {}, { bottom: 180, top: 8 });
    curve(upper, (x) => density(x, m, s), "c0", []);
    curve(upper, (x) => density(x, n, t), "c6", [6, 4]);
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    label("p", "c0", upper, m, density(m, m, s));
    label("q", "c6", upper, n, density(n, n, t));
    // The lower half is drawn on the same canvas, which axes would clear.
    const room = Math.max(top - deep, 0.05), y0 = deep - 0.08 * room, y1 = Math.max(top, 0.02) + 0.1 * room;
    const base = 175, floor = plot.height - 8;
    const lower = { x: upper.x, y: (v) => floor - ((v - y0) / (y1 - y0)) * (floor - base) };
    for (const [name, sign] of [["c0", 1], ["c1", -1]]) {
      context.beginPath();
      context.moveTo(lower.x(low), lower.y(0));
      for (let i = 0; i <= steps; i++) {
        const x = low + ((high - low) * i) / steps;
        context.lineTo(lower.x(x), lower.y(sign * Math.max(0, sign * integrand(x))));
      }
      context.lineTo(lower.x(high), lower.y(0));
      context.globalAlpha = 0.55;
      context.fillStyle = ae.colour(name);
      context.fill();
      context.globalAlpha = 1;
    }
    curve(lower, integrand, "text", [], 1.2);
    context.strokeStyle = ae.colour("plot-axis");
    context.beginPath();
    context.moveTo(lower.x(low), lower.y(0));
    context.lineTo(lower.x(high), lower.y(0));
    context.stroke();
    context.fillStyle = ae.colour("soft");
    context.textAlign = "left";
    context.fillText(isForward ? "p(x) ln p(x)/q(x)" : "q(x) ln q(x)/p(x)", lower.x(low) + 4, base + 10);
    const value = (v) => ae.element("b", {}, `${ae.text(Math.abs(v) < 1e-12 ? 0 : v, 3)} nats`);
    says.replaceChildren("D(p ‖ q) = ", value(forward), ", D(q ‖ p) = ", value(backward),
      forward < 1e-12 ? ": zero, because p and q are equal." : ".");
    stage.state = { forward, backward };
  }
  function curve(axes, f, colour, dash, thickness = 2) {
    const { context } = plot;
    context.beginPath();
    for (let i = 0; i <= steps; i++) {
      const x = low + ((high - low) * i) / steps;
      if (i) context.lineTo(axes.x(x), axes.y(f(x)));
      else context.moveTo(axes.x(x), axes.y(f(x)));
    }
    context.strokeStyle = ae.colour(colour);
    context.lineWidth = thickness;
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
    context.lineWidth = 1;
  }
  function label(text, colour, axes, x, y) {
    plot.context.fillStyle = ae.colour(colour);
    plot.context.font = "bold 15px system-ui, sans-serif";
    plot.context.fillText(text, axes.x(x) + 6, Math.max(20, axes.y(y) - 3));
    plot.context.font = "12px system-ui, sans-serif";
  }
  ae.onScheme(redraw);
  draw();
};
