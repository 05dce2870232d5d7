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

      LAYERS, for --encoder and --decoder, separated by commas
      \(layerList)

      OPTIMIZERS
      \(optimizerList)

      EXAMPLE
        aetool train --data digits:20000 --variant deep --hidden 256,64 --latent 16 --model digits.safetensors
        aetool train --data digits:20000 --variant pca --latent 0.95 --model pca.safetensors
        aetool train --data digits:20000 --loss squared-error --start pca --warmup 500 --model deep.safetensors
        aetool train --data digits:20000 --variant conv --noise masking:0.3 --l1 0.01 --model conv.safetensors
        aetool train --data digits:20000 --encoder "dense:256:relu, dense:16" --decoder "dense:256:relu, dense" \\
          --model mine.safetensors
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
    if try (initial != nil || resume != nil) && !network.isEmpty() {
      throw ValidationError(
        "--init and --resume take the network, its scaling, noise and penalties from the file: options for them do not "
          + "apply")
    }
    if initial != nil && resume != nil { throw ValidationError("--init and --resume exclude each other") }
    if resume != nil && !training.isEmpty {
      throw ValidationError(
        "--resume goes on with the checkpoint's epochs, batch, optimizer, rates and seed: options for them do not apply"
      )
    }
    if training.patience != nil && validation == nil { throw ValidationError("--patience needs --validation") }
  }

  func run() throws {
    if initial == nil, resume == nil, network.isFitted { return try fit() }
    var (start, options, state) = try startingPoint()
    try options.validate()
    try checkWritable([model, checkpoint])
    var data = try data.open()
    var held: Dataset?
    // The classes are counted before a share is held out, since that share may have some that the rest lacks.
    let classes = data.labels == nil ? nil : try? data.classCount()
    if let validation {
      (data, held) = try Self.split(data, validation, labels: validationLabels, seed: options.seed)
    }
    let subject = try start(data, classes)
    if resume == nil { options = try training.options(for: subject) }
    let log = try self.log.map { try EpochLog($0, appending: resume != nil) }
    let progress = ProgressLine(epochs: options.epochs)
    var seconds = state?.seconds ?? 0
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
          seconds = report.seconds
          try log?.append(report)
          if let checkpoint { try Checkpoint(model: subject, options: options, state: state).save(to: checkpoint) }
        })
      progress.end()
      try trained.save(to: model)
      try report(trained, seconds: seconds)
    } catch let error as TrainingError {
      progress.end()
      throw rescue(error)
    }
  }

  // MARK: - Before

  /// Returns a function that makes the model once the data are known, the options, and the state to go on from.
  private func startingPoint() throws -> (
    model: (Dataset, Int?) throws -> Model, options: TrainingOptions, state: TrainingState?
  ) {
    if let resume {
      let saved = try Checkpoint.load(resume)
      return ({ _, _ in saved.model }, saved.options, saved.state)
    }
    if let initial {
      let loaded = try Model.load(initial)
      return ({ _, _ in loaded }, try training.options(), nil)
    }
    let (network, seed, threads) = (network, training.seed, threads.threads)
    return (
      { data, classes in try network.model(for: data, classes: classes, seed: seed, threads: threads) },
      try training.options(), nil
    )
  }

  /// Tries to create every output before hours of work go into something that cannot be written.
  func checkWritable(_ paths: [String?]) throws {
    for case let path? in paths where path != "-" { _ = try AtomicFile(path) }
  }

  /// Returns training and validation data: two files, or one file from which a random share is held out. The share is
  /// the same for the same seed.
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
    let sized = model.network.layers.filter { $0.inputSize != $0.outputSize || $0.hasWeights }
    let sizes = ([model.network.inputSize] + sized.map(\.outputSize)).map(String.init)
    let held = held.map { ", \($0.count.grouped) for validation" } ?? ""
    Console.error(
      "\(model.name) \(sizes.joined(separator: "-")), \(model.network.layout.count.grouped) parameters\(regularization(model)), "
        + "\(model.network.isVariational ? model.blueprint.loss.likelihoodDescription : model.blueprint.loss.description); "
        + "\(data.count.grouped) samples from \(data.source)\(held)"
    )
  }

  /// Returns what keeps the model from copying its input, as in ", noise masking:0.5, L1 penalty 0.1".
  private func regularization(_ model: Model) -> String {
    let layers = model.network.layers.filter { $0.role.lossTerm != nil || $0.memory.noise > 0 }.map(\.summary)
    let contraction = model.network.contraction.map { "contraction \($0)" }
    return (layers + [contraction].compactMap { $0 }).map { ", " + $0 }.joined()
  }

  // MARK: - After

  private func report(_ trained: Model, seconds: Double) throws {
    guard let record = trained.training else { return }
    if result.json { return try writeReport(TrainingResult(model, record, seconds: seconds)) }
    let loss = record.trainLoss.map { "training loss \($0.significant(5))" } ?? "untrained"
    let validation = record.validationLoss.map { ", validation loss \($0.significant(5))" } ?? ""
    let kept = record.bestEpoch == record.epochs ? "" : ", weights of epoch \(record.bestEpoch)"
    let line =
      "\(model): \(loss)\(validation) after \(record.epochs) epochs\(kept), "
      + "\(ProgressLine.duration(seconds)) of training"
    if model == "-" { Console.error(line) } else { Console.result(line) }
  }

  /// Prints the result as JSON, on standard error where the model itself went to standard output.
  func writeReport(_ report: some Encodable) throws {
    if model == "-" { Console.error(try Console.text(ofJSON: report)) } else { try Console.json(report) }
  }

  /// Saves the weights that training had before it failed, and returns an error that says where they are.
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

/// The report that `train --json` prints.
private struct TrainingResult: Encodable {
  let model: String
  let epochs, best_epoch: Int
  let train_loss, validation_loss: Double?
  let seconds, samples_per_second: Double

  init(_ path: String, _ record: TrainingRecord, seconds: Double) {
    model = path
    epochs = record.epochs
    best_epoch = record.bestEpoch
    train_loss = record.trainLoss
    validation_loss = record.validationLoss
    self.seconds = seconds
    samples_per_second = Double(record.samples * record.epochs) / max(seconds, 1e-9)
  }
}
