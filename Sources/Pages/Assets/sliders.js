"use strict";
// A slider for each number of the code, in the order that the data give.
ae.widgets.sliders = (stage, data) => {
  const network = ae.network(data.model);
  const samples = data.samples ? ae.samples(data.samples) : null;
  const code = Float32Array.from({ length: network.codeSize }, (_, j) => (data.centre ? data.centre[j] : 0));
  const isImage = ae.isImage(network.shape), ranges = samples && !isImage ? ae.ranges(samples) : data.ranges;
  const view = ae.sampleView(network.shape, 230, "The decoded sample", data.features, ranges);
  let label = 0;
  const redraw = ae.onFrame(() => view.draw(network.decode(code, label)));
  const sliders = data.dimensions.map(({ index, from, to, note }) => {
    const slider = ae.slider({
      label: `z${index + 1}`, min: from, max: to, step: (to - from) / 200, value: code[index],
      format: (v) => ae.text(v, 3), oninput: (v) => {
        code[index] = v;
        redraw();
      },
    });
    if (note) slider.element.querySelector("label").append(ae.element("span", { class: "note" }, ` ${note}`));
    return slider;
  });
  const set = (values) => {
    code.set(values);
    data.dimensions.forEach(({ index }, i) => { sliders[i].value = code[index]; });
    redraw();
  };
  const classes = network.classes
    ? ae.menu("as class", Array.from({ length: network.classes }, (_, c) => String(c)), (c) => { label = c; redraw(); })
    : null;
  const centre = Float32Array.from(code);
  const tools = ae.element("p", { class: "choices" },
    ae.element("button", { type: "button", onclick: () => set(centre) }, "To the middle"), classes && classes.element);
  const thumbs = samples && ae.thumbs(samples, Array.from({ length: Math.min(samples.count, 14) }, (_, i) => i),
    "Start from a sample", (i) => {
      label = ae.label(samples, i);
      if (classes) classes.value = label;
      set(network.encode(samples.row(i), label));
    });
  stage.append(
    ...(thumbs ? [isImage ? ae.element("p", {}, "Start from a sample:") : "", thumbs.element] : []),
    ae.element("div", { class: "row sliders" }, ae.element("div", {}, view.element, tools),
      ae.element("div", { class: "grow scrolls", tabindex: "0", role: "group", "aria-label": "Numbers of the code" },
        ...sliders.map((s) => s.element))));
  view.draw(network.decode(code, label));
  stage.state = { code, network };
};
