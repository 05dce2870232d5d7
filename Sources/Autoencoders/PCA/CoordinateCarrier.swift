/// How units of one activation φ pass a number v on, so that the next layer gets it back by a linear map: some units see
/// fᵢ·v, and v = Σ rᵢ φ(fᵢ·v).
///
/// | φ | units | f | r | v comes back |
/// | --- | --- | --- | --- | --- |
/// | identity | 1 | 1 | 1 | exactly |
/// | ReLU, SiLU | 2 | 1, −1 | 1, −1 | exactly: max(v, 0) − max(−v, 0) = v, and v σ(v) + v σ(−v) = v |
/// | leaky ReLU | 2 | 1, −1 | 1/1.01, −1/1.01 | exactly |
/// | tanh | 1 | s | 1/s | as v − s²v³/3 + …; s is 0.1 by the largest magnitude of v |
struct CoordinateCarrier {
  /// f: by unit, what its input is of v.
  let factors: [Double]
  /// r: by unit, what v has of its output.
  let readout: [Double]

  /// The largest input of a tanh unit: there tanh is 0.3 % below a straight line.
  static let largestInput = 0.1

  /// Units for each number.
  var width: Int { factors.count }

  /// nil: `activation` has no such units. `reach`: the largest magnitude of v.
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
