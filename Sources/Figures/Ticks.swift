/// Round numbers along an axis: whole multiples of 1, 2 or 5 times a power of ten.
struct Ticks: Equatable {
  let values: [Double]
  /// How many digits behind the point tell the numbers apart.
  let digits: Int

  /// Finds about `wanted` round numbers within low...high.
  init(_ low: Double, _ high: Double, wanted: Int = 6) {
    let span = high - low
    guard span > 0, span.isFinite else {
      values = [low]
      digits = 2
      return
    }
    var unit = 1.0
    var exponent = 0
    while unit * 10 <= span / Double(wanted) { unit *= 10; exponent += 1 }
    while unit > span / Double(wanted) { unit /= 10; exponent -= 1 }
    let factor = [1.0, 2, 5, 10].first { span / (unit * $0) <= Double(wanted) } ?? 10
    let step = unit * factor
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    values = stride(from: first, through: last, by: 1).map { $0 * step }
    digits = max(0, -exponent - (factor == 10 ? 1 : 0))
  }

  func label(_ value: Double) -> String { decimal(value, digits: digits) }
}

/// Returns a number with `digits` digits behind the point.
func decimal(_ value: Double, digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  guard scaled < 9e18 else { return "\(value)" }
  let text = String(Int(scaled))
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  let sign = value < 0 && scaled > 0 ? "-" : ""
  return digits == 0 ? sign + padded : "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
}
