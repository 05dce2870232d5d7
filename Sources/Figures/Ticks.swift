/// Round numbers along an axis: whole multiples of 1, 2 or 5 times a power of ten.
struct Ticks: Equatable {
  let values: [Double]
  /// How many digits behind the point tell the numbers apart.
  let digits: Int
  /// The power of ten of the distance between two numbers.
  private let stepExponent: Int
  /// Whether the labels have exponents, as in 2.5e8: where they would have more than six characters, and fewer that
  /// way.
  private var isScientific = false

  /// Finds about `wanted` round numbers within low...high.
  init(_ low: Double, _ high: Double, wanted: Int = 6) {
    let span = high - low
    guard span > 0, span.isFinite else {
      values = [low]
      digits = 2
      stepExponent = -2
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
    stepExponent = exponent + (factor == 10 ? 1 : 0)
    digits = max(0, -stepExponent)
    let plain = values.map { decimal($0, digits: digits).count }.max() ?? 0
    isScientific = plain > 6 && values.map { scientific($0, stepExponent: stepExponent).count }.max() ?? 0 < plain
  }

  func label(_ value: Double) -> String {
    isScientific ? scientific(value, stepExponent: stepExponent) : decimal(value, digits: digits)
  }
}

/// Returns a number as in 2.5e8, with as many digits as tell it from one that is 10^`stepExponent` larger.
func scientific(_ value: Double, stepExponent: Int) -> String {
  guard value.isFinite, value != 0 else { return decimal(value, digits: 0) }
  var (mantissa, exponent) = (abs(value), 0)
  while mantissa >= 10 { mantissa /= 10; exponent += 1 }
  while mantissa < 1 { mantissa *= 10; exponent -= 1 }
  let digits = max(0, min(15, exponent - stepExponent))
  var text = decimal(mantissa, digits: digits)
  // 9.96 with one digit would be 10.0.
  if text.hasPrefix("10") {
    text = decimal(mantissa / 10, digits: digits)
    exponent += 1
  }
  return (value < 0 ? "-" : "") + text + "e\(exponent)"
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
