import Linalg

/// z = μ + σ ⊙ ε from [μ, v], v = log σ², ε drawn beforehand (the reparametrisation of Kingma and Welling 2014), with the
/// penalty β/B Σ KL(N(μ, diag σ²) ‖ N(0, I)) = β/B Σ ½ (σ² + μ² − 1 − v); without noise z = μ.
public struct GaussianSample: Layer {
  /// d.
  public let latent: Int
  /// β; 1 makes the loss the negative ELBO (Kingma and Welling 2014), others Higgins et al. 2017.
  public let weight: Double

  public var summary: String { "sample of \(latent), β \(weight)" }
  public var inputSize: Int { 2 * latent }
  public var outputSize: Int { latent }
  public var noiseSize: Int { latent }
  /// σ.
  public var scratchSize: Int { latent }
  public var penaltyName: String? { "kl" }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {
    random.fillNormal(noise)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    let (mean, v) = (x.columns(0..<latent), x.columns(latent..<2 * latent))
    let sigma = pass.scratch
    map(v, into: sigma) { v in S.Vector.exp(0.5 * v) }
    if pass.hasNoise {
      zip(sigma.readOnly, pass.noise, into: y) { s, e in s * e }
      transform(y, with: mean) { y, m in y + m }
    } else {
      y.copy(mean)
    }
    let count = Double(x.rows * latent)
    let divergence = 0.5 * (sumOfSquares(sigma.readOnly) + sumOfSquares(mean) - count - sum(v))
    return weight * divergence / Double(pass.batch)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    let slope = S.Vector(S(weight) / S(pass.batch))
    // ∂L/∂μ = ∂L/∂z + β/B μ
    zip(dz, x.columns(0..<latent), into: dx.columns(0..<latent)) { d, m in d + slope * m }
    // ∂L/∂v = ½ (∂L/∂z ⊙ ε ⊙ σ + β/B (σ² − 1))
    let dv = dx.columns(latent..<2 * latent)
    if pass.hasNoise { zip(dz, pass.noise, into: dv) { d, e in d * e } } else { dv.fill(0) }
    transform(dv, with: pass.scratch.readOnly) { d, s in 0.5 * (d * s + slope * (s * s - 1)) }
  }
}
