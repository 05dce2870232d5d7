#!/usr/bin/env python3
"""Tries pages in headless Chromium: run.py AETOOL [PAGE...]

Makes pages of explore and report, and looks at them, and at the pages that are named, as a reader would. Beside a
page of notes lie its verdicts, claims.json, which must be those that are shown.
"""

import json
import os
import sys
import tempfile
import traceback

from chromium import Chromium
from pages import HOSTILE, Pages

passed = failed = 0


def check(name, condition, found=""):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print(f"FAILED: {name}" + (f": {found}" if found else ""))


def attempt(name, body, *arguments):
    """Runs a test; what it throws is a failure and not the end."""
    try:
        body(*arguments)
    except Exception:
        check(name, False, traceback.format_exc())


def fits(browser, path):
    """A page fits every width in both schemes, builds all widgets, and neither errs nor asks for anything."""
    name = os.path.basename(path)
    for width, dark in [(360, True), (768, False), (1440, True)]:
        tab = browser.open(path, width=width, height=800, dark=dark, touch=width == 360)
        tab.build_all()
        wide = tab.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        check(f"{name} fits {width} pixels", wide <= 0, f"{wide} pixels too wide")
        widgets = tab.run("[document.querySelectorAll('.widget').length, document.querySelectorAll('.widget.live').length]")
        check(f"{name} builds its widgets at {width}", widgets[0] == widgets[1], widgets)
        nameless = tab.run("""[...document.querySelectorAll("img, canvas[role=img], svg[role=img]")].filter((e) =>
          !(e.alt || e.getAttribute("aria-label")) && !e.closest("button") && getComputedStyle(e).visibility !== "hidden")
          .length""")
        check(f"{name} says what its pictures show", nameless == 0, f"{nameless} do not")
        problems = tab.problems()
        check(f"{name} has no errors at {width}", not problems, problems)
        tab.close()


def readable_without_scripts(browser, path):
    name = os.path.basename(path)
    tab = browser.open(path, scripts=False)
    tree = tab.send("DOMSnapshot.captureSnapshot", computedStyles=["display"])
    strings, layout = tree["strings"], tree["documents"][0]["layout"]
    text = " ".join(strings[i] for i in layout["text"] if i >= 0)
    check(f"{name} can be read without scripts", len(text) > 200, text[:200])
    tab.close()


def stroke(tab, selector, places):
    """The places of a stroke in the window, with steps between the corners."""
    corners = [tab.place(selector, x, y) for x, y in places]
    points = [corners[0]]
    for (x0, y0), (x1, y1) in zip(corners, corners[1:]):
        points += [(x0 + (x1 - x0) * i / 8, y0 + (y1 - y0) * i / 8) for i in range(1, 9)]
    return points


PAD = "[data-kind=draw] canvas.pad"
STATE = "document.querySelector('[data-kind=draw] > .stage').state"
SEVEN = [(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)]


def codes_of_drawing(tab, pages, how):
    """Every model's code of the drawing is the one that `aetool encode` gives for its pixels."""
    pixels = tab.run(f"Array.from({STATE}.pixels)")
    check(f"{how}: there is a drawing", sum(pixels) > 20, sum(pixels))
    rows = [i // 28 for i, value in enumerate(pixels) if value > 0.1]
    check(f"{how}: it is 20 pixels high, as MNIST's digits", 17 <= max(rows) - min(rows) + 1 <= 24, (min(rows), max(rows)))
    middle = sum(i // 28 * value for i, value in enumerate(pixels)) / sum(pixels)
    check(f"{how}: its mass is in the middle", abs(middle - 13.5) < 1, middle)
    for index, model in enumerate(["pca", HOSTILE, "conv", "vae"]):
        code = tab.run(f"Array.from({STATE}.models[{index}].network.encode({STATE}.pixels))")
        expected = pages.through("encode", model, pixels, [28, 28])
        size = max(1, (sum(value * value for value in expected) / len(expected)) ** 0.5)
        worst = max(abs(a - b) for a, b in zip(code, expected))
        check(f"{how}: the code by {model}", len(code) == len(expected) and worst < 0.005 * size, worst)


def drawing(browser, pages):
    tab = browser.open(pages.explorer, width=1440)
    tab.build_all()
    tab.drag(stroke(tab, PAD, SEVEN))
    tab.settle()
    codes_of_drawing(tab, pages, "by mouse")
    text = tab.run("document.querySelector('[data-kind=draw]').innerText")
    check("an error has its place", "known samples" in text or "known sample" in text, text)
    # By keyboard: down goes the pen, then a step right and many down, then the drawing is cleared.
    tab.run(f"document.querySelector('{PAD}').focus()")
    tab.key("Delete", 46)
    tab.settle()
    check("Delete clears", tab.run(f"{STATE}.pixels.every((value) => value === 0)"))
    tab.key(" ", 32, text=" ")
    for _ in range(24):
        tab.key("ArrowDown", 40)
    tab.settle()
    codes_of_drawing(tab, pages, "by keyboard")
    check("the drawing makes no errors", not tab.problems(), tab.problems())
    tab.close()
    tab = browser.open(pages.explorer, width=360, height=700, touch=True)
    tab.build_all()
    tab.finger(stroke(tab, PAD, SEVEN))
    tab.settle()
    codes_of_drawing(tab, pages, "by finger")
    tab.close()


def plane(browser, pages):
    """Where one drags to is decoded as `aetool decode` does it, down to the picture's grey levels."""
    canvas, state = "[data-kind=plane] canvas.drag", "document.querySelector('[data-kind=plane] > .stage').state"
    tab = browser.open(pages.explorer, width=1440)
    tab.build_all()
    tab.drag(stroke(tab, canvas, [(0.5, 0.5), (0.7, 0.3), (0.3, 0.6)]))
    tab.settle()
    point = tab.run(f"Array.from({state}.point)")
    expected = pages.through("decode", "vae", point, [2])
    decoded = tab.run(f"Array.from({state}.network.decode({state}.point))")
    worst = max(abs(a - b) for a, b in zip(decoded, expected))
    check("the plane decodes as aetool does", len(decoded) == 784 and worst < 0.003, worst)
    shown = tab.run("""(() => {
      const canvas = document.querySelector("[data-kind=plane] canvas.pixels");
      return Array.from(canvas.getContext("2d").getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 === 0));
    })()""")
    worst = max(abs(a - 255 * b) for a, b in zip(shown, expected))
    check("the picture shows it", worst <= 1.5, f"{worst} grey levels apart")
    before = point
    tab.run(f"document.querySelector('{canvas}').focus()")
    tab.key("ArrowRight", 39)
    tab.settle()
    after = tab.run(f"Array.from({state}.point)")
    check("an arrow key moves the point", after[0] > before[0] and after[1] == before[1], (before, after))
    tab.close()


def sliders(browser, pages):
    tab = browser.open(pages.bare, width=1440)
    tab.build_all()
    state = "document.querySelector('[data-kind=sliders] > .stage').state"
    before = tab.run(f"Array.from({state}.code)")
    tab.run("document.querySelector('[data-kind=sliders] input').focus()")
    for _ in range(5):
        tab.key("ArrowRight", 39)
    after = tab.run(f"Array.from({state}.code)")
    check("a slider moves a number of the code", sum(a != b for a, b in zip(before, after)) == 1, (before, after))
    tab.close()


def every_kind(browser, pages):
    """What each kind of widget shows follows from what one does with it."""
    tab = browser.open(pages.every, width=1440)
    tab.build_all()

    def state(kind, what):
        return tab.run(f"document.querySelector('[data-kind={kind}] > .stage').state.{what}")

    def set_sliders(kind, *values):
        tab.run(f"""[...document.querySelectorAll("[data-kind={kind}] input[type=range]")].forEach((input, i) => {{
          if (i >= {len(values)}) return;
          input.value = {list(values)}[i];
          input.dispatchEvent(new Event("input"));
        }})""")
        tab.settle()

    def press(kind, name):
        tab.run(f"""[...document.querySelectorAll("[data-kind={kind}] button")].find((button) =>
          button.textContent.includes("{name}")).click()""")
        tab.settle()

    # D(N(0, 1) ‖ N(1, 4)) = ln 2 + (1 + 1)/8 − 1/2, and the other way −ln 2 + (4 + 1)/2 − 1/2.
    set_sliders("kl", 0, 1, 1, 2)
    check("D(p ‖ q) of normals", abs(state("kl", "forward") - 0.443147) < 1e-5, state("kl", "forward"))
    check("D(q ‖ p) of normals", abs(state("kl", "backward") - 1.306853) < 1e-5, state("kl", "backward"))
    press("kl", "equal")
    check("both are 0 where p = q", abs(state("kl", "forward")) < 1e-12 and abs(state("kl", "backward")) < 1e-12)
    # D(½ ‖ ¼) = ½ ln 2 + ½ ln ⅔ = 0.143841.
    set_sliders("coins", 0.5, 0.25)
    check("D(p ‖ q) of coins", abs(state("coins", "forward") - 0.143841) < 1e-5, state("coins", "forward"))
    set_sliders("coins", 0.5, 0)
    check("infinite where q is 0", tab.run("""document.querySelector("[data-kind=coins] > .stage").state.forward === Infinity
      && document.querySelector("[data-kind=coins]").innerText.includes("∞")"""))
    set_sliders("rate", 0)
    check("a codec that is not so small is left out", "not so small" in tab.run(
        "document.querySelector('[data-kind=rate]').innerText"))
    set_sliders("rate", 1)
    check("the rate's slider changes the bytes", state("rate", "stop") == 1)
    before = state("units", "unit")
    canvas = "[data-kind=units] canvas.drag"
    tab.drag([tab.place(canvas, 0.05, 0.08)])
    tab.settle()
    check("a unit is picked", state("units", "unit") == 0 or before == 0, state("units", "unit"))
    check("some units fire and some do not", 0 < state("units", "fires") < 64, state("units", "fires"))
    # Beyond half of the pixels masked, the corrupted image is further from the clean one than a model's cleaning.
    set_sliders("denoise", 0.8)
    errors = tab.run("""[...document.querySelectorAll("[data-kind=denoise] figcaption b")].map((b) => Number(b.textContent))""")
    check("noise can be seen and cleaned", len(errors) == 2 and errors[0] > 40 and errors[1] > 0, errors)
    trail = "trails.filter((trail) => trail.count > 3).length"
    tab.until(f"document.querySelector('[data-kind=field] > .stage').state.{trail} > 5")
    check("points follow the field", state("field", trail) > 5)
    set_sliders("memory", -100)
    first = state("memory", "best")
    set_sliders("memory", 100)
    check("the code's ends are near different samples", first != state("memory", "best"), first)
    check("the widgets make no errors", not tab.problems(), tab.problems())
    tab.close()


def hostile_name(browser, pages):
    tab = browser.open(pages.reports)
    check("a name that is markup is shown as text", HOSTILE in tab.run("document.body.innerText"))
    check("and is no element", tab.run("document.querySelectorAll('img[src=x]').length") == 0)
    tab.close()


def verdicts(browser, path):
    """Every section's verdicts are those of claims.json beside the page, where `aetool notes` wrote it."""
    claims = os.path.join(os.path.dirname(path), "claims.json")
    if not os.path.exists(claims):
        return
    with open(claims) as file:
        expected = json.load(file)
    tab = browser.open(path)
    for section, list_ in expected.items():
        found = tab.run(f"""[...document.querySelectorAll("#{section} .verdict")].map((line) =>
          [line.classList.contains("seen"), line.lastElementChild.textContent.replace(/^[^:]*: /, "")])""")
        told = [[claim["verdict"]["isSeen"], claim["verdict"]["text"].replace("`", "")] for claim in list_]
        check(f"the verdicts of {section} are those of claims.json", sorted(found) == sorted(told), [found, told])
    tab.close()


def prints(browser, path):
    tab = browser.open(path)
    tab.build_all()
    tab.send("Emulation.setEmulatedMedia", media="print")
    hidden = tab.run("""[...document.querySelectorAll(".stage")].every((e) => getComputedStyle(e).display === "none")
      && [...document.querySelectorAll(".fallback")].every((e) => getComputedStyle(e).display !== "none")""")
    check("print shows what stands for widgets", hidden)
    tab.close()


def frame_rate(browser, path, selector):
    """Frames a second while a pointer drags, for a person to read."""
    tab = browser.open(path, width=1440)
    tab.build_all()
    rate = tab.run(f"""(async () => {{
      const element = document.querySelector("{selector}");
      element.scrollIntoView({{ block: "center", behavior: "instant" }});
      const box = element.getBoundingClientRect();
      const send = (type, t) => element.dispatchEvent(new PointerEvent(type, {{
        clientX: box.left + box.width * (0.5 + 0.35 * Math.cos(t)), clientY: box.top + box.height * (0.5 + 0.35 * Math.sin(t)),
        bubbles: true, button: 0, buttons: 1, pointerId: 1 }}));
      const frame = () => new Promise(requestAnimationFrame);
      await frame();
      send("pointerdown", 0);
      const start = performance.now();
      let frames = 0;
      while (performance.now() - start < 1500) {{
        send("pointermove", frames++ / 10);
        await frame();
      }}
      return frames / (performance.now() - start) * 1000;
    }})()""")
    print(f"{rate:.0f} frames a second while dragging over {selector}")
    tab.close()


def main():
    aetool, *named = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        pages = Pages(os.path.abspath(aetool), folder)
        browser = Chromium()
        try:
            for path in pages.all() + named:
                attempt(f"{path} fits", fits, browser, path)
                attempt(f"{path} without scripts", readable_without_scripts, browser, path)
            for path in named:
                attempt(f"{path}: verdicts", verdicts, browser, path)
            attempt("drawing", drawing, browser, pages)
            attempt("plane", plane, browser, pages)
            attempt("sliders", sliders, browser, pages)
            attempt("every kind of widget", every_kind, browser, pages)
            attempt("hostile name", hostile_name, browser, pages)
            attempt("print", prints, browser, pages.explorer)
            for selector in [PAD, "[data-kind=plane] canvas.drag"]:
                attempt("frame rate", frame_rate, browser, pages.explorer, selector)
        finally:
            browser.close()
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
