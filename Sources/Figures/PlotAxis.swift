#if canImport(Glibc)
  import Glibc
#endif

/// How an axis runs: evenly, or each step as many times the last one.
public enum AxisScale: Sendable, Equatable {
  case linear, logarithmic
}

/// The range of an axis, and where values lie in it.
struct PlotAxis {
  let scale: AxisScale
  /// In what is even: the values themselves or their decimal logarithms.
  private(set) var low: Double
  private(set) var high: Double

  /// From the least to the greatest of `values`, and a twentieth beyond; on a logarithmic axis all are positive.
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

  /// From 0 at the axis's low end to 1.
  func place(_ value: Double) -> Double { ((scale == .linear ? value : log10(value)) - low) / (high - low) }

  /// The same middle, and so much from end to end.
  func widened(to length: Double) -> PlotAxis {
    var axis = self
    (axis.low, axis.high) = ((low + high - length) / 2, (low + high + length) / 2)
    return axis
  }

  var length: Double { high - low }

  /// Values with their labels.
  var ticks: [(value: Double, label: String)] {
    // Less than a doubling has too few round numbers of the logarithmic kind.
    if scale == .logarithmic, high - low >= 0.8 { return logarithmicTicks }
    let ticks = scale == .linear ? Ticks(low, high) : Ticks(pow(10, low), pow(10, high))
    return ticks.values.map { ($0, ticks.label($0)) }
  }

  /// 1, 2 and 5 times powers of ten, of large ranges only the powers themselves.
  private var logarithmicTicks: [(value: Double, label: String)] {
    let factors = high - low > 3 ? [1.0] : [1, 2, 5]
    let step = max(1, Int((high - low) / 10))
    return stride(from: Int(low.rounded(.down)), through: Int(high.rounded(.up)), by: step).flatMap { exponent in
      factors.compactMap { factor in
        let value = factor * pow(10, Double(exponent))
        guard log10(value) >= low - 1e-9, log10(value) <= high + 1e-9 else { return nil }
        return (value, abs(exponent) > 6 ? "\(value)" : decimal(value, digits: max(0, -exponent)))
      }
    }
  }
}
