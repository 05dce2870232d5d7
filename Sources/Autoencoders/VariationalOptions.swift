/// What a variational model is trained for.
public struct VariationalOptions: Sendable, Codable, Equatable {
  /// p(x|z).
  public var likelihood: Likelihood
  /// β of the divergence; 1 makes the loss −ELBO.
  public var beta: Double
  /// Nats of the divergence that are free in each dimension of the code.
  public var freeBits: Double
  /// k of the importance-weighted bound; 1: the ELBO.
  public var importanceSamples: Int
  /// Whether the loss has E_q[ln p(x|z)] at all; without it the divergence is alone.
  public var hasReconstruction: Bool

  public init(
    likelihood: Likelihood, beta: Double = 1, freeBits: Double = 0, importanceSamples: Int = 1,
    hasReconstruction: Bool = true
  ) {
    self.likelihood = likelihood
    self.beta = beta
    self.freeBits = freeBits
    self.importanceSamples = importanceSamples
    self.hasReconstruction = hasReconstruction
  }

  /// Refuses what cannot be meant, by the names of the command line.
  func validate() throws(InvalidArgument) {
    func require(_ condition: Bool, _ message: String) throws(InvalidArgument) {
      if !condition { throw InvalidArgument(message) }
    }
    try require(beta >= 0 && beta.isFinite, "--beta \(beta): must not be negative")
    try require(freeBits >= 0 && freeBits.isFinite, "--free-bits \(freeBits): must not be negative")
    try require(
      1...1000 ~= importanceSamples, "--importance-samples \(importanceSamples): must be from 1 to 1000")
    try require(
      importanceSamples == 1 || beta == 1 && freeBits == 0 && hasReconstruction,
      "--importance-samples trains a bound without a divergence of its own: --beta and --free-bits do not go with it")
  }

  /// A copy with a change.
  public func with(_ change: (inout VariationalOptions) -> Void) -> VariationalOptions {
    var result = self
    change(&result)
    return result
  }

  /// What is drawn from the heads.
  var sampling: LayerSpec {
    importanceSamples > 1 ? .importanceSamples(importanceSamples) : .gaussianSample(beta: beta, freeBits: freeBits)
  }

  var loss: any Loss { hasReconstruction ? likelihood.loss : NoReconstruction(replaced: likelihood.loss) }
}
