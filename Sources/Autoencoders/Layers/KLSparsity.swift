import Linalg

/// The numbers of the penalty β Σⱼ KL(ρ ‖ ρ̂ⱼ).
public struct KLSparsity: Sendable, Codable, Equatable {
  /// Says over which samples a unit's mean activation ρ̂ⱼ is taken.
  public enum Mean: String, Sendable, Codable, CaseIterable {
    /// The mean is taken over the batch. A small batch gives a rough mean, and each batch has to meet ρ by itself.
    case batch
    /// The mean is a running one over recent batches, close to the mean over the data set. A unit may be silent for
    /// whole batches as long as it meets ρ over all of them.
    case running
  }

  /// The wanted mean activation ρ, in (0, 1).
  public var target: Double
  /// The weight β.
  public var weight: Double
  public var mean: Mean

  public init(target: Double, weight: Double, mean: Mean = .batch) {
    self.target = target
    self.weight = weight
    self.mean = mean
  }

  /// The margin ε of the means: ρ̂ ↦ ε + (1 − 2ε) ρ̂ brings them into [ε, 1 − ε], so that the penalty is finite for
  /// silent units.
  static let margin = 1e-6

  /// KL(ρ ‖ ρ̂) = ρ ln(ρ/ρ̂) + (1 − ρ) ln((1 − ρ)/(1 − ρ̂)) in nats.
  func divergence(_ mean: Double) -> Double {
    let q = Self.margin + (1 - 2 * Self.margin) * mean
    return target * Double.log(target / q) + (1 - target) * Double.log((1 - target) / (1 - q))
  }

  /// ∂KL/∂ρ̂ = −ρ/ρ̂ + (1 − ρ)/(1 − ρ̂).
  func derivative(_ mean: Double) -> Double {
    let q = Self.margin + (1 - 2 * Self.margin) * mean
    return (1 - 2 * Self.margin) * ((1 - target) / (1 - q) - target / q)
  }
}

/// The identity y = x with the penalty β Σⱼ KL(ρ ‖ ρ̂ⱼ), where ρ̂ⱼ is the mean activation of unit j in [0, 1] (Lee,
/// Ekanadham and Ng 2008; Ng, CS294A).
///
/// The penalty couples the samples of a batch, so rows are not cut apart: a tile has all samples of some units.
///
/// With a running mean r the penalty is its tangent at r, KL(ρ ‖ r) + KL′(r)·(ρ̂ − r), where ρ̂ is the batch's mean.
/// Its gradient with respect to the batch is that for the data set, where r stands for a mean that would take a pass
/// over all data. After the step r ← 0.99 r + 0.01 ρ̂; r is a state among the parameters.
public struct KLSparsityLayer: Layer {
  public let sparsity: KLSparsity
  public let inputSize: Int
  let running: Parameter?

  public var outputSize: Int { inputSize }
  public var summary: String {
    "KL sparsity ρ \(sparsity.target), β \(sparsity.weight), \(sparsity.mean.rawValue) mean"
  }
  public var role: LayerRole { .penalty(.init("kl_sparsity", makesSparse: true)) }
  public var parameters: [Parameter] { running.map { [$0] } ?? [] }
  public var cut: LayerCut { LayerCut(rows: false, columns: true, units: running == nil ? 0 : inputSize) }
  /// The working memory holds the units' means.
  public var memory: LayerMemory { LayerMemory(work: inputSize) }

  static let momentum = 0.99

  package init(_ sparsity: KLSparsity, inputs: Int, name: String, in layout: inout ParameterLayout) {
    self.sparsity = sparsity
    inputSize = inputs
    running = sparsity.mean == .running ? layout.addState("\(name).mean_activation", shape: [inputs]) : nil
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    let x = x.columns(pass.columns)
    y.copy(x)
    let means = batchMeans(x, pass)
    var total = 0.0
    for (place, unit) in pass.columns.enumerated() {
      let mean = Double(means[0, place])
      let base = runningMean(unit, pass) ?? mean
      total += sparsity.divergence(base) + sparsity.derivative(base) * (mean - base)
    }
    return sparsity.weight * total
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂xᵢⱼ = ∂L/∂yᵢⱼ + β/B · KL′(ρ̂ⱼ), or KL′(rⱼ) with a running mean
    let slopes = batchMeans(x, pass)
    for (place, unit) in pass.columns.enumerated() {
      let base = runningMean(unit, pass) ?? Double(slopes[0, place])
      slopes[0, place] = S(sparsity.weight * sparsity.derivative(base) / Double(pass.batch))
    }
    dx.copy(dz.columns(pass.columns))
    addToRows(slopes.readOnly, dx)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {
    // The layer has no weights; a state takes its next value in place of a gradient.
    guard let running else { return }
    let means = batchMeans(x.columns(units), pass)
    let next = pass.gradient(of: running)
    for (place, unit) in units.enumerated() {
      let mean = Double(means[0, place])
      let base = runningMean(unit, pass) ?? mean
      next[0, unit] = S(Self.momentum * base + (1 - Self.momentum) * mean)
    }
  }

  /// Returns the units' means over the rows of x, in the calling worker's memory.
  private func batchMeans<S: BLASScalar>(_ x: MatrixView<S>, _ pass: Pass<S>) -> MutableMatrixView<S> {
    let means = pass.work.columns(0..<x.columns)
    columnSums(x, into: means)
    let scale = S.Vector(1 / S(x.rows))
    transform(means) { sum in sum * scale }
    return means
  }

  /// Returns the unit's running mean, or nil where the batch's mean is to be taken: without a running mean, and while
  /// that is still 0, as before the first step.
  private func runningMean<S: BLASScalar>(_ unit: Int, _ pass: Pass<S>) -> Double? {
    guard let running else { return nil }
    let value = Double(pass.values(of: running)[0, unit])
    return value == 0 ? nil : value
  }
}

/// The kind of `KLSparsityLayer`, whose text form is `kl-sparsity:0.05:10` for ρ = 0.05 and β = 10.
public struct KLSparsityKind: LayerKind {
  public static let form = LayerForm(
    name: "kl-sparsity", arguments: ":ρ:β[:batch|:running]",
    summary: "the penalty β Σ KL(ρ ‖ mean activation) on units between 0 and 1")
  let sparsity: KLSparsity

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    let target = try arguments.number(try arguments.required("ρ"), "ρ", in: 1e-12...1 - 1e-12)
    let weight = try arguments.number(try arguments.required("β"), "β", in: 0...1e9)
    let word = arguments.next() ?? KLSparsity.Mean.batch.rawValue
    guard let mean = KLSparsity.Mean(rawValue: word) else {
      throw InvalidArgument("there is no mean '\(word)'; known are batch and running")
    }
    sparsity = KLSparsity(target: target, weight: weight, mean: mean)
  }

  init(sparsity: KLSparsity) { self.sparsity = sparsity }

  public var arguments: [String] {
    ["\(sparsity.target)", "\(sparsity.weight)"] + (sparsity.mean == .batch ? [] : [sparsity.mean.rawValue])
  }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    if let activation = site.activation, activation != .sigmoid {
      throw InvalidArgument("it needs units between 0 and 1, but gets \(activation.rawValue) units")
    }
    return KLSparsityLayer(sparsity, inputs: site.input.size, name: site.name, in: &layout)
  }
}

extension LayerSpec {
  /// Returns a layer with the penalty β Σ KL(ρ ‖ ρ̂) on its input.
  public static func klSparsity(_ sparsity: KLSparsity) -> LayerSpec { LayerSpec(KLSparsityKind(sparsity: sparsity)) }
}
