"use strict";
// What all scripts of a page share: `ae.widgets` has a function for each kind, which builds a widget in its stage.
const ae = { widgets: {}, shared: {} };

// Makes an element: ae.element("p", { class: "note" }, "text", child).
ae.element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

// Reads bytes from base64 text.
ae.bytes = (text) => {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
};

// Returns the number that 16 bits stand for (IEEE 754, binary16).
ae.half = (bits) => {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : (sign * fraction) / 16777216;
};

// Returns numbers: of a plain list, or of one packed as PageData does it: u8, f16, f32, or i8 with a factor a row.
ae.numbers = (packed) => {
  if (Array.isArray(packed)) return Float32Array.from(packed);
  if (packed.u8 !== undefined) return Float32Array.from(ae.bytes(packed.u8));
  if (packed.f32 !== undefined) return new Float32Array(ae.bytes(packed.f32).buffer);
  if (packed.f16 !== undefined) return Float32Array.from(new Uint16Array(ae.bytes(packed.f16).buffer), ae.half);
  const quanta = new Int8Array(ae.bytes(packed.i8).buffer), factors = ae.numbers(packed.factor);
  const width = quanta.length / factors.length;
  return Float32Array.from(quanta, (q, i) => q * factors[Math.floor(i / width)]);
};

// Returns a number as text with `digits` significant digits.
ae.text = (value, digits = 3) => {
  if (value === Infinity) return "∞";
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(Math.max(0, digits - 1)).replace("-", "−").replace("-", "−");
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(places, 8)).replace("-", "−");
};

// Puts a button that copies the lines beside each block of commands.
ae.addCopyButtons = () => {
  for (const box of document.querySelectorAll(".commands")) {
    const button = ae.element("button", { type: "button", onclick: () => copy(box, button) }, "Copy");
    box.append(button);
  }
  async function copy(box, button) {
    const code = box.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  }
};
