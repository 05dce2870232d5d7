/// The strip at the left of a picture of images, which says what each row shows.
struct LabelStrip {
  /// The pixels that the strip takes at the left; 0 without labels.
  let width: Int
  /// The height of a row: that of its images, or of its label where that is higher.
  let rowHeight: Int
  /// How many pixels of the picture a pixel of a letter takes on each side.
  private let scale: Int
  private static let margin = 4
  /// A label longer than this is cut, so that the images stay what the picture is about.
  private static let mostLetters = 40

  /// Makes the strip for rows of images that are `imageHeight` pixels high in the picture; letters grow with them.
  init(_ labels: [String], imageHeight: Int) {
    scale = max(1, min(4, imageHeight / 56))
    let lines = labels.map(Self.lines)
    let longest = lines.joined().map(\.unicodeScalars.count).max() ?? 0
    width = labels.isEmpty ? 0 : (longest * LabelFont.width + 2 * Self.margin) * scale
    rowHeight = max(imageHeight, (lines.map(\.count).max() ?? 0) * LabelFont.height * scale)
  }

  private static func lines(_ label: String) -> [Substring] {
    label.split(separator: "\n", omittingEmptySubsequences: false).map { $0.prefix(mostLetters) }
  }

  /// Calls `pixel` with the place of every pixel of `label`, in the middle of a row that begins at `top` and whose
  /// images are `height` high.
  func draw(_ label: String, top: Int, height: Int, _ pixel: (_ x: Int, _ y: Int) -> Void) {
    let lines = Self.lines(label)
    let start = top + max(0, height - lines.count * LabelFont.height * scale) / 2
    for (number, line) in lines.enumerated() {
      for (place, letter) in line.unicodeScalars.enumerated() {
        for (y, row) in LabelFont.rows(of: letter).enumerated() {
          for x in 0..<LabelFont.width where row & (0x20 >> UInt8(x)) != 0 {
            let left = (Self.margin + place * LabelFont.width + x) * scale
            let above = start + (number * LabelFont.height + y) * scale
            for i in 0..<scale * scale { pixel(left + i % scale, above + i / scale) }
          }
        }
      }
    }
  }
}
