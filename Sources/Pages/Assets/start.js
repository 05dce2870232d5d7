"use strict";
// Builds the page's widgets, those on the screen first. What cannot be built leaves its fallback, and says so.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  ae.shared = data.shared;
  ae.addCopyButtons();
  const build = (box) => {
    const stage = box.querySelector(":scope > .stage");
    try {
      ae.widgets[box.dataset.kind](stage, data.widgets[Number(box.dataset.number)]);
      stage.hidden = false;
      box.classList.add("live");
    } catch (error) {
      stage.remove();
      box.prepend(ae.element("p", { class: "problem" }, `This part cannot be made interactive here: ${error.message}`));
      console.error(error);
    }
    box.dispatchEvent(new CustomEvent("built", { bubbles: true }));
  };
  const boxes = [...document.querySelectorAll(".widget")];
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      build(entry.target);
    }
  }, { rootMargin: "800px" });
  for (const box of boxes) observer.observe(box);
})();
