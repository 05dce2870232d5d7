import ArgumentParser
import Autoencoders
import Datasets

/// What a variational model is trained for, as on the command line.
struct VariationalArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "p(x|z): bernoulli (default for data in [0, 1]), gaussian:s with standard deviation s, or gaussian:learned (default "
        + "for others).", valueName: "distribution"))
  var likelihood: Likelihood?

  @Option(help: ArgumentHelp("β of β KL(q(z|x) ‖ N(0, I)), 1 by default.", valueName: "β"))
  var beta: Double?

  @Option(help: ArgumentHelp("Nats of the divergence that are free in each dimension of the code.", valueName: "λ"))
  var freeBits: Double?

  @Option(help: ArgumentHelp("k draws a sample and the importance-weighted bound (IWAE).", valueName: "k"))
  var importanceSamples: Int?

  @Flag(help: "Tell encoder and decoder the class of each sample; needs --labels, or data that have them.")
  var conditional = false

  var isEmpty: Bool {
    likelihood == nil && beta == nil && freeBits == nil && importanceSamples == nil && !conditional
  }

  /// Nil where nothing is named.
  func options(for variant: String, loss: LossKind?, valuesAreFractions: Bool) throws -> VariationalOptions? {
    if isEmpty && loss == nil { return nil }
    guard let known = Variant.named(variant), known.isVariational else {
      if isEmpty { return nil }
      throw InvalidArgument(
        "the variant '\(variant)' takes no --likelihood, --beta, --free-bits, --importance-samples and --conditional; 'vae' "
          + "and 'conv-vae' do")
    }
    if let likelihood, let loss, likelihood.lossKind != loss {
      throw InvalidArgument("--likelihood \(likelihood) and --loss \(loss.rawValue) do not go together")
    }
    return VariationalOptions(
      likelihood: likelihood ?? .usual(loss: loss, valuesAreFractions: valuesAreFractions), beta: beta ?? 1,
      freeBits: freeBits ?? 0,
      importanceSamples: importanceSamples ?? 1)
  }
}

extension Likelihood: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension Binarisation: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension OutputBias: ExpressibleByArgument {}
