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
      averaged over samples. Ctrl-C ends training and keeps its state in --checkpoint, or beside --model, from where \
      --resume goes on to the same bits as without a break.

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
        aetool train --data digits:20000 --resume-or-start run.safetensors --checkpoint-every 5m --model deep.safetensors
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

  @OptionGroup(title: "Checkpoints") var checkpoints: CheckpointOptions

  @Option(help: ArgumentHelp("Write one JSON object per epoch here.", valueName: "file"))
  var log: String?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions
  @OptionGroup var result: ResultOptions

  func validate() throws {
    if try initial != nil && !network.isEmpty() {
      throw ValidationError(
        "--init takes the network, its scaling, noise and penalties from the file: options for them do not apply")
    }
    if initial != nil && checkpoints.file != nil { throw ValidationError("--init and --resume exclude each other") }
    if training.patience != nil && validation == nil && checkpoints.file == nil {
      throw ValidationError("--patience needs --validation")
    }
  }

  func run() throws {
    try checkFiles()
    // Two trainings that write one file would destroy each other's work.
    let locks = try [model, checkpoints.path, self.log].compactMap { try $0.flatMap { try FileLock($0) } }
    defer { withExtendedLifetime(locks) {} }
    let saved = try checkpoints.load()
    if initial == nil, saved == nil, network.isFitted { return try fit() }
    let run = try saved.map { try resumed($0) } ?? started()
    let log = try self.log.map { try EpochLog($0, continuingAfter: saved?.state.epoch) }
    let progress = ProgressLine(epochs: run.options.epochs)
    var seconds = run.state?.seconds ?? 0
    describe(run)
    let troubles = TrainingTroubles()
    Interrupt.handle()
    do {
      let trained = try Trainer(run.options, threads: threads.threads).train(
        run.model, on: run.data, validation: run.validation, resuming: run.state, checkpoints: checkpoints.interval,
        onProgress: { step in
          progress.update(step)
          return true
        },
        isCancelled: { Interrupt.isRequested },
        onCheckpoint: { state in try troubles.tolerate { try save(state, of: run) } },
        onEpoch: { report, state in
          progress.finish(report)
          seconds = report.seconds
          if let warning = try log?.append(report) { Console.error("warning: " + warning) }
          try troubles.tolerate { try save(state, of: run) }
          Interrupt.leave { [rescued] in rescued(run.checkpoint(state)) }
        })
      progress.end()
      Interrupt.takeOver()
      try KeptOutput.save("the model", to: model) { try trained.save(to: $0) }
      let isNew = saved == nil && initial == nil
      let dead = try DeadUnits(trained, from: isNew ? run.model : nil, on: run.data, threads: threads.threads)
      if let dead { Console.say(dead.line(for: trained)) }
      try report(trained, seconds: seconds, dead)
      try troubles.finish(log, model: model)
    } catch let error as TrainingError {
      Interrupt.takeOver()
      progress.end()
      try? log?.finish()
      throw rescue(error, run)
    }
  }

  /// Writes the state of the run to --checkpoint, where one is named.
  private func save(_ state: TrainingState, of run: TrainingStart) throws {
    guard let path = checkpoints.path else { return }
    try run.checkpoint(state).save(to: path)
  }

  /// Checks every output before hours of work go into something that cannot be written, or must not be.
  private func checkFiles() throws {
    var files = FileRoles()
    files.reads(data)
    if let validation, Double(validation) == nil { files.readsData("--validation", validation) }
    files.readsData("--validation-labels", validationLabels)
    files.reads("--init", initial)
    // A run that goes on keeps its checkpoint where it was.
    let goesOn = checkpoints.file.flatMap { FileIdentity($0) } == checkpoints.path.flatMap { FileIdentity($0) }
    if !goesOn { files.reads("--resume", checkpoints.file) }
    files.writes("--model", model, .model)
    files.writes("--checkpoint", checkpoints.path, .model)
    // Where a run was killed between two renames, the checkpoint and the one before are one file with two names.
    let before = checkpoints.path.map { $0 + ".prev" }
    if before.flatMap({ FileIdentity($0) }) != checkpoints.path.flatMap({ FileIdentity($0) }) {
      files.writes("--checkpoint, which keeps the one before as", before, .model)
    }
    files.writes("--log", log, .log)
    try files.check(force: overwriting.force)
  }
}
