import ArgumentParser
import Autoencoders
import Datasets
import Files
import Linalg

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains a model and writes it.",
    discussion: """
      The model with the best validation loss is kept; without --validation the last. The loss is a sum over features, \
      averaged over samples. Ctrl-C ends training and keeps what was learned beside --model.

      VARIANTS
      \(variantList)

      EXAMPLE
        aetool train --data digits:20000 --variant deep --hidden 256,64 --latent 16 --model digits.safetensors
        aetool train --data digits:20000 --variant pca --latent 0.95 --model pca.safetensors
        aetool train --data digits:20000 --loss squared-error --start pca --warmup 500 --model deep.safetensors
        aetool train --data digits:20000 --variant conv --noise masking:0.3 --l1 0.01 --model conv.safetensors
        aetool train --data train-images-idx3-ubyte.gz --hidden 1000,500,250 --latent 30 --validation 0.1 \\
          --patience 3 --log log.jsonl --model deep.safetensors
      """)

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("Where to write the model (safetensors).", valueName: "file"))
  var model: String

  @OptionGroup(title: "Network") var network: NetworkOptions
  @OptionGroup(title: "Training") var training: OptimizerOptions
  @OptionGroup(title: "Fitting (pca)") var fitting: FitOptions

  @Option(help: ArgumentHelp("Validation data, or the fraction of --data to hold out.", valueName: "file or fraction"))
  var validation: String?

  @Option(help: ArgumentHelp("The classes of the samples in --validation, for conditional models.", valueName: "file"))
  var validationLabels: String?

  @Option(name: .customLong("init"), help: ArgumentHelp("Start from this model's weights.", valueName: "model"))
  var initial: String?

  @Option(help: ArgumentHelp("Write the state of training here after every epoch.", valueName: "file"))
  var checkpoint: String?

  @Option(help: ArgumentHelp("Go on from this checkpoint, with its network and options.", valueName: "checkpoint"))
  var resume: String?

  @Option(help: ArgumentHelp("Write one JSON object per epoch here.", valueName: "file"))
  var log: String?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var result: ResultOptions

  func validate() throws {
    if (initial != nil || resume != nil) && !network.isEmpty {
      throw ValidationError(
        "--init and --resume take the network, its scaling, noise and penalties from the file: options for them do not "
          + "apply")
    }
    if initial != nil && resume != nil { throw ValidationError("--init and --resume exclude each other") }
    if training.patience != nil && validation == nil && resume == nil {
      throw ValidationError("--patience needs --validation")
    }
  }

  func run() throws {
    if initial == nil, resume == nil, let variant = Variant.named(network.variant), variant.isFitted {
      return try fit()
    }
    var (start, options, state) = try startingPoint()
    try options.validate()
    try checkWritable([model, checkpoint])
    var data = try data.open()
    var held: Dataset?
    // All of them, before a share is held out.
    let classes = data.labels == nil ? nil : try? data.classCount()
    if let validation {
      (data, held) = try Self.split(data, validation, labels: validationLabels, seed: options.seed)
    }
    let subject = try start(data, classes)
    if resume == nil { options = training.options(for: subject) }
    let log = try self.log.map { try EpochLog($0, appending: resume != nil) }
    let progress = ProgressLine(epochs: options.epochs)
    describe(subject, data, held)
    Interrupt.handle()
    do {
      let trained = try Trainer(options, threads: threads.threads).train(
        subject, on: data, validation: held, resuming: state,
        onProgress: { step in
          progress.update(step)
          return !Interrupt.isRequested
        },
        onEpoch: { report, state in
          progress.finish(report)
          try log?.append(report)
          if let checkpoint { try Checkpoint(model: subject, options: options, state: state).save(to: checkpoint) }
        })
      progress.end()
      try trained.save(to: model)
      try report(trained)
    } catch let error as TrainingError {
      progress.end()
      throw rescue(error)
    }
  }

  /// Principal components: one fit, no epochs.
  private func fit() throws {
    let isTrained = validation != nil || checkpoint != nil || log != nil
    if isTrained || network.hidden != nil || network.activation != nil || network.codeActivation != nil
      || network.convolution.options != nil
      || !network.regularization.isEmpty || !network.variational.isEmpty || network.binarise != nil
      || network.outputBias != nil || network.start != nil
    {
      throw ValidationError(
        "the variant '\(network.variant)' is fitted at once: --validation, --checkpoint, --log, --hidden, --start, activations, "
          + "convolutions, noise, penalties, likelihoods and binarisation do not apply")
    }
    try checkWritable([model])
    let data = try SampleStream.open(data.data, memory: fitting.memory)
    let clock = ContinuousClock()
    let start = clock.now
    let range = try data.range()
    let fractions = range.lowerBound >= 0 && range.upperBound <= 1
    let scaling = try Scaling.fit(network.scaling ?? (fractions ? .none : .standard), to: data)
    let pca = try PCA.fit(
      data, (network.latent ?? .count(32)).componentCount, solver: fitting.solver, scaling: scaling,
      seed: training.seed,
      threads: threads.threads)
    let spent = (clock.now - start).inSeconds
    var fitted = try Model(pca, shape: data.shape, scaling: scaling)
    let first = try data.firstSamples(10_000)
    try fitted.rememberErrors(on: first, threads: threads.threads)
    try fitted.rememberCodes(on: first, threads: threads.threads)
    try fitted.save(to: model)
    let report = FitResult(model, pca, seconds: spent)
    if result.json { return try writeReport(report) }
    let line =
      "\(model): \(pca.size) principal components of \(pca.featureCount) features explain "
      + "\((report.explained_variance_ratio * 100).formatted(2)) % of the variance of \(pca.samples.grouped) samples, "
      + "\(spent.formatted(2)) s"
    if model == "-" { Console.error(line) } else { Console.result(line) }
  }

  // MARK: - Before

  /// How to get the model to train once the data are known, and from where to go on.
  private func startingPoint() throws -> (
    model: (Dataset, Int?) throws -> Model, options: TrainingOptions, state: TrainingState?
  ) {
    if let resume {
      let saved = try Checkpoint.load(resume)
      return ({ _, _ in saved.model }, saved.options, saved.state)
    }
    if let initial {
      let loaded = try Model.load(initial)
      return ({ _, _ in loaded }, training.options, nil)
    }
    let (network, seed, threads) = (network, training.seed, threads.threads)
    return (
      { data, classes in try network.model(for: data, classes: classes, seed: seed, threads: threads) },
      training.options, nil
    )
  }

  /// Tries every output before hours of work go into what cannot be written.
  private func checkWritable(_ paths: [String?]) throws {
    for case let path? in paths where path != "-" { _ = try AtomicFile(path) }
  }

  /// Training and validation data: two files, or a random share of one, the same for the same seed.
  static func split(
    _ data: Dataset, _ validation: String, labels: String? = nil, seed: UInt64
  ) throws -> (Dataset, Dataset) {
    guard let share = Double(validation) else { return (data, try Dataset.open(validation, labels: labels)) }
    let held = share > 0 && share < 1 ? Int((share * Double(data.count)).rounded()) : 0
    guard held >= 1, held < data.count else {
      throw ValidationError(
        "--validation \(validation): must be a file, or a fraction that leaves samples on both sides "
          + "(\(data.source) has \(data.count))")
    }
    var random = RandomStream(seed: seed, purpose: .split)
    let order = random.permutation(data.count)
    return (data.subset(order[held...].sorted()), data.subset(order[..<held].sorted()))
  }

  private func describe(_ model: Model, _ data: Dataset, _ held: Dataset?) {
    let sized = model.network.layers.filter { $0.inputSize != $0.outputSize || $0.units > 0 && $0.penaltyName == nil }
    let sizes = ([model.network.inputSize] + sized.map(\.outputSize)).map(String.init)
    let held = held.map { ", \($0.count.grouped) for validation" } ?? ""
    Console.error(
      "\(model.architecture.variant) \(sizes.joined(separator: "-")), \(model.network.layout.count.grouped) parameters\(regularization(model)), "
        + "\(model.architecture.variational?.likelihood.description ?? model.architecture.loss.rawValue); \(data.count.grouped) samples from \(data.source)\(held)"
    )
  }

  /// What keeps the model from copying: ", noise masking:0.5, L1 penalty 0.1".
  private func regularization(_ model: Model) -> String {
    let layers = model.network.layers.filter { $0.penaltyName != nil || $0.noiseSize > 0 }.map(\.summary)
    let contraction = model.network.contraction
    return (layers + (contraction > 0 ? ["contraction \(contraction)"] : [])).map { ", " + $0 }.joined()
  }

  // MARK: - After

  private func report(_ trained: Model) throws {
    guard let record = trained.training else { return }
    if result.json { return try writeReport(TrainingResult(model, record)) }
    let loss = record.trainLoss.map { "training loss \($0.significant(5))" } ?? "untrained"
    let validation = record.validationLoss.map { ", validation loss \($0.significant(5))" } ?? ""
    let kept = record.bestEpoch == record.epochs ? "" : ", weights of epoch \(record.bestEpoch)"
    let line =
      "\(model): \(loss)\(validation) after \(record.epochs) epochs\(kept), "
      + "\(ProgressLine.duration(record.seconds)) of training"
    if model == "-" { Console.error(line) } else { Console.result(line) }
  }

  /// The result as JSON; on standard error where the model itself went to standard output.
  private func writeReport(_ report: some Encodable) throws {
    if model == "-" { Console.error(try Console.text(ofJSON: report)) } else { try Console.json(report) }
  }

  /// Saves what training had before it failed, and says where.
  private func rescue(_ error: TrainingError) -> any Error {
    func save(_ kept: Model, _ suffix: String) -> String {
      let stem = model.hasSuffix(".safetensors") ? String(model.dropLast(12)) : model
      let path = stem + suffix + ".safetensors"
      do {
        try kept.save(to: path)
        return path
      } catch {
        return "nowhere (\(error))"
      }
    }
    switch error {
    case .diverged(let epoch, let batch, let layer, let lastGood):
      return ProgramError(
        .badData,
        "the loss is not finite in epoch \(epoch), batch \(batch), first seen in \(layer); the weights before that "
          + "epoch are in \(save(lastGood, ".last-good")); try a lower --learning-rate, --warmup or --clip-norm")
    case .interrupted(let epoch, let soFar):
      return ProgramError(
        .interrupted,
        epoch == 1
          ? "interrupted in the first epoch; nothing was kept"
          : "interrupted in epoch \(epoch); the best weights so far are in \(save(soFar, ".interrupted"))")
    }
  }
}

/// What `train --json` prints.
private struct TrainingResult: Encodable {
  let model: String
  let epochs, best_epoch: Int
  let train_loss, validation_loss: Double?
  let seconds, samples_per_second: Double

  init(_ path: String, _ record: TrainingRecord) {
    model = path
    epochs = record.epochs
    best_epoch = record.bestEpoch
    train_loss = record.trainLoss
    validation_loss = record.validationLoss
    seconds = record.seconds
    samples_per_second = Double(record.samples * record.epochs) / max(record.seconds, 1e-9)
  }
}

/// What `train --variant pca --json` prints.
private struct FitResult: Encodable {
  let model: String
  let components, features, samples: Int
  let explained_variance_ratio, noise_variance: Double
  let explained_variance: [Double]
  let seconds: Double

  init(_ path: String, _ pca: PCA, seconds: Double) {
    model = path
    components = pca.size
    features = pca.featureCount
    samples = pca.samples
    explained_variance_ratio = pca.explainedVarianceRatio.reduce(0, +)
    noise_variance = pca.noiseVariance
    explained_variance = pca.explainedVariance
    self.seconds = seconds
  }
}
