"""Drives headless Chromium over its debugging pipe: JSON messages ended by NUL, on descriptors 3 and 4.

Python's standard library alone. A page counts its own errors: exceptions, messages of the console's level "error", and
requests for anything but the page itself.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Chromium:
    def __init__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not program:
            raise SystemExit("no Chromium; Scripts/setup.sh chromium installs Debian's")
        self.profile = tempfile.mkdtemp(prefix="aetool-chromium-")
        to_read, self.to_write = os.pipe()
        self.to_hear, from_write = os.pipe()

        def place():
            # The child wants them as 3 and 4; copies beyond these first, so that neither overwrites the other.
            source, target = os.dup(to_read), os.dup(from_write)
            os.dup2(source, 3)
            os.dup2(target, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb", f"--user-data-dir={self.profile}",
             "about:blank"],
            preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.number, self.rest, self.answers, self.events = 0, b"", {}, []

    def close(self):
        try:
            self.send("Browser.close", timeout=5)
        except (OSError, TimeoutError):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.to_write)
        os.close(self.to_hear)
        shutil.rmtree(self.profile, ignore_errors=True)

    def send(self, method, session=None, timeout=60, **parameters):
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        rest = json.dumps(message).encode() + b"\0"
        while rest:
            rest = rest[os.write(self.to_write, rest):]
        end = time.monotonic() + timeout
        while number not in self.answers:
            self.hear(end - time.monotonic(), method)
        answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def hear(self, timeout, what):
        """Takes in what the browser says next."""
        if timeout <= 0 or not select.select([self.to_hear], [], [], timeout)[0]:
            raise TimeoutError(f"no answer to {what}")
        part = os.read(self.to_hear, 1 << 20)
        if not part:
            raise OSError("Chromium has ended")
        *messages, self.rest = (self.rest + part).split(b"\0")
        for message in map(json.loads, messages):
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self.events.append(message)

    def open(self, path, width=1440, height=900, dark=False, scripts=True, touch=False):
        return Tab(self, path, width, height, dark, scripts, touch)


class Tab:
    """One page, with the network cut off."""

    def __init__(self, browser, path, width, height, dark, scripts, touch):
        self.browser = browser
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.send(f"{domain}.enable")
        self.send("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0,
                  uploadThroughput=0)
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=touch)
        self.send("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        if touch:
            self.send("Emulation.setTouchEmulationEnabled", enabled=True)
        if not scripts:
            self.send("Emulation.setScriptExecutionDisabled", value=True)
        self.url = "file://" + os.path.abspath(path)
        self.send("Page.navigate", url=self.url)
        end = time.monotonic() + 30
        while not any(event["method"] == "Page.loadEventFired" and event.get("sessionId") == self.session
                      for event in browser.events):
            browser.hear(end - time.monotonic(), "the page's loading")

    def close(self):
        self.browser.send("Target.closeTarget", targetId=self.target)

    def send(self, method, **parameters):
        return self.browser.send(method, session=self.session, **parameters)

    def run(self, script):
        """Returns the value of a script, which may be a promise."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def until(self, condition, seconds=30):
        end = time.monotonic() + seconds
        while not self.run(condition):
            if time.monotonic() > end:
                raise TimeoutError(condition)
            time.sleep(0.05)

    def settle(self):
        """Waits until what was put in has been drawn."""
        self.run("new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 50))")

    def build_all(self):
        """Scrolls through the page, so that every widget is built."""
        self.run("""(async () => {
          for (const box of document.querySelectorAll(".widget")) {
            box.scrollIntoView({ behavior: "instant" });
            const end = performance.now() + 20000;
            while (!box.matches(".live") && box.querySelector(":scope > .stage") && performance.now() < end)
              await new Promise((done) => setTimeout(done, 20));
          }
          scrollTo({ top: 0, behavior: "instant" });
        })()""")
        self.settle()

    def problems(self):
        """Returns what went wrong on the page so far."""
        found = []
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            method, parameters = event["method"], event["params"]
            if method == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                found.append(details.get("exception", {}).get("description") or details["text"])
            elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "assert"):
                found.append(" ".join(str(a.get("description") or a.get("value")) for a in parameters["args"]))
            elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                found.append(parameters["entry"]["text"])
            elif method == "Network.requestWillBeSent":
                url = parameters["request"]["url"]
                if url.split("#")[0] != self.url and not url.startswith(("data:", "about:")):
                    found.append(f"asks for {url}")
        return found

    def place(self, selector, x=0.5, y=0.5):
        """Returns where a part of an element is in the window, after bringing it there."""
        return self.run(f"""(() => {{
          const element = document.querySelector({json.dumps(selector)});
          element.scrollIntoView({{ block: "center", behavior: "instant" }});
          const box = element.getBoundingClientRect();
          return [box.left + {x} * box.width, box.top + {y} * box.height];
        }})()""")

    def mouse(self, kind, x, y, pressed=True):
        self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left" if pressed else "none",
                  buttons=1 if pressed and kind != "mouseReleased" else 0, clickCount=1)

    def drag(self, points):
        """Drags the mouse along points of the window."""
        self.mouse("mousePressed", *points[0])
        for point in points[1:]:
            self.mouse("mouseMoved", *point)
        self.mouse("mouseReleased", *points[-1])

    def finger(self, points):
        """Drags a finger along points of the window."""
        self.send("Input.dispatchTouchEvent", type="touchStart", touchPoints=[dict(x=points[0][0], y=points[0][1])])
        for x, y in points[1:]:
            self.send("Input.dispatchTouchEvent", type="touchMove", touchPoints=[dict(x=x, y=y)])
        self.send("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def key(self, key, code=0, modifiers=0, text=None):
        parameters = dict(key=key, code=key, windowsVirtualKeyCode=code, modifiers=modifiers)
        self.send("Input.dispatchKeyEvent", type="keyDown", **parameters, **({"text": text} if text else {}))
        self.send("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def picture(self, path, whole=True):
        data = self.send("Page.captureScreenshot", captureBeyondViewport=whole, format="png",
                         **({"clip": self.whole()} if whole else {}))["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def whole(self):
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        return dict(x=0, y=0, width=size["width"], height=size["height"], scale=1)

    def print(self, path):
        data = self.send("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
