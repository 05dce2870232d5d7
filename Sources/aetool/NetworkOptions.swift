import ArgumentParser
import Autoencoders
import Datasets

/// The options that say what the network looks like.
struct NetworkOptions: ParsableArguments {
  @Option(
    name: .customLong("variant"),
    help: ArgumentHelp("The kind of autoencoder (listed below), deep by default.", valueName: "name"))
  var chosenVariant: String?
  var variant: String { chosenVariant?.lowercased() ?? "deep" }

  @Option(
    help: ArgumentHelp(
      "The encoder's layers one by one (listed below), in the place of a variant; needs --decoder.",
      valueName: "layers"))
  var encoder: String?

  @Option(
    help: ArgumentHelp(
      "The decoder's layers one by one; 'dense' alone gives the samples' size.", valueName: "layers"))
  var decoder: String?

  @Option(
    help: ArgumentHelp("Hidden layer sizes from input to code, separated by commas.", valueName: "sizes"),
    transform: parseSizes)
  var hidden: [Int]?

  @Option(
    help: ArgumentHelp(
      "Size of the code, 32 unless the variant has its own, less for samples of few numbers; for pca also a share of "
        + "the variance, as in 0.95, or mle for Minka's choice.", valueName: "size"))
  var latent: CodeSize?

  @Option(help: "Activation of the hidden layers, and of the code in the variants of three layers.")
  var activation: Activation?

  @Option(help: "Activation of the code.")
  var codeActivation: Activation?

  @Option(
    help: ArgumentHelp(
      "Loss: \(LossSpec.usages); cross-entropy for data in [0, 1], squared-error for others, where none is named.",
      valueName: "name"))
  var loss: LossSpec?

  @Option(
    help: """
      How weights start: he (default) for rectifiers, glorot, fan-in (±1/√inputs), or pca: dense layers as the data's \
      principal components, at their error before the first step.
      """)
  var start: Start?

  @Option(
    help: """
      Scaling of the data, kept in the model: none, standard, or centre (less the mean); standard where values leave \
      [0, 1], centre for bright data in front of a rectified code.
      """)
  var scaling: Scaling.Kind?

  @Option(
    help: ArgumentHelp(
      "How values in [0, 1] become 0 or 1 first: threshold:0.5, or stochastic, drawn anew in every epoch.",
      valueName: "kind"))
  var binarise: Binarisation?

  @Option(
    help: "Where the output's bias starts: zero, or the mean of the training data, the default of variational models.")
  var outputBias: OutputBias?

  @OptionGroup(title: optionTitle("Variational models", .variational)) var variational: VariationalArguments
  @OptionGroup(title: optionTitle("Convolutions", .convolution)) var convolution: ConvolutionArguments
  @OptionGroup(title: "Noise and penalties") var regularization: RegularizationArguments

  func validate() throws {
    if encoder == nil { try checkVariant(variant) }
    if (encoder == nil) != (decoder == nil) { throw ValidationError("--encoder and --decoder go together") }
    if encoder != nil && chosenVariant != nil {
      throw ValidationError("--encoder and --decoder take the place of --variant")
    }
  }

  /// The recipe's name: that of the variant, or "custom" where the layers are given one by one.
  var recipeName: String { encoder == nil ? variant : "custom" }

  /// Whether the recipe is fitted at once, not trained.
  var isFitted: Bool { RecipeKind.named(recipeName)?.isFitted ?? false }

  /// Returns whether the user names none of these options.
  func isEmpty() throws -> Bool {
    let named = RecipeOption.named(in: try options(latent: nil, classes: 1))
    return chosenVariant == nil && latent == nil && named.isEmpty
  }

  /// Returns what the user names, as the library takes it. `classes` is how many a conditional model is told of.
  func options(latent: Int?, classes: @autoclosure () throws -> Int?) throws -> RecipeOptions {
    var options = RecipeOptions()
    options.encoder = try layers("encoder", encoder)
    options.decoder = try layers("decoder", decoder)
    options.hidden = hidden
    options.latent = latent
    options.activation = activation
    options.codeActivation = codeActivation
    options.loss = loss
    options.start = start
    options.scaling = scaling
    options.binarise = binarise
    options.outputBias = outputBias
    convolution.fill(&options)
    regularization.fill(&options)
    variational.fill(&options)
    if variational.conditional { options.classes = try classes() }
    return options
  }

  private func layers(_ name: String, _ text: String?) throws -> [LayerSpec]? {
    guard let text else { return nil }
    do throws(InvalidArgument) { return try LayerSpec.list(text.lowercased()) } catch {
      throw InvalidArgument(name, expected: "\(error)")
    }
  }

  /// Returns the recipe for `data`. `latent` takes the place of the code's size that the user names; `classes` is the
  /// number of classes where `data` are a part that need not have them all.
  func recipe(for data: Dataset, latent size: Int? = nil, classes: Int? = nil) throws -> Recipe {
    try Recipe(
      named: recipeName,
      try options(
        latent: try size ?? latent?.units(of: recipeName), classes: try classes ?? data.classCount()))
  }

  /// Makes a new model of the recipe for `data`.
  func model(
    for data: Dataset, latent size: Int? = nil, classes: Int? = nil, seed: UInt64, threads: Int
  ) throws -> Model {
    try Model(try recipe(for: data, latent: size, classes: classes), for: data, seed: seed, threads: threads)
  }
}

/// Refuses the name of a variant that is nearly another's. Any other unknown name is refused with the list of variants,
/// where the recipe is made.
func checkVariant(_ name: String) throws {
  let names = RecipeKind.all.map(\.name)
  if names.contains(name) { return }
  if let meant = Suggestion.nearest(name, among: names) {
    throw ValidationError("--variant \(name): there is no such variant, did you mean \(meant)?")
  }
}

/// Returns the title of a group of options with the recipes that take it, as in "Convolutions (conv, conv-vae)".
func optionTitle(_ title: String, _ group: RecipeOption.Group) -> String {
  let takers = RecipeKind.all.filter { $0.takes.contains(group) }.map(\.name)
  return "\(title) (\(takers.joined(separator: ", ")))"
}

/// The list of variants that the help shows.
let variantList: String = RecipeKind.all.map { kind in
  "  " + pad(kind.name, 14) + kind.summary + "\n                (\(kind.source))"
}.joined(separator: "\n")

/// The list of layers that the help shows.
let layerList: String = LayerSpec.kinds.map { kind in
  "  \(kind.form.usage)\n                \(kind.form.summary)"
}.joined(separator: "\n")
