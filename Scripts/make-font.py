#!/usr/bin/env python3
"""Prints Sources/Figures/LabelFont.swift from the font 6x13 of X11 ("Public domain font. Share and enjoy.").

usage: make-font.py /usr/share/fonts/X11/misc/6x13-ISO8859-1.pcf.gz > Sources/Figures/LabelFont.swift
Needs Debian's packages xfonts-base and python3-pil.
"""
import gzip, io, sys
from PIL import PcfFontFile

font = PcfFontFile.PcfFontFile(io.BytesIO(gzip.open(sys.argv[1]).read()))


def rows(code):
    image = font.glyph[code][3]
    assert image.size == (6, 13), (code, image.size)
    return "".join("%02x" % sum(0x20 >> x for x in range(6) if image.getpixel((x, y))) for y in range(13))


def table(codes):
    parts = [rows(code) for code in codes]
    return "\n".join("    " + "".join(parts[i:i + 4]) + "\\" for i in range(0, len(parts), 4))


print(f'''/// The letters of labels in pictures of pixels: those of ASCII and Latin-1, 6 pixels wide and 13 high.
///
/// Source: the font 6x13 of X11, which is in the public domain; `Scripts/make-font.py` prints this file from it. The
/// font stands in the program, so that a picture is the same on every machine, whatever fonts that has.
enum LabelFont {{
  static let width = 6
  static let height = 13

  /// Returns the rows of a letter from the top, each as bits of which 1 << 5 is the leftmost pixel. A letter that the
  /// font lacks gives a question mark.
  static func rows(of letter: Unicode.Scalar) -> ArraySlice<UInt8> {{
    let index =
      switch letter.value {{
      case 0x20...0x7E: Int(letter.value) - 0x20
      case 0xA0...0xFF: Int(letter.value) - 0xA0 + 95
      default: 0x3F - 0x20
      }}
    return glyphs[index * height..<(index + 1) * height]
  }}

  private static let glyphs: [UInt8] = {{
    let digits = Array(table.utf8).map {{ $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }}
    return stride(from: 0, to: digits.count, by: 2).map {{ digits[$0] << 4 | digits[$0 + 1] }}
  }}()

  /// The rows of all letters in hexadecimal digits, 13 bytes a letter: 0x20 to 0x7E, then 0xA0 to 0xFF.
  private static let table = """
{table(list(range(0x20, 0x7F)) + list(range(0xA0, 0x100)))}

    """
}}''')
