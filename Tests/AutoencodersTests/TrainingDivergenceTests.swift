import Autoencoders
import Datasets
import Linalg
import Testing

/// A run that diverges ends with an error, and what it hands out before is finite and good.
@Suite struct TrainingDivergenceTests {
  private func cause(
    _ model: Model, _ options: TrainingOptions, on data: Dataset, validation: Dataset? = nil,
    checkpoints: CheckpointInterval? = nil
  ) throws -> (cause: DivergenceCause, lastGood: Model, states: [TrainingState]) {
    var states: [TrainingState] = []
    do {
      _ = try Trainer(options).train(
        model, on: data, validation: validation, checkpoints: checkpoints, onCheckpoint: { states.append($0) },
        onEpoch: { _, state in states.append(state) })
    } catch TrainingError.diverged(_, let cause, let lastGood) {
      for state in states {
        let isFinite = (state.parameters + state.bestParameters + state.optimizerState).allSatisfy(\.isFinite)
        #expect(isFinite && state.trainLoss.isFinite)
      }
      #expect(lastGood.parameters == states.last?.parameters ?? model.parameters)
      return (cause, lastGood, states)
    }
    throw InvalidArgument("the run did not diverge")
  }

  private func wild(_ rate: Double, batch: Int = 64, epochs: Int = 3) -> TrainingOptions {
    TrainingOptions(epochs: epochs, batch: batch, optimizer: .sgd, learningRate: rate, schedule: .constant)
  }

  /// One step an epoch: no loss is computed behind it before the state is handed out.
  @Test func aStepThatSpoilsTheWeightsIsSeenBeforeTheyAreKept() throws {
    let data = curvedData(samples: 64)
    let model = try deepModel(for: data, loss: .squaredError)
    switch try cause(model, wild(3e38), on: data).cause {
    case .parameters(let tensor): #expect(model.network.layout.parameters.contains { $0.name == tensor })
    // It depends on the size of the gradient whether 3e38 times it is beyond the range of Float.
    case let cause: #expect(cause == .step(1))
    }
    // These weights are finite, but they lead nowhere.
    for rate in [1e5, 1e15, 1e25] {
      #expect(try cause(model, wild(rate), on: data).cause == .step(1), "\(rate)")
    }
    #expect(try cause(model, wild(1e5, batch: 16), on: data, checkpoints: .steps(1)).cause == .step(1))
  }

  @Test func aLossAThousandTimesTheFirstIsDivergence() throws {
    let data = curvedData(samples: 64)
    let model = try deepModel(for: data, loss: .squaredError)
    // Adam's steps have the size of the rate, so weights and losses stay finite.
    let options = TrainingOptions(epochs: 2, batch: 16, optimizer: .adam, learningRate: 10, schedule: .constant)
    switch try cause(model, options, on: data).cause {
    case .trainLoss(let loss, let first): #expect(loss > 1000 * first && first > 0.01 && first < 100)
    // The last step of the epoch is looked at first.
    case let cause: #expect(cause == .step(4))
    }
    // The first loss of later epochs is that of the first epoch.
    var state = TrainingState(parameters: model.parameters)
    (state.epoch, state.step, state.bestEpoch, state.bestLoss, state.trainLoss) = (1, 10, 1, 1e-6, 1e-6)
    state.firstLoss = 1e-6
    do {
      _ = try Trainer(TrainingOptions(epochs: 2, batch: 64, optimizer: .sgd, learningRate: 1e-9)).train(
        model, on: data, resuming: state)
      Issue.record("was not refused")
    } catch TrainingError.diverged(let epoch, .trainLoss(_, let first), _) {
      #expect(epoch == 2 && first == 1e-6)
    }
  }

  /// A first batch of samples that cost nothing is no measure of the others.
  @Test func samplesThatCostNothingAreNoMeasure() throws {
    var rows = [[Float]](repeating: [0, 0, 0, 0], count: 4)
    rows += [[Float]](repeating: [9, 9, 9, 9], count: 60)
    let data = Dataset(rows: rows)
    let recipe = Recipe.deep(hidden: [8], latent: 2).with {
      $0.loss = .squaredError
      $0.scaling = Scaling.Kind.none
    }
    let model = try Model(recipe, for: data)
    let options = TrainingOptions(epochs: 2, batch: 4, optimizer: .sgd, learningRate: 1e-6, shuffle: false)
    let trained = try Trainer(options).train(model, on: data)
    #expect(trained.training?.epochs == 2)
  }

  @Test func aValidationLossThatIsNotFiniteEndsTraining() throws {
    let data = curvedData(samples: 64)
    let model = try deepModel(for: data, loss: .squaredError)
    var matrix = Matrix<Float>(rows: 2, columns: 12)
    matrix[1, 3] = 3e38
    let found = try cause(
      model, TrainingOptions(epochs: 2, batch: 16), on: data, validation: Dataset(matrix, source: "huge"))
    #expect(found.cause == .validationLoss && found.states.isEmpty && found.lastGood.parameters == model.parameters)
  }

  @Test func numbersThatAFloatCannotHoldAreRefused() throws {
    let data = curvedData(samples: 20)
    let model = try deepModel(for: data)
    for change: (inout TrainingOptions) -> Void in [
      { $0.learningRate = 1e308 }, { $0.learningRate = .nan }, { $0.weightDecay = 1e308 },
      { $0.weightDecay = .infinity }, { $0.clipNorm = .infinity }, { $0.clipNorm = 1e300 }, { $0.warmup = .max },
      { $0.warmup = -1 }, { $0.betaWarmup = .max }, { $0.epochs = .max }, { $0.batch = .max }, { $0.patience = .max },
    ] {
      var options = TrainingOptions(epochs: 1)
      change(&options)
      #expect(throws: InvalidArgument.self) { try Trainer(options).train(model, on: data) }
    }
  }
}
