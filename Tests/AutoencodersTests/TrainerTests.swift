import Autoencoders
import Datasets
import Files
import Linalg
import Testing

@Suite struct TrainerTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  @Test(arguments: Optimizer.all.map(\.name), [LossSpec.squaredError, .crossEntropy])
  func everyOptimizerLearns(name: String, loss: LossSpec) throws {
    let data = curvedData(samples: 400)
    let model = try deepModel(for: data, loss: loss)
    let optimizer = try #require(Optimizer.named(name)).optimizer()
    let options = TrainingOptions(epochs: 30, batch: 20, optimizer: optimizer, seed: 1)
    var losses: [Double] = []
    let trained = try Trainer(options, threads: 2).train(
      model, on: data,
      onEpoch: { report, _ in
        losses.append(report.trainLoss - (report.trainFloor ?? 0))
      })
    #expect(losses.count == 30)
    #expect(losses[29] < 0.5 * losses[0], "\(losses[0]) → \(losses[29])")
    let before = try model.evaluate(data).squaredErrorPerSample
    #expect(try trained.evaluate(data).squaredErrorPerSample < 0.5 * before)
  }

  /// The tiles follow from the sizes alone, so training gives the same bits for any number of threads, even with odd
  /// sizes and uneven batches.
  @Test(arguments: RecipeKind.all.map(\.name))
  func sameBitsForAnyNumberOfThreads(name: String) throws {
    let data = curvedData(samples: 500, shape: [10, 13])
    let takesHidden = RecipeKind.named(name)!.takes.contains(.hidden)
    let options = RecipeOptions.with {
      $0.hidden = takesHidden ? [150, 70] : nil
      $0.latent = 33
    }
    let model = try Model(Recipe(named: name, options), for: data, seed: 5)
    let runs: [(Optimizer, Double?)] = [(.adam, nil), (.adam, 0.5), (.muon, nil), (.soap, nil), (.kfac, 0.5)]
    for (optimizer, clip) in runs {
      let options = TrainingOptions(epochs: 3, batch: 96, optimizer: optimizer, clipNorm: clip, seed: 2)
      let reference = try Trainer(options, threads: 1).train(model, on: data, validation: data)
      #expect(reference.parameters.allSatisfy { $0.isFinite }, "\(optimizer.name)")
      for threads in optimizer == .adam ? [2, 3, 4] : [3] {
        let other = try Trainer(options, threads: threads).train(model, on: data, validation: data)
        #expect(other.parameters == reference.parameters, "\(optimizer.name), \(threads) threads, \(clip ?? .infinity)")
        #expect(other.training?.validationLoss == reference.training?.validationLoss)
      }
    }
  }

  /// This recipe has everything that couples samples or draws noise, on several kinds of layers.
  @Test(arguments: RecipeOptions.Pooling.allCases, KLSparsity.Mean.allCases)
  func sameBitsForAnyNumberOfThreadsWithEverything(pooling: RecipeOptions.Pooling, mean: KLSparsity.Mean) throws {
    let data = curvedData(samples: 150, shape: [10, 13])
    let recipe = Recipe.conv(channels: [9, 17], pooling: pooling, hidden: [40], latent: 18).with {
      $0.noise = .gaussian(deviation: 0.2)
      $0.l1 = 0.01
      $0.klSparsity = KLSparsity(target: 0.1, weight: 1, mean: mean)
      $0.contraction = 0.1
    }
    let model = try Model(recipe, for: data, seed: 5)
    let options = TrainingOptions(epochs: 2, batch: 60, seed: 2)
    let reference = try Trainer(options, threads: 1).train(model, on: data, validation: data)
    #expect(reference.parameters != model.parameters)
    for threads in [2, 3] {
      let other = try Trainer(options, threads: threads).train(model, on: data, validation: data)
      #expect(other.parameters == reference.parameters, "\(threads) threads")
    }
  }

  @Test func theTermsOfTheLossAreNamedAndAddUp() throws {
    let data = curvedData(samples: 64)
    let recipe = Recipe.deep(hidden: [8], latent: 4).with {
      $0.l1 = 0.1
      $0.klSparsity = KLSparsity(target: 0.1, weight: 1)
      $0.contraction = 0.1
    }
    let model = try Model(recipe, for: data)
    _ = try Trainer(TrainingOptions(epochs: 1, batch: 16)).train(
      model, on: data,
      onEpoch: { report, _ in
        #expect(report.terms.map(\.name) == ["reconstruction", "l1", "kl_sparsity", "contraction"])
        #expect(report.terms.allSatisfy { $0.value > 0 })
        #expect(abs(report.terms.reduce(0) { $0 + $1.value } - report.trainLoss) < 1e-9 * report.trainLoss)
      })
  }

  /// Each epoch has one step, so the model that is kept is the running average of the parameters after each epoch.
  @Test(arguments: [Optimizer.sgd, .muon])
  func theAverageOfTheWeightsIsKept(optimizer: Optimizer) throws {
    let data = curvedData(samples: 64)
    let model = try deepModel(for: data, loss: .squaredError)
    let options = TrainingOptions(epochs: 30, batch: 64, optimizer: optimizer, averaging: 0.7, seed: 1)
    var average = [Double](repeating: 0, count: model.parameters.count)
    var step = 0.0
    var states: [TrainingState] = []
    let trained = try Trainer(options, threads: 2).train(
      model, on: data, validation: data,
      onEpoch: { report, state in
        step += 1
        let keep = min(0.7, (step - 1) / (step + 9))
        for place in average.indices {
          average[place] += (1 - keep) * (Double(state.parameters[place]) - average[place])
        }
        states.append(state)
      })
    #expect(trained.training?.bestEpoch == 30)
    #expect(states.last!.parameters != trained.parameters)
    for (kept, wanted) in Swift.zip(trained.parameters, average) { #expect(abs(Double(kept) - wanted) < 1e-6) }
    let resumed = try Trainer(options, threads: 1).train(model, on: data, validation: data, resuming: states[9])
    #expect(resumed.parameters == trained.parameters)
  }

  @Test func noiseIsDrawnForTrainingAlone() throws {
    let data = curvedData(samples: 64)
    let recipe = Recipe.deep(hidden: [8], latent: 4)
    let model = try Model(recipe.with { $0.noise = .masking(share: 1) }, for: data)
    let plain = try Model(recipe, for: data)
    // The noise masks all input, so training sees nothing, whereas reconstruction uses the whole input.
    #expect(try model.reconstruct(data) == plain.reconstruct(data))
    let trained = try Trainer(TrainingOptions(epochs: 1)).train(model, on: data)
    let weight = plain.tensor("encoder.0.weight")
    #expect(trained.tensor("encoder.0.weight") == weight, "the first weights have no gradient without input")
  }

  @Test func aSeedIsARunAndAnotherIsAnother() throws {
    let data = curvedData(samples: 100)
    let model = try deepModel(for: data)
    func parameters(_ seed: UInt64) throws -> [Float] {
      try Trainer(TrainingOptions(epochs: 2, batch: 32, seed: seed)).train(model, on: data).parameters
    }
    #expect(try parameters(1) == parameters(1))
    #expect(try parameters(1) != parameters(2))
  }

  @Test func earlyStoppingKeepsTheBestEpoch() throws {
    let data = pixelData(samples: 30)
    let validation = pixelData(samples: 30, seed: 4)
    let model = try deepModel(for: data)
    // These pixels are noise, which has nothing to learn: what is fitted to 30 samples soon makes others worse.
    let options = TrainingOptions(epochs: 500, batch: 10, learningRate: 0.01, schedule: .constant, patience: 5, seed: 1)
    var losses: [Double] = []
    let trained = try Trainer(options).train(
      model, on: data, validation: validation,
      onEpoch: { report, _ in
        losses.append(report.validationLoss!)
      })
    let best = losses.firstIndex(of: losses.min()!)!
    #expect(losses.count == best + 1 + 5)
    #expect(trained.training?.bestEpoch == best + 1)
    #expect(trained.training?.epochs == losses.count)
    let evaluation = try trained.evaluate(validation)
    #expect(abs(evaluation.crossEntropyPerSample! - losses[best]) < 1e-4 * losses[best])
  }

  @Test func aRunGoesOnFromACheckpointToTheSameBits() throws {
    let data = curvedData(samples: 90)
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 6, batch: 20, seed: 3)
    var saved: TrainingState?
    let whole = try Trainer(options).train(
      model, on: data,
      onEpoch: { report, state in
        if report.epoch == 3 { saved = state }
      })
    let path = temporaryPath("checkpoint.safetensors")
    try Checkpoint(model: model, options: options, state: saved!).save(to: path)
    let read = try Checkpoint.load(path)
    #expect(read.state == saved)
    #expect(read.options == options)
    let resumed = try Trainer(read.options).train(read.model, on: data, resuming: read.state)
    #expect(resumed.parameters == whole.parameters)
    #expect(try Model.load(path).parameters == saved?.bestParameters)
  }

  @Test func aDivergingRunSaysWhereAndGivesBackWhatWasGood() throws {
    let data = curvedData(samples: 64)
    let model = try deepModel(for: data, loss: .squaredError)
    let options = TrainingOptions(epochs: 20, batch: 16, optimizer: .sgd, learningRate: 1e6, schedule: .constant)
    do {
      _ = try Trainer(options).train(model, on: data)
      Issue.record("trained with a rate of a million")
    } catch TrainingError.diverged(let epoch, let cause, let lastGood) {
      guard case .batchLoss(let batch, let layer) = cause else { return _ = Issue.record("\(cause)") }
      #expect(epoch >= 1 && batch >= 2)
      #expect(layer.hasPrefix("encoder.") || layer.hasPrefix("decoder."))
      let isGood = lastGood.parameters.allSatisfy(\.isFinite)
      #expect(isGood)
      if epoch == 1 { #expect(lastGood.parameters == model.parameters) }
    }
  }

  @Test func progressCanStopARun() throws {
    let data = curvedData(samples: 64)
    let model = try deepModel(for: data)
    do {
      _ = try Trainer(TrainingOptions(epochs: 5, batch: 16)).train(
        model, on: data,
        onProgress: { step in
          #expect(step.batches == 4)
          return !(step.epoch == 2 && step.batch == 3)
        })
      Issue.record("was not stopped")
    } catch TrainingError.interrupted(let epoch, let soFar, _) {
      #expect(epoch == 2)
      #expect(soFar.training?.epochs == 1)
    }
  }

  @Test func oneFullBatchIsOneHandMadeGradientStep() throws {
    let data = curvedData(samples: 10, shape: [3])
    let model = try Model(.linear(latent: 1), for: data, seed: 9)
    let rate = 0.1
    let options = TrainingOptions(
      epochs: 1, batch: 10, optimizer: .sgd, learningRate: rate, schedule: .constant, shuffle: false)
    let trained = try Trainer(options).train(model, on: data)
    // The parameters are θ = (w (1×3), b (1), v (3×1), c (3)) of y = v(w·x + b) + c, and the loss is L = 1/10 Σ |y −
    // x|².
    let theta = model.parameters.map(Double.init)
    var gradient = [Double](repeating: 0, count: 10)
    var x = Matrix<Double>(rows: 10, columns: 3)
    x.withMutableView { data.gather(rows: 0..<10, into: $0) }
    for i in 0..<10 {
      let code = (0..<3).reduce(theta[3]) { $0 + theta[$1] * x[i, $1] }
      for k in 0..<3 {
        let error = 2.0 / 10 * (theta[4 + k] * code + theta[7 + k] - x[i, k])
        gradient[4 + k] += error * code
        gradient[7 + k] += error
        gradient[3] += error * theta[4 + k]
        for j in 0..<3 { gradient[j] += error * theta[4 + k] * x[i, j] }
      }
    }
    for index in theta.indices {
      let expected = theta[index] - rate * gradient[index]
      #expect(abs(Double(trained.parameters[index]) - expected) < 1e-6, "parameter \(index)")
    }
  }

  @Test func dataThatDoNotFitAreRefused() throws {
    let model = try deepModel(for: curvedData(samples: 20))
    #expect(throws: FileError.self) { try Trainer().train(model, on: curvedData(samples: 20, shape: [11])) }
    let negative = Dataset(
      Matrix<Float>(rows: 2, columns: 12, values: [Float](repeating: -1, count: 24)), source: "neg")
    #expect(throws: FileError.self) { try Trainer().train(model, on: negative) }
    #expect(throws: InvalidArgument.self) {
      try Trainer(TrainingOptions(batch: 0)).train(model, on: curvedData(samples: 20))
    }
  }
}
