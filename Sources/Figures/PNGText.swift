import CZlibShim

/// A text within a PNG file, which viewers do not show: a chunk `tEXt` with a keyword (PNG specification, 11.3.4.3).
extension PNG {
  /// Where the first chunk, `IHDR` of 25 bytes, ends behind the signature of 8.
  private static let firstPlace = 33

  /// Returns the picture `png` with a text of ASCII characters under `keyword`, as its second chunk, in the place of the
  /// text that it has there already.
  public static func adding(_ text: String, keyword: String, to png: [UInt8]) -> [UInt8] {
    if let before = Self.text(keyword: keyword, in: png) {
      let length = 12 + keyword.utf8.count + 1 + before.utf8.count
      return adding(text, keyword: keyword, to: Array(png[..<firstPlace] + png[(firstPlace + length)...]))
    }
    let content = Array("tEXt".utf8) + Array(keyword.utf8) + [0] + Array(text.utf8)
    precondition(png.count > firstPlace && !keyword.isEmpty && keyword.utf8.count < 80, "PNG: no place for a text")
    let check = unsafe crc32(0, content, UInt32(content.count))
    let chunk = bigEndian(UInt32(content.count - 4)) + content + bigEndian(UInt32(check))
    return Array(png[..<firstPlace]) + chunk + png[firstPlace...]
  }

  /// Returns the text under `keyword` that is the second chunk of a picture; nil where it has none there.
  public static func text(keyword: String, in png: [UInt8]) -> String? {
    let start = Array("tEXt".utf8) + Array(keyword.utf8) + [0]
    guard png.starts(with: [0x89] + Array("PNG".utf8)), png.count >= firstPlace + 8 else { return nil }
    let length = png[firstPlace..<firstPlace + 4].reduce(0) { $0 << 8 | Int($1) }
    let content = png[(firstPlace + 4)...].prefix(length + 4)
    guard content.count == length + 4, content.starts(with: start) else { return nil }
    return String(decoding: content.dropFirst(start.count), as: UTF8.self)
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) } }
}
