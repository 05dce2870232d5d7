import Linalg

/// One logistic density of a mixture, integrated over an interval of fixed width around x, with
/// a = (x − m + width/2) / s and b = (x − m − width/2) / s.
struct LogisticBin<S: BLASScalar> {
  /// ln π.
  let logWeight: S
  private let mean, inverseScale, half, logFactor, tail: S.Vector

  init(logWeight: Double, mean: Double, scale: Double, width: Double) {
    let q = width / scale
    self.logWeight = S(logWeight)
    self.mean = S.Vector(S(mean))
    inverseScale = S.Vector(S(1 / scale))
    half = S.Vector(S(q / 2))
    // π (1 − e^−q) with 1 − e^−q = 2 tanh(q/2) / (1 + tanh(q/2)), which is exact for small q.
    let t = Double.tanh(q / 2)
    logFactor = S.Vector(S(logWeight + Double.log(2 * t / (1 + t))))
    // q / (e^q − 1) = q e^−q / (1 − e^−q)
    tail = S.Vector(S(q * Double.exp(-q) * (1 + t) / (2 * t)))
  }

  /// t = ln π (σ(a) − σ(b)).
  @inline(__always)
  func logShare(_ x: S.Vector) -> S.Vector {
    let u = (x - mean) * inverseScale
    return logFactor - S.Vector.softplus(-u - half) - S.Vector.softplus(u - half)
  }

  /// ∂t/∂x.
  @inline(__always)
  func slope(_ x: S.Vector) -> S.Vector {
    let u = (x - mean) * inverseScale
    return (S.Vector.sigmoid(-u - half) - S.Vector.sigmoid(u - half)) * inverseScale
  }

  /// ∂t/∂ ln s = −a σ(−a) + b σ(b) − q / (e^q − 1), q = width / s.
  @inline(__always)
  func stretch(_ x: S.Vector) -> S.Vector {
    let u = (x - mean) * inverseScale
    let (a, b) = (u + half, u - half)
    return b * S.Vector.sigmoid(b) - a * S.Vector.sigmoid(-a) - tail
  }
}
