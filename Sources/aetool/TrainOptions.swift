import ArgumentParser
import Autoencoders
import Datasets

/// What the network looks like.
struct NetworkOptions: ParsableArguments {
  @Option(
    name: .customLong("variant"),
    help: ArgumentHelp("The kind of autoencoder (listed below), deep by default.", valueName: "name"))
  var chosenVariant: String?
  var variant: String { chosenVariant ?? "deep" }

  @Option(
    help: ArgumentHelp("Hidden layer sizes from input to code, separated by commas.", valueName: "sizes"),
    transform: parseSizes)
  var hidden: [Int]?

  @Option(
    help: ArgumentHelp(
      "Size of the code, 32 unless the variant has its own; for pca also a share of the variance, as in 0.95, or mle for "
        + "Minka's choice.", valueName: "size"))
  var latent: CodeSize?

  @Option(help: "Activation of the hidden layers, and of the code in the variants of three layers.")
  var activation: Activation?

  @Option(help: "Activation of the code.")
  var codeActivation: Activation?

  @Option(help: "Loss: cross-entropy for data in [0, 1], squared-error for others, where none is named.")
  var loss: LossKind?

  @Option(
    help: """
      How weights start: he (default) for rectifiers, glorot, fan-in (±1/√inputs), or pca: dense layers as the data's \
      principal components, at their error before the first step.
      """)
  var start: Start?

  @Option(help: "Scaling of the data, kept in the model: none, or standard; standard where values leave [0, 1].")
  var scaling: Scaling.Kind?

  @Option(
    help: ArgumentHelp(
      "How values in [0, 1] become 0 or 1 first: threshold:0.5, or stochastic, drawn anew in every epoch.",
      valueName: "kind"))
  var binarise: Binarisation?

  @Option(help: "Where the output's bias starts: zero (default), or the mean of the training data.")
  var outputBias: OutputBias?

  @OptionGroup(title: "Variational models (vae, conv-vae)") var variational: VariationalArguments
  @OptionGroup(title: "Convolutions (conv)") var convolution: ConvolutionArguments
  @OptionGroup(title: "Noise and penalties") var regularization: RegularizationArguments

  /// Whether none is named.
  var isEmpty: Bool {
    chosenVariant == nil && hidden == nil && latent == nil && activation == nil && codeActivation == nil && loss == nil
      && start == nil && variational.isEmpty && binarise == nil && outputBias == nil && scaling == nil
      && convolution.options == nil && regularization.isEmpty
  }

  /// A new model for `data`. `classes`: how many there are, where `data` are a part that need not have them all.
  func model(
    for data: Dataset, latent size: Int? = nil, classes: Int? = nil, seed: UInt64, threads: Int
  ) throws -> Model {
    try Model(
      variant: variant, for: data, hidden: hidden, latent: try size ?? latent?.units(of: variant),
      activation: activation, codeActivation: codeActivation, loss: loss, scaling: scaling,
      start: start ?? .he,
      convolution: convolution.options, regularization: try regularization.options(for: variant),
      variational: try variational.options(
        for: variant, loss: loss, valuesAreFractions: data.hasFractions && scaling != .standard),
      classes: variational.conditional ? try classes ?? data.classCount() : nil,
      binarisation: binarise, outputBias: outputBias ?? .zero, seed: seed, threads: threads)
  }
}

/// How it is trained.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the training data.", valueName: "n"))
  var epochs = 20

  @Option(help: ArgumentHelp("Samples per step; lbfgs has all of them in a step, so many at a time.", valueName: "n"))
  var batch = 128

  @Option(
    help: """
      The rule that turns gradients into steps; where none is named muon for networks of more than three layers, adam \
      for others and behind --start pca. lbfgs: an epoch is one step on all samples.
      """)
  var optimizer: OptimizerKind?

  @Option(help: ArgumentHelp("ε in the denominator of adam, adamw and rmsprop.", valueName: "ε"))
  var epsilon: Double?

  @Option(help: "How muon makes its steps orthogonal: cholesky (default), polar, newton-schulz.")
  var orthogonalise: Orthogonalisation?

  @Option(
    help: ArgumentHelp(
      "Learning rate, of lbfgs the first trial step; each optimizer has its own default.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: "How the learning rate goes over the run.")
  var schedule: LearningRateSchedule.Shape = .cosine

  @Option(help: ArgumentHelp("Steps over which the learning rate rises first.", valueName: "steps"))
  var warmup = 0

  @Option(help: ArgumentHelp("Epochs over which β of a variational model rises from 0.", valueName: "epochs"))
  var betaWarmup: Int?

  @Option(help: ArgumentHelp("Weight decay λ, of weights and not biases.", valueName: "λ"))
  var weightDecay = 0.0

  @Option(
    help: ArgumentHelp(
      "Validate and keep a running average of the weights, of this weight on what came before, as in 0.999.",
      valueName: "γ"))
  var average: Double?

  @Option(help: ArgumentHelp("Cut the gradient's norm to this.", valueName: "norm"))
  var clipNorm: Double?

  @Option(help: ArgumentHelp("Stop after so many epochs without a better validation loss.", valueName: "epochs"))
  var patience: Int?

  @Flag(name: .customLong("no-shuffle"), help: "Take the samples in the file's order in every epoch.")
  var keepsOrder = false

  @Option(help: ArgumentHelp("Seed of everything random.", valueName: "number"))
  var seed: UInt64 = 0

  /// As far as they are known without a network.
  var options: TrainingOptions { options(orElse: .adam) }

  func options(for model: Model) -> TrainingOptions { options(orElse: .usual(for: model)) }

  private func options(orElse usual: OptimizerKind) -> TrainingOptions {
    TrainingOptions(
      epochs: epochs, batch: batch,
      optimizer: optimizer ?? (orthogonalise != nil ? .muon : epsilon != nil ? .adam : usual), epsilon: epsilon,
      orthogonalisation: orthogonalise,
      learningRate: learningRate,
      schedule: schedule, warmup: warmup, betaWarmup: betaWarmup, weightDecay: weightDecay, averaging: average,
      clipNorm: clipNorm,
      patience: patience, shuffle: !keepsOrder,
      seed: seed)
  }
}

/// How components are computed.
struct FitOptions: ParsableArguments {
  @Option(help: "How principal components are computed; auto chooses by the data's size.")
  var solver: PCA.Solver = .auto

  @Option(
    help: ArgumentHelp(
      "Memory for data, as in 256M or 2G: larger NPY and IDX files are read in chunks (pca).", valueName: "size"),
    transform: parseMemory)
  var memory: Int = .max
}

/// The code's size as the user gives it.
enum CodeSize: ExpressibleByArgument, Equatable, CustomStringConvertible {
  case count(Int)
  case share(Double)
  case mle

  init?(argument: String) {
    if let count = Int(argument), count > 0 {
      self = .count(count)
    } else if let share = Double(argument), share > 0, share < 1 {
      self = .share(share)
    } else if argument == "mle" {
      self = .mle
    } else {
      return nil
    }
  }

  var description: String {
    switch self {
    case .count(let count): "\(count)"
    case .share(let share): "\(share)"
    case .mle: "mle"
    }
  }

  /// The size for principal components.
  var componentCount: PCA.Size {
    switch self {
    case .count(let count): .components(count)
    case .share(let share): .share(share)
    case .mle: .minka
    }
  }

  /// The size for networks, which are not sized by the data.
  func units(of variant: String) throws -> Int {
    guard case .count(let count) = self else {
      throw ValidationError(
        "--latent \(self): the variant '\(variant)' needs a whole number; shares and mle are for pca")
    }
    return count
  }
}

/// "256M" as bytes.
func parseMemory(_ text: String) throws -> Int {
  let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
  let shift = text.uppercased().last.flatMap { units[$0] }
  guard let number = Int(shift == nil ? text : String(text.dropLast())), number > 0, number < 1 << 32 else {
    throw ValidationError("'\(text)': expected a size in bytes, as in 256M or 2G")
  }
  return number << (shift ?? 0)
}

/// "512,256" as sizes.
func parseSizes(_ text: String) throws -> [Int] {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
  let sizes = parts.compactMap { Int($0) }
  if sizes.count != parts.count || sizes.contains(where: { $0 < 1 }) {
    throw ValidationError("'\(text)': expected positive numbers separated by commas, as in 512,256")
  }
  return sizes
}

/// The variants as help shows them.
let variantList: String = Variant.all.map { variant in
  "  " + pad(variant.name, 14) + variant.summary + "\n                (\(variant.source))"
}.joined(separator: "\n")
