import ArgumentParser
import Autoencoders

/// The options that say how a network is trained.
struct OptimizerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Passes over the training data, 20 by default.", valueName: "n"))
  var epochs: Int?

  @Option(
    help: ArgumentHelp(
      "Samples per step, 128 by default; lbfgs has all of them in a step, so many at a time.", valueName: "n"))
  var batch: Int?

  @Option(
    help: ArgumentHelp(
      "The rule that turns gradients into steps (listed below); where none is named muon for networks of more than three "
        + "layers, adam for others and behind --start pca.", valueName: "name"))
  var optimizer: OptimizerName?

  @Option(help: ArgumentHelp("ε in the denominator of \(optimizers(taking: .epsilon)).", valueName: "ε"))
  var epsilon: Double?

  @Option(
    help: """
      How \(optimizers(taking: .orthogonalise)) makes its steps orthogonal: cholesky (default), polar, newton-schulz.
      """)
  var orthogonalise: Orthogonalisation?

  @Option(
    help: ArgumentHelp(
      "Learning rate, of lbfgs the first trial step; each optimizer has its own default.", valueName: "rate"))
  var learningRate: Double?

  @Option(help: "How the learning rate goes over the run, cosine by default.")
  var schedule: LearningRateSchedule.Shape?

  @Option(help: ArgumentHelp("Steps over which the learning rate rises first.", valueName: "steps"))
  var warmup: Int?

  @Option(help: ArgumentHelp("Epochs over which β of a variational model rises from 0.", valueName: "epochs"))
  var betaWarmup: Int?

  @Option(help: ArgumentHelp("Weight decay λ, of weights and not biases.", valueName: "λ"))
  var weightDecay: Double?

  @Option(
    help: ArgumentHelp(
      "Validate and keep a running average of the weights; step t keeps the share min(γ, (t − 1)/(t + 9)), as in 0.999.",
      valueName: "γ"))
  var average: Double?

  @Option(help: ArgumentHelp("Cut the gradient's norm to this.", valueName: "norm"))
  var clipNorm: Double?

  @Option(help: ArgumentHelp("Stop after so many epochs without a better validation loss.", valueName: "epochs"))
  var patience: Int?

  @Flag(name: .customLong("no-shuffle"), help: "Take the samples in the file's order in every epoch.")
  var keepsOrder = false

  @Option(
    name: .customLong("seed"), help: ArgumentHelp("Seed of everything random, 0 by default.", valueName: "number"))
  var chosenSeed: UInt64?
  var seed: UInt64 { chosenSeed ?? 0 }

  /// Whether the user names none of these options.
  var isEmpty: Bool {
    epochs == nil && batch == nil && optimizer == nil && epsilon == nil && orthogonalise == nil && learningRate == nil
      && schedule == nil && warmup == nil && betaWarmup == nil && weightDecay == nil && average == nil
      && clipNorm == nil && patience == nil && !keepsOrder && chosenSeed == nil
  }

  /// Returns the options as far as they are known without a network; where none decides on the optimizer, it is Adam.
  func options() throws -> TrainingOptions { try options(orElse: .adam) }

  func options(for model: Model) throws -> TrainingOptions { try options(orElse: .usual(for: model)) }

  func options(orElse usual: Optimizer) throws -> TrainingOptions {
    let usual = orthogonalise != nil ? .muon : epsilon != nil ? .adam : usual
    let entry = Optimizer.named(optimizer?.name ?? usual.name)
    return TrainingOptions(
      epochs: epochs ?? 20, batch: batch ?? 128,
      optimizer: try entry?.optimizer(.init(epsilon: epsilon, orthogonalise: orthogonalise)) ?? usual,
      learningRate: learningRate, schedule: schedule ?? .cosine, warmup: warmup ?? 0, betaWarmup: betaWarmup,
      weightDecay: weightDecay ?? 0, averaging: average, clipNorm: clipNorm, patience: patience,
      shuffle: !keepsOrder, seed: seed)
  }
}

/// An optimizer's name on the command line.
struct OptimizerName: ExpressibleByArgument {
  let name: String

  init?(argument: String) {
    name = argument.lowercased()
    if Optimizer.named(name) == nil { return nil }
  }

  static var allValueStrings: [String] { Optimizer.all.map(\.name) }
}

/// Returns the names of the optimizers that take an argument, as in "adam, adamw, rmsprop".
private func optimizers(taking argument: OptimizerEntry.Argument) -> String {
  Optimizer.all.filter { $0.takes.contains(argument) }.map(\.name).joined(separator: ", ")
}

/// The list of optimizers that the help shows.
let optimizerList: String = Optimizer.all.map { "  " + pad($0.name, 14) + $0.summary }.joined(separator: "\n")
