#!/usr/bin/env python3
"""Checks that the Swift code in the library's articles and in the README is code that is compiled: every block stands,
line by line, in an example's source or manifest, or in the source file that the text before the block names last.
Indentation as a whole may differ. Prints the blocks that stand nowhere, and exits with 1 if there are any.
Usage: article-code.py"""
import pathlib
import re
import sys
import textwrap

root = pathlib.Path(__file__).resolve().parent.parent.parent
articles = sorted(root.glob("Sources/*/*.docc/*.md")) + [root / "README.md"]
examples = sorted(root.glob("Examples/*/Sources/*.swift")) + sorted(root.glob("Examples/*/Package.swift"))


def stands_in(block, path):
    lines = path.read_text().splitlines()
    wanted = textwrap.dedent(block).splitlines()
    return any(
        textwrap.dedent("\n".join(lines[start:start + len(wanted)])).splitlines() == wanted
        for start in range(len(lines) - len(wanted) + 1))


count, missing = 0, 0
for article in articles:
    text = article.read_text()
    for match in re.finditer(r"^```swift\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        count += 1
        named = re.findall(r"`((?:Sources|Examples)/[\w/.-]+\.swift)`", text[:match.start()])
        places = examples + ([root / named[-1]] if named else [])
        if not any(place.exists() and stands_in(match[1], place) for place in places):
            missing += 1
            line = text[:match.start()].count("\n") + 1
            print(f"{article.relative_to(root)}:{line}: this code stands in no file:\n{match[1]}")
print(f"{count} blocks in {len(articles)} files, {missing} of them nowhere")
sys.exit(1 if missing or not count else 0)
