import Linalg

/// The identity y = x with the penalty λ/B Σᵢ Σⱼ −log₂ Pⱼ(xᵢⱼ): λ times the bits that an ideal coder needs for x
/// rounded to multiples of Δ, by a distribution that is learned with the network (Ballé, Laparra and Simoncelli 2017).
///
/// P(x) is the integral of p from x − Δ/2 to x + Δ/2, where the p of each unit is a mixture of K logistic densities:
///
///     P(x) = Σₖ πₖ (σ(a) − σ(b)),  a, b = (x − mₖ ± Δ/2) / sₖ
///     σ(a) − σ(b) = σ(a) σ(−b) (1 − e^(−Δ/sₖ))
///
/// The logarithm of the second form is exact in both tails, where the penalty is linear: nothing underflows, and codes
/// far out are still drawn in. Behind noise that is uniform in (−Δ/2, Δ/2), P/Δ is the density of x, and the values of
/// P at rounded codes are probabilities that sum to 1.
///
/// π is the softmax of `gain` · logits, m = Δ · `gain` · means, and s = Δ · exp(`gain` · log_scales). The gain lets an
/// optimizer whose steps suit weights move the distributions quickly enough. The tensors are [units, K].
public struct RatePenalty: Layer {
  /// The weight λ, as loss per bit.
  public let weight: Double
  /// The width Δ.
  public let width: Double
  public let inputSize: Int
  let logits, means, logScales: Parameter

  public var outputSize: Int { inputSize }
  public var summary: String { "rate \(weight) a bit of width \(width)" }
  public var role: LayerRole { .penalty(.init("rate", perBit: weight)) }
  public var parameters: [Parameter] { [logits, means, logScales] }
  public var cut: LayerCut { LayerCut(units: inputSize) }
  /// A call works with five numbers for each sample of a unit's block: x, ln P, and three more.
  public var memory: LayerMemory { LayerMemory(work: 5 * Self.block) }

  /// The number K of logistic densities.
  static let components = 3
  static let gain = 10.0
  /// The number of samples that are worked on at a time.
  static let block = 128
  /// The bound of |ln(s/Δ)|.
  static let largestLogScale = 7.0

  package init(weight: Double, width: Double, inputs: Int, part: String, in layout: inout ParameterLayout) {
    self.weight = weight
    self.width = width
    inputSize = inputs
    func table(_ name: String, startBound: Double) -> Parameter {
      layout.add(
        "\(part).rate.\(name)", shape: [inputs, Self.components], startBound: startBound / Self.gain, decays: false)
    }
    logits = table("logits", startBound: 0.5)
    means = table("means", startBound: 3)
    logScales = table("log_scales", startBound: 1)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    y.copy(x)
    var total = 0.0
    for unit in 0..<inputSize {
      for start in stride(from: 0, to: x.rows, by: Self.block) {
        total -= sum(logProbabilities(samples(x, start, unit, pass), unit, pass).readOnly)
      }
    }
    return scale(pass) * total
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // −ln P = −ln Σₖ e^tₖ:  ∂L/∂x = ∂L/∂y − λ/(B ln 2) Σₖ rₖ ∂tₖ/∂x, rₖ = e^tₖ / P, ∂tₖ/∂x = (σ(−a) − σ(b)) / sₖ
    let scale = S(scale(pass))
    for unit in 0..<inputSize {
      for start in stride(from: 0, to: x.rows, by: Self.block) {
        let samples = samples(x, start, unit, pass)
        let logs = logProbabilities(samples, unit, pass)
        let slopes = work(2, samples.columns, pass)
        slopes.fill(0)
        for k in 0..<Self.components {
          let bin = bin(unit, k, pass)
          transformPair(slopes, logs, with: samples) { slope, log, x in
            slope += S.Vector.exp(bin.logShare(x) - log) * bin.slope(x)
          }
        }
        for i in 0..<samples.columns { dx[start + i, unit] = dz[start + i, unit] - scale * slopes[0, i] }
      }
    }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {
    // ∂/∂logitₖ of −ln P = πₖ − rₖ;  ∂/∂mₖ = rₖ ∂tₖ/∂x;  ∂/∂ ln sₖ = −rₖ ∂tₖ/∂ ln sₖ; each summed over the batch
    let scale = S(scale(pass) * Self.gain)
    for unit in units {
      for k in 0..<Self.components {
        pass.gradient(of: logits)[unit, k] = 0
        pass.gradient(of: means)[unit, k] = 0
        pass.gradient(of: logScales)[unit, k] = 0
      }
      for start in stride(from: 0, to: x.rows, by: Self.block) {
        let samples = samples(x, start, unit, pass)
        let logs = logProbabilities(samples, unit, pass).readOnly
        for k in 0..<Self.components {
          let bin = bin(unit, k, pass)
          let count = samples.columns
          let (shares, slopes, stretches) = (work(2, count, pass), work(3, count, pass), work(4, count, pass))
          shares.copy(logs)
          transformTriple(shares, slopes, stretches, with: samples) { share, slope, stretch, x in
            share = S.Vector.exp(bin.logShare(x) - share)
            slope = share * bin.slope(x)
            stretch = share * bin.stretch(x)
          }
          let expected = Double.exp(Double(bin.logWeight)) * Double(count)
          pass.gradient(of: logits)[unit, k] += scale * S(expected - sum(shares.readOnly))
          pass.gradient(of: means)[unit, k] += scale * S(width * sum(slopes.readOnly))
          pass.gradient(of: logScales)[unit, k] -= scale * S(sum(stretches.readOnly))
        }
      }
      stopAtBounds(unit, pass)
    }
  }

  /// Sets the gradients to 0 that would lead a scale further out of its bounds.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func stopAtBounds<S: BLASScalar>(_ unit: Int, _ pass: Pass<S>) {
    let gradient = pass.gradient(of: logScales)
    for k in 0..<Self.components {
      let value = Self.gain * Double(pass.values(of: logScales)[unit, k])
      if abs(value) > Self.largestLogScale && (value > 0) == (gradient[unit, k] < 0) { gradient[unit, k] = 0 }
    }
  }

  /// Returns λ/(B ln 2).
  private func scale<S>(_ pass: Pass<S>) -> Double { weight / (Double.log(2) * Double(pass.batch)) }

  /// Returns the first `count` numbers of row `number` of the calling worker's memory.
  private func work<S: BLASScalar>(_ number: Int, _ count: Int, _ pass: Pass<S>) -> MutableMatrixView<S> {
    pass.work.columns(number * Self.block..<number * Self.block + count)
  }

  /// Gathers up to `block` samples of unit `unit`, from `start` on, side by side.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func samples<S: BLASScalar>(_ x: MatrixView<S>, _ start: Int, _ unit: Int, _ pass: Pass<S>) -> MatrixView<S> {
    let row = work(0, min(Self.block, x.rows - start), pass)
    for i in 0..<row.columns { row[0, i] = x[start + i, unit] }
    return row.readOnly
  }

  /// Returns ln P of a unit's samples, 1 × samples.
  @specialized(where S == Float)
  @specialized(where S == Double)
  private func logProbabilities<S: BLASScalar>(
    _ samples: MatrixView<S>, _ unit: Int, _ pass: Pass<S>
  ) -> MutableMatrixView<S> {
    // ln(eᵘ + eᵛ) = u + softplus(v − u)
    let logs = work(1, samples.columns, pass)
    for k in 0..<Self.components {
      let bin = bin(unit, k, pass)
      if k == 0 {
        map(samples, into: logs) { x in bin.logShare(x) }
      } else {
        transform(logs, with: samples) { log, x in log + S.Vector.softplus(bin.logShare(x) - log) }
      }
    }
    return logs
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func bin<S: BLASScalar>(_ unit: Int, _ k: Int, _ pass: Pass<S>) -> LogisticBin<S> {
    let logits = pass.values(of: logits)
    var (largest, total) = (-Double.infinity, 0.0)
    for l in 0..<Self.components { largest = max(largest, Self.gain * Double(logits[unit, l])) }
    for l in 0..<Self.components { total += Double.exp(Self.gain * Double(logits[unit, l]) - largest) }
    let logScale = Self.gain * Double(pass.values(of: logScales)[unit, k])
    return LogisticBin(
      logWeight: Self.gain * Double(logits[unit, k]) - largest - Double.log(total),
      mean: width * Self.gain * Double(pass.values(of: means)[unit, k]),
      scale: width * Double.exp(min(max(logScale, -Self.largestLogScale), Self.largestLogScale)), width: width)
  }
}

/// The kind of `RatePenalty`, whose text form is `rate:0.1` for λ = 0.1.
public struct RateKind: LayerKind {
  public static let form = LayerForm(
    name: "rate", arguments: ":λ[:width=1]",
    summary: "the penalty λ · bits of what comes in, rounded to multiples of the width")
  let weight, width: Double

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    weight = try arguments.number(try arguments.required("λ"), "λ", in: 1e-12...1e9)
    width = try arguments.number("width", orElse: 1, in: 1e-9...1e9)
  }

  init(weight: Double, width: Double) {
    self.weight = weight
    self.width = width
  }

  public var arguments: [String] { ["\(weight)"] + (width == 1 ? [] : ["width=\(width)"]) }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    // Most networks have one rate, whose tensors bear no number.
    let isFirst = !layout.parameters.contains { $0.name == "\(site.part).rate.logits" }
    return RatePenalty(
      weight: weight, width: width, inputs: site.input.size, part: isFirst ? site.part : site.name, in: &layout)
  }
}

extension LayerSpec {
  /// Returns a layer with the penalty λ · bits on its input, rounded to multiples of `width`.
  public static func rate(_ weight: Double, width: Double) -> LayerSpec {
    LayerSpec(RateKind(weight: weight, width: width))
  }
}
