#!/usr/bin/env python3
"""Takes pictures of a page for a person to look at: shoot.py PAGE FOLDER"""

import os
import sys

from chromium import Chromium

page, folder = sys.argv[1:3]
os.makedirs(folder, exist_ok=True)
browser = Chromium()
try:
    for name, width, dark in [("phone", 360, False), ("phone-dark", 360, True), ("desktop", 1440, False),
                              ("desktop-dark", 1440, True)]:
        tab = browser.open(page, width=width, height=900, dark=dark, touch=width < 600)
        tab.build_all()
        tab.picture(os.path.join(folder, f"{name}.png"))
        for problem in tab.problems():
            print(f"{name}: {problem}")
        if name == "desktop":
            tab.print(os.path.join(folder, "print.pdf"))
        tab.close()
finally:
    browser.close()
