import Linalg

/// y = x with the penalty λ/B Σ |x|: summed over units, averaged over the batch (the LASSO's, Tibshirani 1996). Behind a
/// layer of rectified units it makes most of them exactly 0.
public struct L1Penalty: Layer {
  public let weight: Double
  public let inputSize: Int
  public var outputSize: Int { inputSize }
  public var summary: String { "L1 penalty \(weight)" }
  public var penaltyName: String? { "l1" }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    y.copy(x)
    return weight * sumOfMagnitudes(x) / Double(pass.batch)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂x = ∂L/∂y + λ/B sign x; at 0, where there is no derivative, 0 is taken for it
    let slope = S.Vector(S(weight) / S(pass.batch))
    zip(dz, x, into: dx) { d, x in
      d + S.Vector(0).replacing(with: slope, where: x > 0).replacing(with: -slope, where: x < 0)
    }
  }
}
