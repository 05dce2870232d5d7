#if canImport(Glibc)
  import Glibc
#endif

/// How an axis runs: equal lengths are equal differences (`linear`) or equal factors (`logarithmic`).
public enum AxisScale: String, CaseIterable, Sendable {
  case linear, logarithmic

  /// Returns the scale on which all of `values` can be told apart: logarithmic where they are positive and the largest
  /// is at least a thousand times the least, otherwise linear.
  public static func fitting(_ values: [Double]) -> AxisScale {
    let finite = values.filter(\.isFinite)
    guard let least = finite.min(), let greatest = finite.max(), least > 0 else { return .linear }
    return greatest / least >= 1000 ? .logarithmic : .linear
  }
}

/// Holds the range of an axis and says where values lie in it.
struct PlotAxis {
  let scale: AxisScale
  /// The ends of the axis on its even scale, which has the values themselves or their decimal logarithms.
  private(set) var low: Double
  private(set) var high: Double

  /// Reaches from the least to the greatest of `values` and a twentieth beyond; on a logarithmic axis all are positive.
  init(_ values: [Double], _ scale: AxisScale, fromZero: Bool = false) {
    self.scale = scale
    let even = scale == .linear ? values : values.map(log10)
    let fromZero = fromZero && scale == .linear
    let least = fromZero ? min(0, even.min() ?? 0) : even.min() ?? 0
    let greatest = even.max() ?? 1
    let margin = greatest > least ? (greatest - least) * 0.05 : max(abs(greatest) * 0.1, 0.5)
    low = fromZero && least == 0 ? 0 : least - margin
    high = greatest + margin
  }

  /// Returns where `value` lies, from 0 at the low end of the axis to 1 at the high end.
  func place(_ value: Double) -> Double { ((scale == .linear ? value : log10(value)) - low) / (high - low) }

  /// Returns an axis with the same middle that is `length` long from end to end.
  func widened(to length: Double) -> PlotAxis {
    var axis = self
    (axis.low, axis.high) = ((low + high - length) / 2, (low + high + length) / 2)
    return axis
  }

  var length: Double { high - low }

  /// The values of the ticks with their labels.
  var ticks: [(value: Double, label: String)] {
    // A range of less than 0.8 decades (a factor of 6.3) has too few ticks at 1, 2 and 5 times powers of ten.
    if scale == .logarithmic, high - low >= 0.8 { return logarithmicTicks }
    let ticks = scale == .linear ? Ticks(low, high) : Ticks(pow(10, low), pow(10, high))
    return ticks.values.map { ($0, ticks.label($0)) }
  }

  /// The ticks are 1, 2 and 5 times powers of ten; over more than three decades they are powers alone.
  private var logarithmicTicks: [(value: Double, label: String)] {
    let factors = high - low > 3 ? [1.0] : [1, 2, 5]
    let step = max(1, Int((high - low) / 10))
    // The exponents are multiples of the step, so that 1 is among them where the axis has it.
    let first = Int((low / Double(step)).rounded(.down)) * step
    return stride(from: first, through: Int(high.rounded(.up)), by: step).flatMap { exponent in
      factors.compactMap { factor in
        let value = factor * pow(10, Double(exponent))
        guard log10(value) >= low - 1e-9, log10(value) <= high + 1e-9 else { return nil }
        let isShort = -4...5 ~= exponent
        return (
          value,
          isShort ? decimal(value, digits: max(0, -exponent)) : scientific(value, stepExponent: exponent)
        )
      }
    }
  }
}
