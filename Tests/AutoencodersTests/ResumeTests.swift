import Autoencoders
import Datasets
import Files
import Foundation
import Linalg
import Testing

/// A run that was broken off goes on to the same bits as a run without a break, wherever the break was.
@Suite struct ResumeTests {
  private let data = curvedData(samples: 90)
  private let held = curvedData(samples: 30, seed: 8)

  /// Trains to the end and returns the model with all states that were handed out, those within epochs first.
  private func whole(
    _ model: Model, _ options: TrainingOptions, on data: Dataset, validation: Dataset? = nil
  ) throws -> (model: Model, states: [TrainingState], reports: [EpochReport]) {
    var (within, between): ([TrainingState], [TrainingState]) = ([], [])
    var reports: [EpochReport] = []
    let trained = try Trainer(options, threads: 2).train(
      model, on: data, validation: validation, checkpoints: .steps(1), onCheckpoint: { within.append($0) },
      onEpoch: { report, state in
        reports.append(report)
        between.append(state)
      })
    return (trained, within + between, reports)
  }

  /// Goes on from `state` by way of a file, and compares everything that a run leaves.
  private func goesOn(
    _ model: Model, _ options: TrainingOptions, from state: TrainingState, on data: Dataset, validation: Dataset? = nil,
    to whole: (model: Model, states: [TrainingState], reports: [EpochReport]), _ place: String
  ) throws {
    let path = temporaryPath("c.safetensors")
    try Checkpoint(model: model, options: options, state: state).save(to: path)
    let read = try Checkpoint.load(path)
    #expect(read.state == state && read.options == options, "\(place)")
    var reports: [EpochReport] = []
    let resumed = try Trainer(options, threads: 1).train(
      read.model, on: data, validation: validation, resuming: read.state,
      onEpoch: { report, _ in reports.append(report) })
    #expect(resumed.parameters == whole.model.parameters, "\(place)")
    #expect(resumed.training == whole.model.training, "\(place)")
    // All numbers of a report but the times.
    func line(_ report: EpochReport) -> [Double?] {
      [
        Double(report.epoch), report.trainLoss, report.learningRate, report.startLoss, report.validationLoss,
        report.validationSquaredError, report.evaluations.map { Double($0) }, report.isBest ? 1 : 0,
      ] + report.terms.flatMap { [$0.value, $0.bits] }
        + report.trouble.flatMap { [Double($0.failures), $0.shift] as [Double?] }
    }
    #expect(reports.map(line) == whole.reports.suffix(reports.count).map(line), "\(place)")
  }

  @Test(arguments: Optimizer.all.map(\.name))
  func everyOptimizerGoesOnFromEveryStep(name: String) throws {
    let model = try deepModel(for: data)
    let optimizer = try #require(Optimizer.named(name)).optimizer()
    let averages: [Double?] = optimizer.isFullBatch ? [nil] : [nil, 0.9]
    for averaging in averages {
      let options = TrainingOptions(
        epochs: 3, batch: 20, optimizer: optimizer, weightDecay: 0.01, averaging: averaging,
        clipNorm: averaging, seed: 3)
      let whole = try whole(model, options, on: data, validation: held)
      // 90 samples make 5 batches; after the last one comes the state of the epoch.
      #expect(whole.states.count == (optimizer.isFullBatch ? 3 : 3 * 4 + 3))
      for state in [TrainingState(parameters: model.parameters)] + whole.states {
        let place = "\(name), average \(averaging ?? 0), step \(state.step)"
        try goesOn(model, options, from: state, on: data, validation: held, to: whole, place)
      }
    }
  }

  @Test(arguments: RecipeKind.all.filter { !$0.isFitted }.map(\.name))
  func everyVariantGoesOnFromWithinAnEpoch(name: String) throws {
    let images = curvedData(samples: 50, shape: [6, 5])
    let noisy = try #require(RecipeKind.named(name)).takes.contains(.noise)
    let options = RecipeOptions.with {
      $0.latent = 4
      $0.noise = noisy ? .masking(share: 0.2) : nil
    }
    guard name != "custom" else { return }
    let model = try Model(Recipe(named: name, options), for: images, seed: 5)
    let training = TrainingOptions(
      epochs: 2, batch: 16, betaWarmup: model.network.isVariational ? 2 : nil, seed: 2)
    let whole = try whole(model, training, on: images)
    for state in whole.states.filter({ $0.step % 2 == 1 }) {
      try goesOn(model, training, from: state, on: images, to: whole, "\(name), step \(state.step)")
    }
  }

  @Test func statesAndRunningMeansGoOn() throws {
    let running = Recipe.conv(channels: [3], latent: 4).with {
      $0.klSparsity = KLSparsity(target: 0.1, weight: 1, mean: .running)
      $0.rateWeight = 0.01
      $0.l1 = 0.01
      $0.codeActivation = .sigmoid
    }
    let learned = Recipe.vae(hidden: [8], latent: 3).with {
      $0.likelihood = .learnedGaussian
      $0.importanceSamples = 3
    }
    let images = curvedData(samples: 50, shape: [6, 5])
    for recipe in [running, learned] {
      let model = try Model(recipe, for: images, seed: 5)
      let options = TrainingOptions(epochs: 2, batch: 16, patience: 1, seed: 2)
      let whole = try whole(model, options, on: images, validation: images)
      for state in whole.states {
        try goesOn(
          model, options, from: state, on: images, validation: images, to: whole, "\(model.name), step \(state.step)")
      }
    }
  }

  /// The state at an interruption goes on too: from within an epoch, from before the first step, and from validation.
  @Test(arguments: [0, 1, 3, 5, 6, 9, 15])
  func anInterruptedRunGoesOn(after questions: Int) throws {
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 2, batch: 20, seed: 3)
    let whole = try whole(model, options, on: data, validation: held)
    var asked = 0
    do {
      // The caller is asked after each of 5 batches, before each of 2 batches of validation, and behind the last epoch.
      _ = try Trainer(options, threads: 2).train(
        model, on: data, validation: held,
        isCancelled: {
          asked += 1
          return asked > questions
        })
      Issue.record("was not stopped")
    } catch TrainingError.interrupted(_, _, let state) {
      #expect(state.step == min(10, questions < 7 ? min(questions + 1, 5) : min(questions - 7, 4) + 6), "\(questions)")
      try goesOn(model, options, from: state, on: data, validation: held, to: whole, "after \(questions) questions")
    }
  }

  @Test func checkpointsComeAfterSomeTime() throws {
    let model = try deepModel(for: data)
    var states = 0
    _ = try Trainer(TrainingOptions(epochs: 2, batch: 20)).train(
      model, on: data, checkpoints: .seconds(1e-9), onCheckpoint: { _ in states += 1 })
    #expect(states == 2 * 4)
    _ = try Trainer(TrainingOptions(epochs: 2, batch: 20)).train(
      model, on: data, checkpoints: .seconds(1e5), onCheckpoint: { _ in states += 1 })
    #expect(states == 2 * 4)
    #expect(throws: InvalidArgument.self) { try Trainer().train(model, on: data, checkpoints: .steps(0)) }
  }

  /// With a rate that stays the same, a run that is extended is the longer run.
  @Test func anExtendedRunIsTheLongerOne() throws {
    let model = try deepModel(for: data)
    var options = TrainingOptions(epochs: 4, batch: 20, schedule: .constant, seed: 3)
    let whole = try whole(model, options, on: data)
    options.epochs = 2
    var state = try #require(try self.whole(model, options, on: data).states.last)
    #expect(state.end(options) == "all 2 epochs are done")
    var longer = options
    longer.epochs = 4
    state.change(
      from: options, to: longer, data: "curved data", samples: 90, now: 90, otherData: false, otherValidation: false,
      changes: ["epochs 2, now 4"])
    #expect(state.end(longer) == nil)
    let extended = try Trainer(longer).train(model, on: data, resuming: state)
    #expect(extended.parameters == whole.model.parameters)
    #expect(
      extended.training?.earlier
        == [EarlierTraining(data: "curved data", samples: 90, epochs: 2, changes: ["epochs 2, now 4"])])
    #expect(extended.training?.epochs == 4)
  }

  /// An epoch that was begun with batches of other samples begins anew, and the rate goes on at its place in the run.
  @Test func otherDataBeginTheEpochAnew() throws {
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 3, batch: 20, seed: 3)
    let states = try whole(model, options, on: data, validation: held).states
    var state = try #require(states.first { $0.step == 8 })
    #expect(state.epoch == 1 && state.partial?.batches == 3)
    let other = curvedData(samples: 200, seed: 9)
    state.change(
      from: options, to: options, data: "curved data", samples: 90, now: 200, otherData: true, otherValidation: true,
      changes: ["data"])
    #expect(state.partial == nil && state.step == 10 && state.bestLoss == .infinity && state.firstLoss == nil)
    let trained = try Trainer(options).train(model, on: other, validation: other, resuming: state)
    #expect(trained.training?.samples == 200 && trained.training?.earlier?.map(\.samples) == [90])
  }

  @Test func statesOfOtherRunsAreRefused() throws {
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 3, batch: 20, seed: 3)
    let good = try #require(try whole(model, options, on: data).states.first)
    let path = temporaryPath("c.safetensors")
    for change: (inout TrainingState) -> Void in [
      { $0.parameters.removeLast() }, { $0.optimizerState.removeLast() }, { $0.parameters[3] = .nan },
      { $0.optimizerState[0] = .infinity }, { $0.bestParameters[0] = -.infinity }, { $0.epoch = .max },
      { $0.epoch = -1 }, { $0.bestEpoch = .min }, { $0.bestEpoch = 3 }, { $0.step = .max }, { $0.step = -1 },
      { $0.seconds = 1e308 }, { $0.seconds = .nan }, { $0.seconds = -1 }, { $0.trainLoss = .nan },
      { $0.partial?.batches = .max }, { $0.partial?.batches = -1 }, { $0.partial?.loss = .infinity },
      { $0.partial?.seconds = 1e308 },
    ] {
      var state = good
      change(&state)
      #expect(throws: InvalidArgument.self) { try Trainer(options).train(model, on: data, resuming: state) }
      #expect(throws: InvalidArgument.self) {
        try Checkpoint(model: model, options: options, state: state).save(to: path)
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test func dataHaveAFingerprint() throws {
    let model = try deepModel(for: data)
    let run = RunFingerprint(model, data: data, validation: held)
    #expect(run.differences(to: RunFingerprint(model, data: curvedData(samples: 90), validation: held)).isEmpty)
    func texts(_ other: RunFingerprint) -> [String] { run.differences(to: other).map(\.description) }
    #expect(
      texts(RunFingerprint(model, data: data)) == ["validation: the run validates on 'curved data'"])
    let (sample, other) = ("90 samples of shape [12]", curvedData(samples: 90, seed: 9))
    #expect(
      texts(RunFingerprint(model, data: other, validation: held)) == [
        "data curved data: the run trains on \(sample), but with other values from curved data, found \(sample), but "
          + "with other values"
      ])
    #expect(
      texts(RunFingerprint(model, data: held, validation: data)) == [
        "validation curved data: the run validates on 30 samples of shape [12] from curved data, found \(sample)",
        "data curved data: the run trains on \(sample) from curved data, found 30 samples of shape [12]",
      ])
    #expect(
      RunFingerprint(model, data: data).differences(to: run).map(\.description)
        == ["validation curved data: the run does not validate"])
    // One value of one of the samples that are looked at.
    var rows = (0..<90).map { row in (0..<12).map { Float(row * 12 + $0) } }
    let first = DataFingerprint(Dataset(rows: rows), withClasses: false)
    rows[40][5].negate()
    #expect(!first.matches(DataFingerprint(Dataset(rows: rows), withClasses: false)))
  }

  @Test func aRunFromTrainedWeightsSaysSo() throws {
    let first = try Trainer(TrainingOptions(epochs: 2)).train(try deepModel(for: data), on: data)
    let second = try Trainer(TrainingOptions(epochs: 1)).train(first, on: held)
    #expect(second.training?.earlier == [EarlierTraining(data: "curved data", samples: 90, epochs: 2)])
    #expect(second.training?.samples == 30)
  }
}
