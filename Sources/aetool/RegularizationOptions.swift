import ArgumentParser
import Autoencoders

/// The convolutions of a network.
struct ConvolutionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("Channels of each convolution, 16,32 by default.", valueName: "counts"), transform: parseSizes)
  var channels: [Int]?

  @Option(help: ArgumentHelp("Side of the kernels, 3 by default.", valueName: "pixels"))
  var kernel: Int?

  @Option(help: ArgumentHelp("By how much each layer makes the sides smaller, 2 by default.", valueName: "factor"))
  var stride: Int?

  @Option(help: "How it does: stride (transposed convolutions back) or max (pooling; pixels repeated back).")
  var pooling: ConvolutionOptions.Pooling?

  /// Nil where nothing is named.
  var options: ConvolutionOptions? {
    if channels == nil && kernel == nil && stride == nil && pooling == nil { return nil }
    let usual = ConvolutionOptions()
    return ConvolutionOptions(
      channels: channels ?? usual.channels, kernel: kernel ?? usual.kernel, stride: stride ?? usual.stride,
      pooling: pooling ?? usual.pooling)
  }
}

/// What keeps a network from copying.
struct RegularizationArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Corrupt the input while training: \(Corruption.kinds).", valueName: "kind:amount"))
  var noise: Corruption?

  @Option(help: ArgumentHelp("λ of the penalty λ Σ |a| on the code's activations.", valueName: "λ"))
  var l1: Double?

  @Option(
    help: ArgumentHelp(
      "ρ and β of the penalty β Σ KL(ρ ‖ mean activation), as in 0.05,3; the code is then of sigmoid units.",
      valueName: "ρ,β"))
  var klSparsity: KLNumbers?

  @Option(help: "The mean in it: of the batch (default), or a running one, an approach to that over all data.")
  var klMean: KLSparsity.Mean?

  @Option(help: ArgumentHelp("λ of the contractive penalty λ ‖∂code/∂input‖².", valueName: "λ"))
  var contraction: Double?

  @Option(
    help: ArgumentHelp(
      "The encoder layer that --l1 and --kl-sparsity concern, from 1; the code by default.", valueName: "n"))
  var sparseLayer: Int?

  @Option(
    help: ArgumentHelp(
      "Uniform noise of width Δ on the code while training, for codes that are to be rounded to multiples of Δ.",
      valueName: "Δ"))
  var quantisationNoise: Double?

  @Option(
    help: ArgumentHelp(
      "λ of the penalty λ · bits of the rounded code, by distributions learned with it; Δ is 1 where none is named.",
      valueName: "λ"))
  var rateWeight: Double?

  func validate() throws {
    for case let (name, value?) in [
      ("--l1", l1), ("--contraction", contraction), ("--quantisation-noise", quantisationNoise),
      ("--rate-weight", rateWeight),
    ] where !(value > 0) {
      throw ValidationError("\(name) \(value): must be positive")
    }
  }

  /// Whether any is named.
  var isEmpty: Bool {
    noise == nil && l1 == nil && klSparsity == nil && klMean == nil && contraction == nil && sparseLayer == nil
      && quantisationNoise == nil && rateWeight == nil
  }

  /// What is named, for a variant with penalties of its own.
  func options(for variant: String) throws -> Regularization {
    var sparsity = klSparsity.map { KLSparsity(target: $0.target, weight: $0.weight) }
    if let klMean {
      sparsity = sparsity ?? Variant.named(variant)?.defaultRegularization.klSparsity
      guard sparsity != nil else { throw ValidationError("--kl-mean needs --kl-sparsity") }
      sparsity!.mean = klMean
    }
    return Regularization(
      noise: noise, l1: l1 ?? 0, klSparsity: sparsity, contraction: contraction ?? 0, layer: sparseLayer,
      quantisationNoise: quantisationNoise, rateWeight: rateWeight)
  }
}

/// "0.05,3".
struct KLNumbers: ExpressibleByArgument {
  let target: Double
  let weight: Double

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let target = Double(parts[0]), let weight = Double(parts[1]) else { return nil }
    self.target = target
    self.weight = weight
  }
}

extension ConvolutionOptions.Pooling: ExpressibleByArgument {}
extension KLSparsity.Mean: ExpressibleByArgument {}
extension Corruption: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
