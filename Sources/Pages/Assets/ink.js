"use strict";
// Strokes on a grid that is finer than the image, brought to the image's size as MNIST's digits were: scaled so that the
// longer side is 20/28 of the image's, and put so that the centre of mass is in the middle (LeCun et al. 1998).
ae.ink = (shape) => {
  const [rows, columns, channels = 1] = shape;
  const fine = Math.max(1, Math.min(4, Math.floor(256 / Math.max(rows, columns))));
  const height = rows * fine, width = columns * fine;
  const values = new Float32Array(height * width);
  const radius = (1.25 * fine * Math.max(rows, columns)) / 28;
  const parts = 4;

  // The value of the grid at a place between its points; 0 outside.
  function at(x, y) {
    const left = Math.floor(x), top = Math.floor(y), dx = x - left, dy = y - top;
    let sum = 0;
    for (let j = 0; j < 2; j++) for (let i = 0; i < 2; i++) {
      const column = left + i, row = top + j;
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      sum += values[row * width + column] * (i ? dx : 1 - dx) * (j ? dy : 1 - dy);
    }
    return sum;
  }

  return {
    height, width, values,
    clear() { values.fill(0); },

    // Shows an image of the samples on the grid.
    set(pixels) {
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
        values[y * width + x] = pixels[(Math.floor(y / fine) * columns + Math.floor(x / fine)) * channels];
      }
    },

    stroke(x0, y0, x1, y1) {
      const reach = radius + 1, length = (x1 - x0) ** 2 + (y1 - y0) ** 2;
      const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
      const bottom = Math.min(height - 1, Math.ceil(Math.max(y0, y1) + reach));
      const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
      const right = Math.min(width - 1, Math.ceil(Math.max(x0, x1) + reach));
      for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) {
        const px = x + 0.5 - x0, py = y + 0.5 - y0;
        const t = length ? Math.min(1, Math.max(0, (px * (x1 - x0) + py * (y1 - y0)) / length)) : 0;
        const distance = Math.hypot(px - t * (x1 - x0), py - t * (y1 - y0));
        const cover = Math.min(1, Math.max(0, radius + 0.5 - distance));
        if (cover > values[y * width + x]) values[y * width + x] = cover;
      }
    },

    // Fills `pixels` with the drawing as an image of the samples, in steps of 1/255.
    read(pixels) {
      let mass = 0, middleX = 0, middleY = 0, left = width, right = -1, top = height, bottom = -1;
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
        const value = values[y * width + x];
        if (value === 0) continue;
        mass += value;
        middleX += value * x;
        middleY += value * y;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
      if (mass === 0) {
        pixels.fill(0);
        return;
      }
      middleX /= mass;
      middleY /= mass;
      const side = Math.max((right - left + 1) / columns, (bottom - top + 1) / rows) / fine;
      // A dot stays a dot.
      const step = (fine * Math.min(1.7, Math.max(0.4, side / (20 / 28)))) / parts;
      for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let j = 0; j < parts; j++) for (let i = 0; i < parts; i++) {
          const x = (column * parts + i + 0.5 - (columns * parts) / 2) * step;
          const y = (row * parts + j + 0.5 - (rows * parts) / 2) * step;
          sum += at(middleX + x, middleY + y);
        }
        const value = Math.round((Math.min(1, sum / (parts * parts))) * 255) / 255;
        for (let c = 0; c < channels; c++) pixels[(row * columns + column) * channels + c] = value;
      }
    },
  };
};
