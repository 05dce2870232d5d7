"use strict";
// What widgets draw with.

// Returns a function that calls `draw` once before the next frame, however often it is asked.
ae.onFrame = (draw) => {
  let waiting = false;
  const run = () => {
    waiting = false;
    draw();
  };
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(run);
  };
};

// Calls `draw` when the reader's scheme changes between light and dark.
ae.onScheme = (draw) => matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

// Returns the page's colour `name`, as in "text", in the present scheme.
ae.colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
ae.classColour = (index) => ae.colour(`c${((index % 10) + 10) % 10}`);

// Returns a width that the window has room for, at most `width`.
ae.room = (width) => Math.max(200, Math.min(width, document.documentElement.clientWidth - 62));

// Makes a canvas for lines and points, `width` × `height` units large, as fine as the screen. It shrinks with the page.
ae.plot = (width, height, label, isDragged = false) => {
  const density = Math.min(3, Math.max(1, devicePixelRatio || 1));
  const element = ae.element("canvas", {
    width: Math.round(width * density), height: Math.round(height * density), role: "img", "aria-label": label,
    class: isDragged ? "drag" : "", style: `width:${width}px;aspect-ratio:${width}/${height}`,
  });
  const context = element.getContext("2d");
  context.scale(density, density);
  context.font = "12px system-ui, sans-serif";
  return { element, context, width, height };
};

// Makes a view of an image of `shape` [height, width] or [height, width, channels] with values in [0, 1], `side` units
// large on its longer side: { element, draw(values) }.
ae.image = (shape, side, label) => {
  const [height, width, channels = 1] = shape;
  const scale = side / Math.max(height, width);
  const element = ae.element("canvas", {
    width, height, role: "img", "aria-label": label, class: "pixels",
    style: `width:${Math.round(width * scale)}px;aspect-ratio:${width}/${height}`,
  });
  const context = element.getContext("2d");
  const pixels = context.createImageData(width, height);
  pixels.data.fill(255);
  const last = channels - 1;
  return {
    element,
    draw(values) {
      for (let at = 0, to = 0, from = 0; at < width * height; at++, to += 4, from += channels) {
        pixels.data[to] = values[from] * 255 + 0.5;
        pixels.data[to + 1] = values[from + Math.min(1, last)] * 255 + 0.5;
        pixels.data[to + 2] = values[from + Math.min(2, last)] * 255 + 0.5;
      }
      context.putImageData(pixels, 0, 0);
    },
  };
};

// As `image`, for numbers of both signs: 0 is grey, the largest magnitude black or white.
ae.signedImage = (shape, side, label) => {
  const view = ae.image(shape, side, label);
  const scaled = new Float32Array(shape.reduce((product, n) => product * n, 1));
  return {
    element: view.element,
    draw(values) {
      let largest = 1e-9;
      for (let i = 0; i < scaled.length; i++) largest = Math.max(largest, Math.abs(values[i]));
      for (let i = 0; i < scaled.length; i++) scaled[i] = 0.5 + values[i] / largest / 2;
      view.draw(scaled);
    },
  };
};

// Makes a view of a row of a table: a name and a bar for each feature: { element, draw(values) }.
ae.bars = (count, names, ranges, label) => {
  const rows = Array.from({ length: count }, (_, i) => {
    const bar = ae.element("meter", { min: 0, max: 1, value: 0, "aria-label": names ? names[i] : `feature ${i + 1}` });
    const number = ae.element("td", { class: "number" });
    return {
      bar, number,
      row: ae.element("tr", {}, ae.element("td", {}, names ? names[i] : `feature ${i + 1}`), ae.element("td", {}, bar), number),
    };
  });
  const body = ae.element("tbody", {}, ...rows.map((r) => r.row));
  const element = ae.element("div", { class: "scrolls", role: "group", tabindex: "0", "aria-label": label },
    ae.element("table", { class: "figures" }, body));
  return {
    element,
    draw(values) {
      for (let i = 0; i < count; i++) {
        const [low, high] = ranges[i];
        rows[i].bar.value = Math.min(1, Math.max(0, (values[i] - low) / (high - low || 1)));
        rows[i].number.textContent = ae.text(values[i], 3);
      }
    },
  };
};

// Whether samples of `shape` can be shown as images.
ae.isImage = (shape) =>
  (shape.length === 2 && shape[0] > 1 && shape[1] > 1) || (shape.length === 3 && (shape[2] === 1 || shape[2] === 3));

// Draws axes with a grid in `plot` and returns how data become units: { x, y, toX, toY, left, right, top, bottom }.
ae.axes = (plot, [x0, x1], [y0, y1], labels = {}, margins = {}) => {
  const { context, width, height } = plot;
  const left = margins.left ?? 44, right = width - (margins.right ?? 10);
  const top = margins.top ?? 10, bottom = height - (margins.bottom ?? (labels.x ? 38 : 24));
  const x = (value) => left + ((value - x0) / (x1 - x0)) * (right - left);
  const y = (value) => bottom - ((value - y0) / (y1 - y0)) * (bottom - top);
  context.clearRect(0, 0, width, height);
  context.lineWidth = 1;
  context.fillStyle = ae.colour("soft");
  context.strokeStyle = ae.colour("plot-grid");
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of ae.ticks(x0, x1, 6)) {
    line(x(tick), top, x(tick), bottom);
    context.fillText(tidy(tick), x(tick), bottom + 5);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of ae.ticks(y0, y1, 5)) {
    line(left, y(tick), right, y(tick));
    context.fillText(tidy(tick), left - 6, y(tick));
  }
  context.textAlign = "center";
  if (labels.x) context.fillText(labels.x, (left + right) / 2, height - 8);
  if (labels.y) {
    context.save();
    context.translate(9, (top + bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(labels.y, 0, 0);
    context.restore();
  }
  const toX = (unit) => x0 + ((unit - left) / (right - left)) * (x1 - x0);
  const toY = (unit) => y0 + ((bottom - unit) / (bottom - top)) * (y1 - y0);
  return { x, y, toX, toY, left, right, top, bottom };

  function line(fromX, fromY, untilX, untilY) {
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(untilX, untilY);
    context.stroke();
  }
  function tidy(tick) { return String(Number(tick.toPrecision(6))).replace("-", "−"); }
};

// Returns round numbers within the range, about `count`.
ae.ticks = (low, high, count) => {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) || 10);
  const ticks = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
};
