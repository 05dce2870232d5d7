import Linalg

/// Computes z = μ + σ ⊙ ε from [μ, v], v = log σ², with ε drawn beforehand (the reparametrisation of Kingma and Welling
/// 2014). The penalty is β/B Σ KL(N(μ, diag σ²) ‖ N(0, I)) = β/B Σ ½ (σ² + μ² − 1 − v). Without noise z = μ.
///
/// With free bits λ (Kingma et al. 2016) the penalty is β Σⱼ max(λ, KLⱼ), where KLⱼ is the batch's mean in dimension j:
/// up to λ nats in each dimension are free. Where training warms β up, it grows over the first steps
/// (`Pass.annealing`).
public struct GaussianSample: Layer {
  /// The size d of the code.
  public let latent: Int
  /// β; at 1 the loss is the negative ELBO (Kingma and Welling 2014), other values are those of Higgins et al. 2017.
  public var weight = 1.0
  /// λ, in nats per dimension.
  public var freeBits = 0.0

  public var summary: String {
    "sample of \(latent), β \(weight)" + (freeBits > 0 ? ", \(freeBits) nats free a dimension" : "")
  }
  public var inputSize: Int { 2 * latent }
  public var outputSize: Int { latent }
  public var role: LayerRole { .draws(count: 1, beta: weight) }
  /// The scratch keeps σ.
  public var memory: LayerMemory { LayerMemory(noise: latent, scratch: latent, work: freeBits > 0 ? 3 * latent : 0) }
  public var cut: LayerCut { LayerCut(rows: freeBits == 0) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {
    random.fillNormal(noise)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    let (mean, v) = (x.columns(0..<latent), x.columns(latent..<2 * latent))
    let sigma = pass.scratch.columns(0..<latent)
    map(v, into: sigma) { v in S.Vector.exp(0.5 * v) }
    if pass.hasNoise {
      zip(sigma.readOnly, pass.noise, into: y) { s, e in s * e }
      transform(y, with: mean) { y, m in y + m }
    } else {
      y.copy(mean)
    }
    let beta = weight * pass.annealing
    if freeBits > 0 {
      let divergences = meanDivergences(x, pass)
      return beta * (0..<latent).reduce(0) { $0 + max(freeBits, Double(divergences[0, $1])) }
    }
    let count = Double(x.rows * latent)
    let divergence = 0.5 * (sumOfSquares(sigma.readOnly) + sumOfSquares(mean) - count - sum(v))
    return beta * divergence / Double(pass.batch)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    let (mean, sigma) = (x.columns(0..<latent), pass.scratch.columns(0..<latent).readOnly)
    let slope = S.Vector(S(weight * pass.annealing) / S(pass.batch))
    let (dmean, dv) = (dx.columns(0..<latent), dx.columns(latent..<2 * latent))
    if pass.hasNoise { zip(dz, pass.noise, into: dv) { d, e in d * e } } else { dv.fill(0) }
    if freeBits > 0 {
      // Below λ the penalty is constant, so those dimensions have a slope of 0.
      let slopes = meanDivergences(x, pass)
      for j in 0..<latent { slopes[0, j] = Double(slopes[0, j]) > freeBits ? slope[0] : 0 }
      let row = slopes.readOnly.repeated(x.rows)
      zip(mean, row, into: dmean) { m, slope in slope * m }
      transform(dmean, with: dz) { g, d in g + d }
      transform(dv, with: sigma) { d, s in 0.5 * (d * s) }
      let more = pass.work.columns(2 * latent..<3 * latent)
      for i in 0..<x.rows {
        zip(sigma.rows(i..<i + 1), slopes.readOnly, into: more) { s, slope in 0.5 * slope * (s * s - 1) }
        transform(dv.rows(i..<i + 1), with: more.readOnly) { d, more in d + more }
      }
      return
    }
    // ∂L/∂μ = ∂L/∂z + β/B μ
    zip(dz, mean, into: dmean) { d, m in d + slope * m }
    // ∂L/∂v = ½ (∂L/∂z ⊙ ε ⊙ σ + β/B (σ² − 1))
    transform(dv, with: sigma) { d, s in 0.5 * (d * s + slope * (s * s - 1)) }
  }

  /// Returns KLⱼ = 1/B Σ ½ (σ² + μ² − 1 − v), 1 × d, in the calling worker's memory.
  private func meanDivergences<S: BLASScalar>(_ x: MatrixView<S>, _ pass: Pass<S>) -> MutableMatrixView<S> {
    let (divergences, term) = (pass.work.columns(0..<latent), pass.work.columns(latent..<2 * latent))
    divergences.fill(0)
    for i in 0..<x.rows {
      let (mean, v) = (
        x.window(rows: i..<i + 1, columns: 0..<latent), x.window(rows: i..<i + 1, columns: latent..<2 * latent)
      )
      zip(mean, v, into: term) { m, v in m * m - 1 - v }
      transform(term, with: pass.scratch.window(rows: i..<i + 1, columns: 0..<latent).readOnly) { t, s in t + s * s }
      transform(divergences, with: term.readOnly) { sum, t in sum + t }
    }
    let scale = S.Vector(0.5 / S(x.rows))
    transform(divergences) { $0 * scale }
    return divergences
  }
}

/// A kind of layer whose share of the loss is β times a divergence.
protocol DivergenceKind: LayerKind {
  /// Returns the same layer with another β.
  func with(beta: Double) -> LayerSpec
}

/// The kind of `GaussianSample`, whose text form is `gaussian-sample:beta=2`.
public struct GaussianSampleKind: DivergenceKind {
  public static let form = LayerForm(
    name: "gaussian-sample", arguments: "[:beta=1][:free-bits=0]",
    summary: "a draw from the heads' distribution, with the penalty β KL(q ‖ N(0, I))")
  let beta, freeBits: Double

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    beta = try arguments.number("beta", orElse: 1, in: 0...1e9)
    freeBits = try arguments.number("free-bits", orElse: 0, in: 0...1e9)
  }

  init(beta: Double, freeBits: Double) {
    self.beta = beta
    self.freeBits = freeBits
  }

  func with(beta: Double) -> LayerSpec { .gaussianSample(beta: beta, freeBits: freeBits) }

  public var arguments: [String] {
    (beta == 1 ? [] : ["beta=\(beta)"]) + (freeBits == 0 ? [] : ["free-bits=\(freeBits)"])
  }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    GaussianSample(latent: try site.codeSize(), weight: beta, freeBits: freeBits)
  }
}

extension LayerSite {
  /// Returns the size d of the code for heads in front, which give 2d numbers.
  /// - Throws: `InvalidArgument` where the input has an odd number of numbers.
  func codeSize() throws(InvalidArgument) -> Int {
    if input.size % 2 == 1 {
      throw InvalidArgument(
        "it draws from means and log-variances, but gets \(input.size) numbers; put heads before it")
    }
    return input.size / 2
  }
}

extension LayerSpec {
  /// Returns a draw from the heads' distribution, with the penalty β KL(q ‖ N(0, I)), of which `freeBits` nats per
  /// dimension are free.
  public static func gaussianSample(beta: Double, freeBits: Double = 0) -> LayerSpec {
    LayerSpec(GaussianSampleKind(beta: beta, freeBits: freeBits))
  }
}
