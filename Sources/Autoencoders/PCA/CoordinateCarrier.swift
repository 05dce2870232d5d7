/// The way in which units of one activation φ pass a number v on, so that the next layer gets v back by a linear map:
/// unit i sees fᵢ·v, and v = Σ rᵢ φ(fᵢ·v).
///
/// | φ | units | f | r | v comes back |
/// | --- | --- | --- | --- | --- |
/// | identity | 1 | 1 | 1 | exactly |
/// | ReLU, SiLU | 2 | 1, −1 | 1, −1 | exactly: max(v, 0) − max(−v, 0) = v, and v σ(v) + v σ(−v) = v |
/// | leaky ReLU | 2 | 1, −1 | 1/1.01, −1/1.01 | exactly |
/// | tanh | 1 | s | 1/s | as v − s²v³/3 + …; s is 0.1 divided by the largest magnitude of v |
struct CoordinateCarrier {
  /// The factor f of each unit, by which v becomes the unit's input.
  let factors: [Double]
  /// The factor r of each unit, by which v has a share of the unit's output.
  let readout: [Double]

  /// The largest input of a tanh unit, at which tanh is 0.3 % below a straight line.
  static let largestInput = 0.1

  /// The number of units for each number v.
  var width: Int { factors.count }

  /// Creates the carrier of `activation`; nil where the activation has none. `reach` is the largest magnitude of v.
  init?(_ activation: Activation, reach: Double = 0) {
    switch activation {
    case .identity: (factors, readout) = ([1], [1])
    case .relu, .silu: (factors, readout) = ([1, -1], [1, -1])
    case .leakyReLU: (factors, readout) = ([1, -1], [1 / 1.01, -1 / 1.01])
    case .tanh:
      let scale = reach > 0 ? Self.largestInput / reach : 1
      (factors, readout) = ([scale], [1 / scale])
    case .elu, .sigmoid: return nil
    }
  }
}
