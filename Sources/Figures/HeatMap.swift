import FoundationEssentials

/// A matrix as colours, in SVG: each number is a cell, row 0 is on top, and a colour bar stands beside the cells. The
/// picture follows the reader's light or dark scheme.
public struct HeatMap: Sendable {
  /// A group of rows that belong together.
  public struct Group: Sendable, Equatable {
    public let label: String
    /// How many rows the group has; they begin where the group before ends.
    public let rows: Int

    public init(_ label: String, rows: Int) {
      precondition(rows > 0, "HeatMap: a group of \(rows) rows")
      self.label = label
      self.rows = rows
    }
  }

  public let title: String
  public let xLabel: String
  public let yLabel: String
  /// The numbers, rows × columns, row after row.
  public let values: [Float]
  public let rows: Int
  public let columns: Int
  /// The numbers that the ends of the colour bar stand for.
  public let range: ClosedRange<Float>
  /// The groups in order, which together have all rows; or none.
  public let groups: [Group]

  /// Makes a heat map. Without a `range`, that of the finite values is taken. Values outside it have the colours of its
  /// ends, and NaN is grey.
  ///
  /// Groups are drawn apart, and their labels replace the rows' numbers.
  public init(
    title: String, xLabel: String, yLabel: String, values: [Float], rows: Int, columns: Int,
    range: ClosedRange<Float>? = nil, groups: [Group] = []
  ) {
    precondition(
      rows > 0 && columns > 0 && values.count == rows * columns,
      "HeatMap: \(values.count) values for \(rows) × \(columns)")
    let grouped = groups.reduce(0) { $0 + $1.rows }
    precondition(groups.isEmpty || grouped == rows, "HeatMap: groups of \(grouped) rows in all for \(rows)")
    precondition(
      range.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? true, "HeatMap: a range without end")
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.values = values
    self.rows = rows
    self.columns = columns
    let finite = values.filter(\.isFinite)
    self.range = range ?? (finite.min() ?? 0)...(finite.max() ?? 1)
    self.groups = groups
  }

  /// Returns the picture, which is `width` × `height` units large; the cells of each group are a PNG picture within it.
  ///
  /// Throws for more rows or columns than a PNG picture may have (`PNG.longestSide`).
  public func svg(width: Int = 720, height: Int = 440) throws(PNG.Failure) -> String {
    let frame = Frame(self, width: Double(width), height: Double(height))
    var parts = [ColourMap.gradient(id: "colours")]
    for band in frame.bands {
      parts.append(
        "<image x=\"\(n(frame.left))\" y=\"\(n(band.top))\" width=\"\(n(frame.width))\" height=\"\(n(band.height))\" "
          + "preserveAspectRatio=\"none\" style=\"image-rendering:optimizeSpeed;image-rendering:pixelated\" "
          + "href=\"data:image/png;base64,\(Data(try png(band, frame)).base64EncodedString())\"/>")
      parts.append(outline(frame.left, band.top, frame.width, band.height))
    }
    parts += frame.ticks(columns: columns)
    parts += groups.isEmpty ? frame.rowTicks() : frame.groupLabels(groups)
    parts += SVG.axisLabels(
      xLabel, yLabel, left: frame.left, right: frame.right, top: frame.top, bottom: frame.bottom)
    parts += colourBar(frame)
    return SVG.document(title: title, width: width, height: height, left: frame.left, parts)
  }

  /// Returns the rows of a band as a PNG picture, in which a value has at least as many pixels as it takes units on the
  /// page.
  ///
  /// Not every viewer keeps pixels sharp when it enlarges a picture, whatever `image-rendering` says; if the picture is
  /// large enough at once, only the edges of the cells blur.
  private func png(_ band: Frame.Band, _ frame: Frame) throws(PNG.Failure) -> [UInt8] {
    let across = max(1, Int((frame.width / Double(columns)).rounded(.up)))
    let down = max(1, Int((band.height / Double(band.rows.count)).rounded(.up)))
    let shape = ImageShape(height: band.rows.count * down, width: columns * across, channels: 3)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(shape.count)
    for row in band.rows {
      let start = pixels.count
      for value in values[row * columns..<(row + 1) * columns] {
        let colour = ColourMap.colour(value, low: range.lowerBound, high: range.upperBound)
        for _ in 0..<across {
          pixels.append(colour.red)
          pixels.append(colour.green)
          pixels.append(colour.blue)
        }
      }
      let line = Array(pixels[start...])
      for _ in 1..<down { pixels += line }
    }
    return try PNG.encode(pixels, shape)
  }

  private func outline(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String = "none"
  ) -> String {
    "<rect class=\"axis\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(width))\" height=\"\(n(height))\" fill=\"\(fill)\"/>"
  }

  private func colourBar(_ frame: Frame) -> [String] {
    let x = frame.right + Frame.barGap
    let labelX = x + Frame.barWidth + 6
    return [
      outline(x, frame.top, Frame.barWidth, frame.bottom - frame.top, fill: "url(#colours)"),
      SVG.text(rangeLabels.high, labelX, frame.top + 9), SVG.text(rangeLabels.low, labelX, frame.bottom),
    ]
  }

  /// The ends of the range as labels, to a tenth of what a tick would show.
  fileprivate var rangeLabels: (low: String, high: String) {
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    let isWhole = low == low.rounded() && high == high.rounded()
    let digits = isWhole ? 0 : Ticks(low, high).digits + 1
    // A label that would be a long row of digits is the shortest exact form instead; so is the label of a single value.
    if !isWhole && (digits > 6 || low == high) { return ("\(range.lowerBound)", "\(range.upperBound)") }
    return (decimal(low, digits: digits), decimal(high, digits: digits))
  }
}

/// Says where the cells lie on the page.
private struct Frame {
  static let barGap = 18.0
  static let barWidth = 14.0
  /// The width of letters and digits at 12 pixels, roughly.
  private static let characterWidth = 7.0

  struct Band {
    let rows: Range<Int>
    let top: Double
    let height: Double
    var middle: Double { top + height / 2 }
  }

  let left: Double
  let right: Double
  let top = 44.0
  let bottom: Double
  /// The bands, one a group, from the top; without groups there is a single one.
  let bands: [Band]

  var width: Double { right - left }

  init(_ map: HeatMap, width: Double, height: Double) {
    let longest = map.groups.map(\.label.count).max() ?? 0
    // A label gets at most this much room, so that some is left for the cells.
    left = min(max(64, 36 + Self.characterWidth * Double(longest)), width * 0.4)
    let barLabel = max(map.rangeLabels.low.count, map.rangeLabels.high.count)
    right = width - Self.barGap - Self.barWidth - 18 - Self.characterWidth * Double(barLabel)
    bottom = height - 48
    let sizes = map.groups.isEmpty ? [map.rows] : map.groups.map(\.rows)
    // The gaps take a fifth of the height at most.
    let gap = sizes.count > 1 ? min(6, (bottom - top) / 5 / Double(sizes.count - 1)) : 0
    let rowHeight = (bottom - top - gap * Double(sizes.count - 1)) / Double(map.rows)
    var bands: [Band] = []
    var (row, y) = (0, top)
    for size in sizes {
      bands.append(Band(rows: row..<row + size, top: y, height: rowHeight * Double(size)))
      row += size
      y += rowHeight * Double(size) + gap
    }
    self.bands = bands
  }

  /// Returns the numbers of the columns, from 0, each under the middle of its column.
  func ticks(columns: Int) -> [String] {
    Self.wholeTicks(columns).map { column in
      SVG.text("\(column)", left + (Double(column) + 0.5) / Double(columns) * width, bottom + 17, anchor: .middle)
    }
  }

  /// Returns the numbers of the rows, from 0, for a map with a single band.
  func rowTicks() -> [String] {
    let rows = bands[0].rows.count
    return Self.wholeTicks(rows).map { row in
      SVG.text("\(row)", left - 7, top + (Double(row) + 0.5) / Double(rows) * (bottom - top) + 4, anchor: .end)
    }
  }

  /// Returns a label beside the middle of each band; labels that would overlap the one above are left out.
  func groupLabels(_ groups: [HeatMap.Group]) -> [String] {
    var parts: [String] = []
    var last = -Double.infinity
    for (band, group) in zip(bands, groups) where band.middle - last >= 13 {
      parts.append(SVG.text(group.label, left - 7, band.middle + 4, anchor: .end))
      last = band.middle
    }
    return parts
  }

  /// Returns the round numbers among 0 ..< count.
  private static func wholeTicks(_ count: Int) -> [Int] {
    Ticks(0, Double(count - 1)).values.filter { $0 == $0.rounded() }.map { Int($0) }
  }
}
