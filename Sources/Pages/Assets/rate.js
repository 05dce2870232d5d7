"use strict";
// Codecs at equal bytes, with the bytes on a slider.
ae.widgets.rate = (stage, data) => {
  const stops = data.stops;
  const table = ae.element("tbody");
  const picture = (source, alt) => ae.element("img", { class: "pixels", src: source, alt, style: "width:100%" });
  const slider = ae.slider({ label: "bytes a sample", min: 0, max: stops.length - 1, step: 1,
    value: Math.floor(stops.length / 2), format: (i) => `${ae.text(stops[i].bytes, 3)} B`, oninput: draw });
  const cell = (child) => ae.element("td", {}, child);
  const rows = new Map();
  for (const stop of stops) for (const row of stop.rows) {
    if (rows.has(row.name)) continue;
    const image = picture("data:,", ""), number = ae.element("td", { class: "number" });
    const bytes = ae.element("td", { class: "number" });
    const element = ae.element("tr", {}, ae.element("th", { scope: "row" }, row.name), bytes, number, cell(image));
    rows.set(row.name, { element, image, number, bytes });
  }
  const original = ae.element("tr", {}, ae.element("th", { scope: "row" }, "original"),
    ae.element("td"), ae.element("td"), cell(picture(data.original, "The original images")));
  table.append(original, ...[...rows.values()].map((row) => row.element));
  const heads = ["", "bytes", "error", ""].map((name, i) =>
    ae.element("th", { scope: "col", class: i === 1 || i === 2 ? "number" : "" }, name));
  stage.append(slider.element, ae.element("div", { class: "scroll" },
    ae.element("table", { class: "figures rates" }, ae.element("thead", {}, ae.element("tr", {}, ...heads)), table)));
  function draw() {
    const stop = stops[slider.value];
    for (const [name, row] of rows) {
      const found = stop.rows.find((each) => each.name === name);
      row.element.style.opacity = found ? 1 : 0.45;
      row.image.style.visibility = found ? "visible" : "hidden";
      row.number.textContent = found ? ae.text(found.error, 3) : "not so small";
      row.bytes.textContent = found ? ae.text(found.bytes, 3) : "";
      if (!found) continue;
      row.image.src = found.picture;
      row.image.alt = `The images by ${name} at ${ae.text(found.bytes, 3)} bytes each`;
    }
    stage.state = { stop: slider.value };
  }
  draw();
};
