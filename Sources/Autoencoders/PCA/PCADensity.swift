/// The density of probabilistic PCA in the coordinates of the components.
public struct PCADensity: Sendable, Codable, Equatable {
  /// The explained variances λ, descending.
  public let explainedVariance: [Double]
  /// The noise variance σ².
  public let noiseVariance: Double
  /// The number n of features.
  public let features: Int
  /// The sum of all features' variances.
  public let totalVariance: Double
  /// The number N of samples that the density was fitted to.
  public let samples: Int

  /// Returns ln p(x) in nats of an x with the code z and ‖x − μ‖² = `squaredNorm`.
  public func logLikelihood(code: [Double], squaredNorm: Double) -> Double {
    let squares = code.map { $0 * $0 }
    return meanLogLikelihood(codeSquares: squares, residual: squaredNorm - squares.reduce(0, +), samples: 1)
  }

  /// Returns the mean of ln p(x) over samples, from Σ zᵢ² of each component and Σ (‖x − μ‖² − ‖z‖²), both over all
  /// samples.
  func meanLogLikelihood(codeSquares: [Double], residual: Double, samples: Int) -> Double {
    var quadratic = 0.0
    var logDeterminant = 0.0
    for (square, variance) in Swift.zip(codeSquares, explainedVariance) {
      // A direction without variance is part of the noise.
      let variance = max(variance, noiseVariance)
      quadratic += variance > 0 ? square / variance : square == 0 ? 0 : .infinity
      logDeterminant += Double.log(variance)
    }
    let left = features - explainedVariance.count
    if left > 0 {
      logDeterminant += Double(left) * Double.log(noiseVariance)
      quadratic += max(0, residual) / noiseVariance
    }
    let constant = Double(features) * Double.log(2 * Double.pi)
    let value = -0.5 * (constant + logDeterminant + quadratic / Double(samples))
    return value.isNaN ? -.infinity : value
  }
}

extension PCADensity: ModelFact {
  package static let key = "density"

  package func problem(in model: Model) -> String? {
    let size = model.network.codeSize
    return explainedVariance.count == size && features == model.network.inputSize
      ? nil : "the density has \(explainedVariance.count) variances for \(size)"
  }
}

extension Model {
  /// The density that goes with principal components; nil for other models.
  public var density: PCADensity? { knowledge[PCADensity.self] }
}
