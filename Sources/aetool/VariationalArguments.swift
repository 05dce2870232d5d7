import ArgumentParser
import Autoencoders
import Datasets

/// The options that say what a variational model is trained for.
struct VariationalArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "p(x|z): \(likelihoods); bernoulli by default for data in [0, 1], gaussian:learned for others.",
      valueName: "distribution"))
  var likelihood: LossSpec?

  @Option(help: ArgumentHelp("β of β KL(q(z|x) ‖ N(0, I)), 1 by default.", valueName: "β"))
  var beta: Double?

  @Option(help: ArgumentHelp("Nats of the divergence that are free in each dimension of the code.", valueName: "λ"))
  var freeBits: Double?

  @Option(help: ArgumentHelp("k draws a sample and the importance-weighted bound (IWAE).", valueName: "k"))
  var importanceSamples: Int?

  @Flag(help: "Tell encoder and decoder the class of each sample; needs --labels, or data that have them.")
  var conditional = false

  func fill(_ options: inout RecipeOptions) {
    options.likelihood = likelihood
    options.beta = beta
    options.freeBits = freeBits
    options.importanceSamples = importanceSamples
  }
}

extension LossSpec: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument.lowercased()) }
}

extension Binarisation: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument.lowercased()) }
}

extension OutputBias: ExpressibleByArgument {}

/// The losses that can be a likelihood, by the names that they have as likelihoods.
private let likelihoods: String = LossSpec.kinds.filter { $0.form.isLikelihood }.map { kind in
  kind.form.likelihoodName ?? kind.form.usage
}.joined(separator: ", ")
