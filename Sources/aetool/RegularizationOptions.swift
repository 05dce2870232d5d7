import ArgumentParser
import Autoencoders

/// The options for the convolutions of a network.
struct ConvolutionArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp("Channels of each convolution, 16,32 by default.", valueName: "counts"), transform: parseSizes)
  var channels: [Int]?

  @Option(help: ArgumentHelp("Side of the kernels, 3 by default.", valueName: "pixels"))
  var kernel: Int?

  @Option(help: ArgumentHelp("By how much each layer makes the sides smaller, 2 by default.", valueName: "factor"))
  var stride: Int?

  @Option(help: "How it does: stride (transposed convolutions back) or max (pooling; pixels repeated back).")
  var pooling: RecipeOptions.Pooling?

  func fill(_ options: inout RecipeOptions) {
    options.channels = channels
    options.kernel = kernel
    options.stride = stride
    options.pooling = pooling
  }
}

/// The options for noise and penalties, which keep a network from copying its input.
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

  @Option(
    help: ArgumentHelp("λ of the contractive penalty λ ‖∂code/∂input‖².", valueName: "λ"),
    transform: number(from: 0, to: 1e6))
  var contraction: Double?

  @Option(
    help: ArgumentHelp(
      "The encoder layer that --l1 and --kl-sparsity concern, from 1; the code by default.", valueName: "n"))
  var sparseLayer: Int?

  @Option(
    help: ArgumentHelp(
      "Uniform noise of width Δ on the code while training, for codes that are to be rounded to multiples of Δ.",
      valueName: "Δ"), transform: number(from: 1e-6, to: 1000))
  var quantisationNoise: Double?

  @Option(
    help: ArgumentHelp(
      "λ of the penalty λ · bits of the rounded code, by distributions learned with it; Δ is 1 where none is named.",
      valueName: "λ"), transform: number(from: 1e-9, to: 10_000))
  var rateWeight: Double?

  func fill(_ options: inout RecipeOptions) {
    options.noise = noise
    options.l1 = l1
    options.klSparsity = klSparsity.map { KLSparsity(target: $0.target, weight: $0.weight) }
    options.klMean = klMean
    options.contraction = contraction
    options.sparseLayer = sparseLayer
    options.quantisationNoise = quantisationNoise
    options.rateWeight = rateWeight
  }
}

/// The target ρ and the weight β of the Kullback-Leibler penalty, read from text like "0.05,3".
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

extension RecipeOptions.Pooling: ExpressibleByArgument {}
extension KLSparsity.Mean: ExpressibleByArgument {}
extension Corruption: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument.lowercased()) }
}
