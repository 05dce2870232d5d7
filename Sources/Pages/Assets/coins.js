"use strict";
// Two coins on sliders, and the divergence between them, which is infinite where q rules out what p does.
ae.widgets.coins = (stage) => {
  const plot = ae.plot(ae.room(600), 270, "The divergences as functions of q's probability of heads, with p's as it is set");
  const term = (p, q) => (p === 0 ? 0 : q === 0 ? Infinity : p * Math.log(p / q));
  const divergence = (p, q) => term(p, q) + term(1 - p, 1 - q);
  const redraw = ae.onFrame(draw);
  const slider = (label, value) => ae.slider({ label, min: 0, max: 1, step: 0.01, value, oninput: redraw,
    format: (v) => v.toFixed(2) });
  const p = slider("p(heads)", 0.5), q = slider("q(heads)", 0.8);
  const says = ae.element("p", { "aria-live": "polite" });
  const button = (name, a, b) => ae.element("button", { type: "button", onclick: () => {
    p.value = a;
    q.value = b;
    redraw();
  } }, name);
  stage.append(ae.element("div", { class: "row" }, plot.element, ae.element("div", { class: "grow" }, p.element, q.element,
    says, ae.element("div", { class: "choices" }, button("equal", 0.3, 0.3), button("q never shows heads", 0.5, 0),
      button("p never shows heads", 0, 0.5)))));

  const top = 3;
  function draw() {
    const a = p.value, b = q.value;
    const axes = ae.axes(plot, [0, 1], [0, top], { x: "q(heads)", y: "nats" }, { left: 40 });
    const { context } = plot;
    curve((x) => divergence(a, x), "c0", []);
    curve((x) => divergence(x, a), "c6", [6, 4]);
    context.setLineDash([2, 3]);
    context.strokeStyle = ae.colour("soft");
    context.beginPath();
    context.moveTo(axes.x(b), axes.top);
    context.lineTo(axes.x(b), axes.bottom);
    context.stroke();
    context.setLineDash([]);
    const isHigher = divergence(a, b) >= divergence(b, a);
    for (const [value, colour, name] of [[divergence(a, b), "c0", "D(p ‖ q)"], [divergence(b, a), "c6", "D(q ‖ p)"]]) {
      const y = axes.y(Math.min(value, top));
      context.fillStyle = ae.colour(colour);
      context.beginPath();
      if (value > top) {
        // What is beyond the plot is an arrow at its edge.
        context.moveTo(axes.x(b) - 7, y + 11);
        context.lineTo(axes.x(b), y);
        context.lineTo(axes.x(b) + 7, y + 11);
      } else context.arc(axes.x(b), y, 5, 0, 2 * Math.PI);
      context.fill();
      context.textAlign = b > 0.8 ? "right" : "left";
      context.textBaseline = "middle";
      context.fillText(`${name}${value === Infinity ? " = ∞" : ""}`, axes.x(b) + (b > 0.8 ? -11 : 11),
        Math.min(axes.bottom - 8, Math.max(axes.top + 8, y)) - (isHigher === (colour === "c0") && value < top ? 14 : -4));
    }
    const value = (v) => ae.element("b", {}, v === Infinity ? "∞" : `${ae.text(v, 3)} nats`);
    const forward = divergence(a, b), backward = divergence(b, a);
    const why = (name, other) => ` ${name} can show a side that ${other} never shows, and no number of nats makes up for that.`;
    says.replaceChildren("D(p ‖ q) = ", value(forward), ", D(q ‖ p) = ", value(backward), ".",
      forward === Infinity ? why("p", "q") : backward === Infinity ? why("q", "p") : forward === 0 ? " The coins are equal." : "");
    stage.state = { forward, backward };

    function curve(f, colour, dash) {
      context.save();
      context.beginPath();
      context.rect(axes.left, axes.top, axes.right - axes.left, axes.bottom - axes.top);
      context.clip();
      context.beginPath();
      let isOpen = false;
      for (let i = 0; i <= 500; i++) {
        const value = f(i / 500);
        if (!Number.isFinite(value)) {
          isOpen = false;
          continue;
        }
        const x = axes.x(i / 500), y = axes.y(Math.min(value, 4 * top));
        if (isOpen) context.lineTo(x, y);
        else context.moveTo(x, y);
        isOpen = true;
      }
      context.strokeStyle = ae.colour(colour);
      context.lineWidth = 2;
      context.setLineDash(dash);
      context.stroke();
      context.restore();
    }
  }
  ae.onScheme(redraw);
  draw();
};
