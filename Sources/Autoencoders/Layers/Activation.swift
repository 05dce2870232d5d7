import Linalg

/// The function that a layer applies to each of its outputs.
///
/// Every derivative but SiLU's follows from the output; a layer with SiLU keeps φ′ from `forward` for `backward`.
public enum Activation: String, Sendable, Codable, CaseIterable {
  /// φ(z) = z.
  case identity
  /// max(z, 0).
  case relu
  /// z for z > 0, else 0.01 z.
  case leakyReLU = "leaky-relu"
  /// z for z > 0, else eᶻ − 1 (Clevert et al. 2016, α = 1).
  case elu
  /// z σ(z), also called swish (Elfwing et al. 2018).
  case silu
  /// σ(z) = 1 / (1 + e⁻ᶻ).
  case sigmoid
  /// tanh z.
  case tanh

  /// Whether the function passes the positive side and (nearly) stops the negative one; the He start is made for these.
  public var isRectifier: Bool {
    switch self {
    case .relu, .leakyReLU, .elu, .silu: true
    case .identity, .sigmoid, .tanh: false
    }
  }

  /// Whether `backward` needs φ′(z) from `forward`, because it does not follow from the output.
  public var keepsDerivative: Bool { self == .silu }

  /// Computes y ← φ(y + b) for a row b (1 × columns). Where `keepsDerivative` holds, `derivative` (B × columns)
  /// receives φ′.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func apply<S: BLASScalar>(
    _ y: MutableMatrixView<S>, bias b: MatrixView<S>, derivative: MutableMatrixView<S>
  ) {
    switch self {
    case .identity: transformRows(y, with: b) { y, b in y + b }
    case .relu:
      transformRows(y, with: b) { y, b in
        let z = y + b
        return z.replacing(with: 0, where: z < 0)
      }
    case .leakyReLU:
      transformRows(y, with: b) { y, b in
        let z = y + b
        return z.replacing(with: 0.01 * z, where: z < 0)
      }
    case .elu:
      transformRows(y, with: b) { y, b in
        let z = y + b
        return z.replacing(with: S.Vector.exp(z) - 1, where: z < 0)
      }
    case .sigmoid: transformRows(y, with: b) { y, b in S.Vector.sigmoid(y + b) }
    case .tanh: transformRows(y, with: b) { y, b in S.Vector.tanh(y + b) }
    case .silu:
      addToRows(b, y)
      // φ′(z) = σ(z)·(1 + z·(1 − σ(z)))
      map(y.readOnly, into: derivative) { z in
        let s = S.Vector.sigmoid(z)
        return s * (1 + z * (1 - s))
      }
      transform(y) { z in z * S.Vector.sigmoid(z) }
    }
  }

  /// Computes dy ← dy ⊙ φ′, from the output y or from the kept derivative.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func multiplyDerivative<S: BLASScalar>(
    _ dy: MutableMatrixView<S>, y: MatrixView<S>, derivative: MatrixView<S>
  ) {
    switch self {
    case .identity: break
    case .relu: transform(dy, with: y) { d, y in S.Vector(0).replacing(with: d, where: y > 0) }
    case .leakyReLU: transform(dy, with: y) { d, y in (0.01 * d).replacing(with: d, where: y > 0) }
    case .elu: transform(dy, with: y) { d, y in (d * (y + 1)).replacing(with: d, where: y > 0) }
    case .sigmoid: transform(dy, with: y) { d, y in d * (y * (1 - y)) }
    case .tanh: transform(dy, with: y) { d, y in d * (1 - y * y) }
    case .silu: transform(dy, with: derivative) { d, derivative in d * derivative }
    }
  }

  /// Computes d ← d ⊙ φ″ from the output y; φ″ is 0 where φ is straight. SiLU has no such formula and traps.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func multiplySecondDerivative<S: BLASScalar>(_ d: MutableMatrixView<S>, y: MatrixView<S>) {
    switch self {
    case .identity, .relu, .leakyReLU: d.fill(0)
    case .elu: transform(d, with: y) { d, y in (d * (y + 1)).replacing(with: 0, where: y > 0) }
    case .sigmoid: transform(d, with: y) { d, y in d * (y * (1 - y) * (1 - 2 * y)) }
    case .tanh: transform(d, with: y) { d, y in d * (-2 * y * (1 - y * y)) }
    case .silu: preconditionFailure("Activation: SiLU's second derivative does not follow from its output")
    }
  }
}
