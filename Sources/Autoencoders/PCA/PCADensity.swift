/// The density of probabilistic PCA in the coordinates of the components.
///
/// Source: M. Tipping and C. Bishop, Probabilistic principal component analysis, J. R. Statist. Soc. B 61 (1999).
public struct PCADensity: Sendable, Equatable {
  /// The explained variances λ, descending.
  public let explainedVariance: [Double]
  /// The number n of features.
  public let features: Int
  /// The sum of all features' variances.
  public let totalVariance: Double
  /// The number N of samples that the density was fitted to.
  public let samples: Int
  /// The variance that a direction without any may seem to have, because numbers were rounded on the way.
  let rounding: Double

  /// The noise variance σ²: the mean of the n − d variances left out, zeros among them; 0 where it is rounding.
  public var noiseVariance: Double {
    let left = features - explainedVariance.count
    if left == 0 { return 0 }
    let variance = (totalVariance - explainedVariance.reduce(0, +)) / Double(left)
    return variance > rounding ? variance : 0
  }

  /// A sentence that says why there is no density; nil where there is one.
  ///
  /// Data that vary in d directions alone have a density on these, not on all n features: with σ² = 0 the covariance
  /// has no inverse, and a likelihood would be one of rounding errors.
  public var whyUndefined: String? {
    let noise = noiseVariance
    let flat =
      explainedVariance.count { max($0, noise) <= rounding } + (noise > 0 ? 0 : features - explainedVariance.count)
    return flat == 0
      ? nil
      : "ln p(x) is not defined: \(flat) of \(features) directions have no variance; keep fewer components, or leave out "
        + "features that follow from others"
  }

  /// Returns ln p(x) in nats of an x with the code z and ‖x − μ‖² = `squaredNorm`, where the density is defined.
  public func logLikelihood(code: [Double], squaredNorm: Double) -> Double {
    let squares = code.map { $0 * $0 }
    return meanLogLikelihood(codeSquares: squares, residual: squaredNorm - squares.reduce(0, +), samples: 1)
  }

  /// Returns the mean of ln p(x) over samples, from Σ zᵢ² of each component and Σ (‖x − μ‖² − ‖z‖²), both over all
  /// samples. The density must be defined.
  func meanLogLikelihood(codeSquares: [Double], residual: Double, samples: Int) -> Double {
    let noise = noiseVariance
    var quadratic = 0.0
    var logDeterminant = 0.0
    for (square, variance) in Swift.zip(codeSquares, explainedVariance) {
      // A direction without variance is part of the noise.
      let variance = max(variance, noise)
      quadratic += square / variance
      logDeterminant += Double.log(variance)
    }
    let left = features - explainedVariance.count
    if left > 0 {
      logDeterminant += Double(left) * Double.log(noise)
      quadratic += max(0, residual) / noise
    }
    let constant = Double(features) * Double.log(2 * Double.pi)
    return -0.5 * (constant + logDeterminant + quadratic / Double(samples))
  }

  /// Returns the variance that is taken for rounding: that of numbers with the relative error of Float, or what the
  /// eigenvalues of an n × n covariance are wrong by in Double.
  static func rounding(largest: Double, features: Int) -> Double { max(0x1p-46, Double(features) * 0x1p-52) * largest }
}

extension PCADensity: Codable {
  enum CodingKeys: CodingKey {
    case explainedVariance, noiseVariance, features, totalVariance, samples, rounding
  }

  /// Reads a density. The noise variance of a file is not read, since earlier versions divided by another number.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    explainedVariance = try values.decode([Double].self, forKey: .explainedVariance)
    features = try values.decode(Int.self, forKey: .features)
    totalVariance = try values.decode(Double.self, forKey: .totalVariance)
    samples = try values.decode(Int.self, forKey: .samples)
    rounding =
      try values.decodeIfPresent(Double.self, forKey: .rounding)
      ?? Self.rounding(largest: explainedVariance.first ?? 0, features: features)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(explainedVariance, forKey: .explainedVariance)
    try values.encode(noiseVariance, forKey: .noiseVariance)
    try values.encode(features, forKey: .features)
    try values.encode(totalVariance, forKey: .totalVariance)
    try values.encode(samples, forKey: .samples)
    try values.encode(rounding, forKey: .rounding)
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
