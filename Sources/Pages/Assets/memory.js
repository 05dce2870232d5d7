"use strict";
// A code of one number on a slider: what it decodes to, and the training sample that is nearest to that.
ae.widgets.memory = (stage, data) => {
  const network = ae.network(data.model), samples = ae.samples(data.samples);
  if (network.codeSize !== 1) throw new Error(`this needs a code of one number, not of ${network.codeSize}`);
  const codes = ae.codes(network, samples);
  const sorted = Float32Array.from(codes).sort();
  const margin = 0.02 * (sorted[sorted.length - 1] - sorted[0] || 1);
  const [low, high] = data.range || [sorted[0] - margin, sorted[sorted.length - 1] + margin];
  const redraw = ae.onFrame(draw);
  const slider = ae.slider({ label: "code", min: low, max: high, step: (high - low) / 2000,
    value: sorted[Math.floor(sorted.length / 3)], format: (v) => ae.text(v, 4), oninput: redraw });
  const side = 150;
  const decoded = ae.sampleView(samples.shape, side, "Decoded from the code"), nearest = ae.sampleView(samples.shape, side, "The nearest training sample");
  const under = ae.cell(nearest.element);
  const strip = ae.plot(ae.room(620), 54, "The training samples along the code; click to go there", true);
  const code = new Float32Array(1);
  stage.append(slider.element, strip.element, ae.element("p", { class: "note" },
    "Each line is the code of a training sample; arrow keys go from one to the next."),
  ae.element("div", { class: "row" }, ae.cell(decoded.element, "decoded from this code").element, under.element));
  ae.drag(strip, (x) => {
    slider.value = low + (x / strip.width) * (high - low);
    redraw();
  }, (dx) => {
    // The next code of a training sample in that direction.
    const here = slider.value, gap = (high - low) / 1500;
    const rest = dx > 0 ? sorted.find((c) => c > here + gap) : sorted.findLast((c) => c < here - gap);
    if (rest !== undefined) slider.value = rest;
    redraw();
  });
  let colours;
  function restyle() {
    colours = { page: ae.colour("page"), text: ae.colour("text"), line: ae.colour("soft"), mark: ae.colour("c1") };
    draw();
  }
  function draw() {
    code[0] = slider.value;
    const out = network.decode(code, 0);
    let best = 0, least = Infinity;
    for (let i = 0; i < samples.count; i++) {
      const distance = ae.distance(out, samples.row(i));
      if (distance < least) [best, least] = [i, distance];
    }
    decoded.draw(out);
    nearest.draw(samples.row(best));
    under.say(`nearest training ${ae.nameOf(samples, best)}; squared distance `, ae.element("b", {}, ae.text(least, 3)));
    const { context, width, height } = strip, x = (c) => ((c - low) / (high - low)) * width;
    context.clearRect(0, 0, width, height);
    context.lineWidth = 1;
    context.strokeStyle = colours.line;
    for (let i = 0; i < codes.length; i++) tick(x(codes[i]), 14, height - 14);
    context.lineWidth = 2;
    context.strokeStyle = colours.mark;
    tick(x(codes[best]), 8, height - 8);
    context.strokeStyle = colours.text;
    context.lineWidth = 3;
    tick(x(code[0]), 2, height - 2);
    stage.state = { best, least };
    function tick(at, top, bottom) {
      context.beginPath();
      context.moveTo(at, top);
      context.lineTo(at, bottom);
      context.stroke();
    }
  }
  ae.onScheme(restyle);
  restyle();
};
