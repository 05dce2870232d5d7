import Linalg

/// The logits ax̂ + b that fit reconstructions x̂ best, with two numbers for all features. Newton's method finds them
/// on the cross-entropy Σ softplus(ax̂ + b) − x(ax̂ + b), which is convex in a and b.
///
/// The sigmoid cuts what principal components give below 0 and above 1, which removes more error than its bend adds.
/// Source: J. Platt, Probabilistic outputs for support vector machines (1999), with values in [0, 1] as targets.
struct LogitCalibration: Equatable {
  /// The slope a.
  private(set) var slope = 4.0
  /// The offset b; with a = 4 the start is the tangent of the logit at ½.
  private(set) var offset = -2.0

  static let steps = 20

  /// Fits a and b to targets x in [0, 1] and reconstructions x̂ of the same shape.
  ///
  /// Targets of 0 and 1 that can be told apart without error would lead to infinity, so the fit takes at most `steps`
  /// steps.
  init(targets x: Matrix<Float>, reconstructions: Matrix<Float>) {
    precondition(
      x.rows == reconstructions.rows && x.columns == reconstructions.columns,
      "LogitCalibration: \(x.rows)×\(x.columns) and \(reconstructions.rows)×\(reconstructions.columns)")
    var best = Derivatives(slope, offset, x.values, reconstructions.values)
    for _ in 0..<Self.steps {
      guard var step = best.newtonStep else { return }
      var next = Derivatives(slope - step.slope, offset - step.offset, x.values, reconstructions.values)
      while next.loss > best.loss {
        step = (step.slope / 2, step.offset / 2)
        if abs(step.slope) < 1e-6 * abs(slope) { return }
        next = Derivatives(slope - step.slope, offset - step.offset, x.values, reconstructions.values)
      }
      let isDone = best.loss - next.loss <= 1e-9 * best.loss
      (slope, offset, best) = (slope - step.slope, offset - step.offset, next)
      if isDone { return }
    }
  }

  /// The cross-entropy and its derivatives at given a and b.
  private struct Derivatives {
    private(set) var loss = 0.0
    private var (da, db, daa, dab, dbb) = (0.0, 0.0, 0.0, 0.0, 0.0)

    init(_ a: Double, _ b: Double, _ x: [Float], _ reconstructions: [Float]) {
      for (x, y) in Swift.zip(x, reconstructions) {
        let (x, y) = (Double(x), Double(y))
        let logit = a * y + b
        let p = Double.sigmoid(logit)
        loss += Double.softplus(logit) - x * logit
        let (residual, curvature) = (p - x, p * (1 - p))
        da += residual * y
        db += residual
        daa += curvature * y * y
        dab += curvature * y
        dbb += curvature
      }
    }

    /// The step H⁻¹g; nil where H is singular, as where all x̂ are the same or every p is at 0 or 1.
    var newtonStep: (slope: Double, offset: Double)? {
      let determinant = daa * dbb - dab * dab
      guard determinant > 1e-12 * daa * dbb else { return nil }
      return ((dbb * da - dab * db) / determinant, (daa * db - dab * da) / determinant)
    }
  }
}
