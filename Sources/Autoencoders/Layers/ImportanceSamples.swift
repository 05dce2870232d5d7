import Linalg

/// Draws whose weights follow from the loss of each draw. `ImportanceWeighting` reads and writes the layer's scratch
/// through this protocol.
protocol WeightedDraws: Layer {
  /// The number k of draws of a sample.
  var draws: Int { get }
  /// Returns ln p(z) − ln q(z|x) of each draw, which `forward` leaves in the scratch: rows × draws.
  func logRatios<S>(_ scratch: MutableMatrixView<S>) -> MutableMatrixView<S>
  /// Returns the weight w̃ᵢ/B of each draw, which `backward` needs: rows × draws.
  func weights<S>(_ scratch: MutableMatrixView<S>) -> MutableMatrixView<S>
}

/// Takes k draws zᵢ = μ + σ ⊙ εᵢ of every sample, for the importance-weighted bound of Burda, Grosse and Salakhutdinov
/// 2016: L = −1/B Σ ln 1/k Σᵢ wᵢ, ln wᵢ = ln p(x|zᵢ) + ln p(zᵢ) − ln q(zᵢ|x).
///
/// The layer makes B·k rows from [μ, v], v = log σ² (B × 2d); the rows of one sample lie together. Its share of the
/// loss is the part of −ln wᵢ that does not concern x, −½ Σⱼ (ε² + v − z²), averaged over the draws.
/// `ImportanceWeighting` in the network corrects the loss for the weights and writes the normalised weights to the
/// scratch. Without noise there is one row z = μ for a sample, with the divergence in closed form.
public struct ImportanceSamples: WeightedDraws {
  /// The size d of the code.
  public let latent: Int
  /// The number k of draws of a sample.
  public let draws: Int

  public var summary: String { "\(draws) samples of \(latent), importance-weighted" }
  public var inputSize: Int { 2 * latent }
  public var outputSize: Int { latent }
  public var role: LayerRole { .draws(count: draws, beta: nil) }
  /// The scratch keeps σ, then ln p(z) − ln q(z|x) of each draw, then the weight w̃ᵢ/B of each draw.
  public var memory: LayerMemory { LayerMemory(noise: draws * latent, scratch: latent + 2 * draws, work: latent) }

  func logRatios<S>(_ scratch: MutableMatrixView<S>) -> MutableMatrixView<S> {
    scratch.columns(latent..<latent + draws)
  }
  func weights<S>(_ scratch: MutableMatrixView<S>) -> MutableMatrixView<S> {
    scratch.columns(latent + draws..<latent + 2 * draws)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {
    random.fillNormal(noise)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    guard pass.hasNoise else {
      return GaussianSample(latent: latent).forward(x, into: y, pass)
    }
    let sigma = pass.scratch.columns(0..<latent)
    map(x.columns(latent..<2 * latent), into: sigma) { v in S.Vector.exp(0.5 * v) }
    let ratios = logRatios(pass.scratch)
    var total = 0.0
    for row in 0..<x.rows {
      // Each draw of the sample is a row of z.
      let z = y.rows(row * draws..<(row + 1) * draws)
      let noise = pass.noise.rows(row..<row + 1)
      let mean = x.window(rows: row..<row + 1, columns: 0..<latent)
      zip(
        sigma.rows(row..<row + 1).readOnly.repeated(draws), noise.matrix(at: 0, rows: draws, columns: latent), into: z
      ) { s, e in s * e }
      transform(z, with: mean.repeated(draws)) { z, m in z + m }
      let v = sum(x.window(rows: row..<row + 1, columns: latent..<2 * latent))
      for i in 0..<draws {
        let epsilon = noise.columns(i * latent..<(i + 1) * latent)
        let ratio = 0.5 * (sumOfSquares(epsilon) + v - sumOfSquares(z.rows(i..<i + 1).readOnly))
        ratios[row, i] = S(ratio)
        total -= ratio
      }
    }
    return total / Double(draws * pass.batch)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    guard pass.hasNoise else {
      return GaussianSample(latent: latent).backward(dz, x: x, into: dx, pass)
    }
    let weights = weights(pass.scratch).readOnly
    let half = S.Vector(0.5)
    let constant = S.Vector(0.5 / S(pass.batch))
    for row in 0..<x.rows {
      let mean = x.window(rows: row..<row + 1, columns: 0..<latent)
      let sigma = pass.scratch.window(rows: row..<row + 1, columns: 0..<latent).readOnly
      // With g = ∂L/∂zᵢ + w̃ᵢ/B zᵢ: ∂L/∂μ = Σᵢ g, ∂L/∂v = ½ Σᵢ g ⊙ σ ⊙ εᵢ − 1/2B
      let dmean = dx.window(rows: row..<row + 1, columns: 0..<latent)
      let dv = dx.window(rows: row..<row + 1, columns: latent..<2 * latent)
      dmean.fill(0)
      dv.fill(0)
      let noise = pass.noise.rows(row..<row + 1)
      let g = pass.work.columns(0..<latent)
      for i in 0..<draws {
        let epsilon = noise.columns(i * latent..<(i + 1) * latent)
        let weight = S.Vector(weights[row, i])
        zip(sigma, epsilon, into: g) { s, e in weight * (s * e) }
        transform(g, with: mean) { g, m in g + weight * m }
        transform(g, with: dz.rows(row * draws + i..<row * draws + i + 1)) { g, d in g + d }
        transform(dmean, with: g.readOnly) { sum, g in sum + g }
        transform(g, with: epsilon) { g, e in g * e }
        transform(dv, with: g.readOnly) { sum, g in sum + g }
      }
      transform(dv, with: sigma) { d, s in half * d * s - constant }
    }
  }
}

/// The kind of `ImportanceSamples`, whose text form is `importance-samples:5` for 5 draws.
public struct ImportanceSamplesKind: LayerKind {
  public static let form = LayerForm(
    name: "importance-samples", arguments: ":COUNT",
    summary: "draws from the heads' distribution for the importance-weighted bound")
  let draws: Int

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    draws = try arguments.integer(try arguments.required("COUNT"), "the number of draws", in: 2...1000)
  }

  init(draws: Int) { self.draws = draws }

  public var arguments: [String] { ["\(draws)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    ImportanceSamples(latent: try site.codeSize(), draws: draws)
  }
}

extension LayerSpec {
  /// Returns a layer that takes `draws` draws from the heads' distribution, for the importance-weighted bound.
  public static func importanceSamples(_ draws: Int) -> LayerSpec { LayerSpec(ImportanceSamplesKind(draws: draws)) }
}
