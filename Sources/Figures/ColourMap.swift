/// Colours for numbers from low to high. Their lightness rises evenly, so that a grey print shows the order too.
///
/// Source: nine evenly spaced colours of viridis (S. van der Walt, N. Smith, 2015), which straight lines join.
enum ColourMap {
  typealias Colour = (red: UInt8, green: UInt8, blue: UInt8)

  static let stops: [Colour] = [
    (0x44, 0x01, 0x54), (0x47, 0x2D, 0x7B), (0x3B, 0x52, 0x8B), (0x2C, 0x72, 0x8E), (0x21, 0x91, 0x8C),
    (0x28, 0xAE, 0x80), (0x5E, 0xC9, 0x62), (0xAD, 0xDC, 0x30), (0xFD, 0xE7, 0x25),
  ]

  /// NaN has a grey that the map does not contain.
  static let missing: Colour = (0x80, 0x80, 0x80)

  /// Returns the colour of `value` on a scale from `low` to `high`; a value beyond an end has the colour of that end.
  static func colour(_ value: Float, low: Float, high: Float) -> Colour {
    if value.isNaN { return missing }
    // The difference is taken in Double, since that of two Floats may overflow. Equal ends give every value low's
    // colour.
    let span = max(Double(high) - Double(low), .leastNormalMagnitude)
    let place = max(0, min(1, (Double(value) - Double(low)) / span)) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let (from, to, part) = (stops[index], stops[index + 1], place - Double(index))
    func mixed(_ from: UInt8, _ to: UInt8) -> UInt8 {
      UInt8((Double(from) + part * (Double(to) - Double(from))).rounded())
    }
    return (mixed(from.red, to.red), mixed(from.green, to.green), mixed(from.blue, to.blue))
  }

  /// Returns the stops as a gradient of SVG, with the low end at the bottom.
  static func gradient(id: String) -> String {
    let last = Double(stops.count - 1)
    let parts = stops.enumerated().map { index, stop in
      "<stop offset=\"\(decimal(Double(index) / last, digits: 3))\" "
        + "stop-color=\"rgb(\(stop.red),\(stop.green),\(stop.blue))\"/>"
    }
    return "<linearGradient id=\"\(id)\" x1=\"0\" y1=\"1\" x2=\"0\" y2=\"0\">\(parts.joined())</linearGradient>"
  }
}
