"use strict";
// What widgets are worked with: all of it takes a mouse, a finger and the keyboard.
(() => {
  let made = 0;

  // Makes a slider with its name and value: { element, value }.
  ae.slider = ({ label, min, max, step, value, format = (v) => ae.text(v, 3), oninput }) => {
    const id = `control${++made}`;
    const input = ae.element("input", { type: "range", id, min, max, step, value });
    const output = ae.element("output", { for: id });
    const show = () => {
      output.textContent = format(Number(input.value));
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => {
      show();
      oninput(Number(input.value));
    });
    show();
    return {
      element: ae.element("div", { class: "control" }, ae.element("label", { for: id }, label), input, output),
      input,
      get value() { return Number(input.value); },
      set value(next) {
        input.value = next;
        show();
      },
    };
  };

  // Makes buttons of which one is pressed: { element, value }.
  ae.choice = (label, names, onpick, start = 0) => {
    let value = start;
    const buttons = names.map((name, index) =>
      ae.element("button", { type: "button", onclick: () => pick(index, true) }, name));
    function pick(index, tells) {
      value = index;
      buttons.forEach((button, i) => button.setAttribute("aria-pressed", i === index));
      if (tells) onpick(index);
    }
    pick(start, false);
    return {
      element: ae.element("div", { class: "choices", role: "group", "aria-label": label }, ...buttons),
      get value() { return value; },
      set value(index) { pick(index, false); },
    };
  };

  // Makes a menu: { element, value }, the value an index.
  ae.menu = (label, names, onpick, start = 0) => {
    const id = `control${++made}`;
    const select = ae.element("select", { id, onchange: () => onpick(select.selectedIndex) },
      ...names.map((name) => ae.element("option", {}, name)));
    select.selectedIndex = start;
    return {
      element: ae.element("span", {}, ae.element("label", { for: id }, label, " "), select),
      get value() { return select.selectedIndex; },
      set value(index) { select.selectedIndex = index; },
    };
  };

  // Calls `move(x, y)` with places in units of the plot while one drags over it, and `nudge(dx, dy)` with −1, 0 or 1, or
  // ten times that with Shift, for arrow keys.
  ae.drag = (plot, move, nudge) => {
    const { element, width, height } = plot;
    const at = (event) => {
      const box = element.getBoundingClientRect();
      move(((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height, event);
    };
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      element.focus({ preventScroll: true });
      try { element.setPointerCapture(event.pointerId); } catch { /* a made-up pointer cannot be held */ }
      at(event);
    });
    element.addEventListener("pointermove", (event) => { if (event.buttons & 1) at(event); });
    element.tabIndex = 0;
    if (!nudge) return;
    const keys = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    element.addEventListener("keydown", (event) => {
      const direction = keys[event.key];
      if (!direction) return;
      event.preventDefault();
      const size = event.shiftKey ? 10 : 1;
      nudge(direction[0] * size, direction[1] * size);
    });
  };

  // Makes a figure of a view and what stands under it: { element, say(...parts) }.
  ae.cell = (view, ...caption) => {
    const text = ae.element("figcaption", {}, ...caption);
    return {
      element: ae.element("figure", { class: parseInt(view.style.width) < 100 ? "cell small" : "cell" }, view, text),
      say(...parts) { text.replaceChildren(...parts); },
    };
  };
})();
