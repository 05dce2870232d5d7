import ArgumentParser
import Autoencoders

/// What the network looks like.
struct NetworkOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The kind of autoencoder (listed below).", valueName: "name"))
  var variant = "deep"

  @Option(
    help: ArgumentHelp("Hidden layer sizes from input to code, separated by commas.", valueName: "sizes"),
    transform: parseSizes)
  var hidden: [Int]?

  @Option(help: ArgumentHelp("Size of the code.", valueName: "size"))
  var latent = 32

  @Option(help: "Activation of the hidden layers; of the code in 'vanilla'.")
  var activation: Activation?

  @Option(help: "Loss: cross-entropy for data in [0, 1], squared-error for others, where none is named.")
  var loss: LossKind?

  @Option(help: "How weights start: he for rectifiers, glorot, fan-in (±1/√inputs).")
  var start: Start = .he

  @Option(help: "Scaling of the data, kept in the model: none, or standard; standard where values leave [0, 1].")
  var scaling: Scaling.Kind?
}

/// How it is trained.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the training data.", valueName: "n"))
  var epochs = 20

  @Option(help: ArgumentHelp("Samples per step.", valueName: "n"))
  var batch = 128

  @Option(help: "The rule that turns gradients into steps.")
  var optimizer: OptimizerKind = .adam

  @Option(help: ArgumentHelp("Learning rate; each optimizer has its own default.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: "How the learning rate goes over the run.")
  var schedule: LearningRateSchedule.Shape = .cosine

  @Option(help: ArgumentHelp("Steps over which the learning rate rises first.", valueName: "steps"))
  var warmup = 0

  @Option(help: ArgumentHelp("Weight decay λ, of weights and not biases.", valueName: "λ"))
  var weightDecay = 0.0

  @Option(help: ArgumentHelp("Cut the gradient's norm to this.", valueName: "norm"))
  var clipNorm: Double?

  @Option(help: ArgumentHelp("Stop after so many epochs without a better validation loss.", valueName: "epochs"))
  var patience: Int?

  @Flag(name: .customLong("no-shuffle"), help: "Take the samples in the file's order in every epoch.")
  var keepsOrder = false

  @Option(help: ArgumentHelp("Seed of everything random.", valueName: "number"))
  var seed: UInt64 = 0

  var options: TrainingOptions {
    TrainingOptions(
      epochs: epochs, batch: batch, optimizer: optimizer, learningRate: learningRate, schedule: schedule,
      warmup: warmup, weightDecay: weightDecay, clipNorm: clipNorm, patience: patience, shuffle: !keepsOrder,
      seed: seed)
  }
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
  "  " + variant.name + String(repeating: " ", count: max(1, 10 - variant.name.count)) + variant.summary
    + "\n            (\(variant.source))"
}.joined(separator: "\n")
