import Datasets
import Foundation
import Linalg
import Testing

@testable import Autoencoders

@Suite struct LBFGSTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  // MARK: - The pieces

  /// Directions are compared with those of inverse Hessians computed as matrices. Golden/numpy_lbfgs.py made the golden
  /// numbers.
  @Test func directionsAreNumPys() throws {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Golden/numpy_lbfgs.json")
    let golden = try JSONDecoder().decode([[Double]].self, from: Data(contentsOf: url))
    // The sizes, steps, start and gradient are those of the script.
    let (n, steps) = (7, [0.05, 0.5, 1.0, 0.8, 1.0, 0.6])
    func gradient(_ x: [Double]) -> [Double] {
      var g = [Double](repeating: 0, count: n)
      for i in 0..<n {
        g[i] = Double(i + 1) * x[i] + x[i] * x[i] * x[i]
        for j in 0..<n { g[i] += 0.3 * cos(Double(i - j)) * x[j] }
      }
      return g
    }
    let lbfgs = LBFGS(parameters: n, pairs: 3)
    let memory = Buffer<Double>(count: lbfgs.stateCount)
    var x: [Double] = (0..<n).map { sin(1 + 2 * Double($0)) }
    for (iteration, step) in steps.enumerated() {
      let g = gradient(x)
      let d = direction(lbfgs, memory, g)
      for i in 0..<n {
        #expect(abs(d[i] - golden[iteration][i]) < 1e-10, "step \(iteration), \(i): \(d[i])")
      }
      let next = x.indices.map { x[$0] + step * d[$0] }
      #expect(remember(lbfgs, memory, difference(next, x), difference(gradient(next), g)))
      x = next
    }
    #expect(lbfgs.count(memory.row.readOnly) == 3)
  }

  /// After n conjugate steps L-BFGS knows the whole Hessian of a quadratic, so its direction is Newton's.
  @Test func ofAQuadraticTheLastStepIsNewtons() {
    let scales = [1.0, 10, 0.5, 4]
    let lbfgs = LBFGS(parameters: 4, pairs: 4)
    let memory = Buffer<Double>(count: lbfgs.stateCount)
    for i in 0..<4 {
      let s = (0..<4).map { $0 == i ? 1.0 : 0 }
      remember(lbfgs, memory, s, (0..<4).map { scales[$0] * s[$0] })
    }
    let d = direction(lbfgs, memory, [1, 2, 3, 4])
    for i in 0..<4 { #expect(abs(d[i] + Double(i + 1) / scales[i]) < 1e-14) }
  }

  @Test func pairsOfNoPositiveCurvatureAreNotTaken() {
    let lbfgs = LBFGS(parameters: 2, pairs: 2)
    let memory = Buffer<Double>(count: lbfgs.stateCount)
    #expect(remember(lbfgs, memory, [1, 0], [2, 0]))
    let before = memory.values
    for y in [[-1.0, 0], [0, 5], [0, 0], [.nan, 0], [.infinity, 0]] { #expect(!remember(lbfgs, memory, [1, 0], y)) }
    #expect(memory.values == before)
    lbfgs.forget(memory.row)
    #expect(direction(lbfgs, memory, [3, 4]) == [-3, -4])
    // A damaged checkpoint can leave such a memory.
    memory.values = [.nan, 7] + memory.values.dropFirst(2)
    #expect(direction(lbfgs, memory, [3, 4]) == [-3, -4])
  }

  /// The function is f(x, y) = (1 − x)² + 100(y − x²)². It starts at (−1.2, 1) with the value 24.2, and its minimum is
  /// 0 at (1, 1).
  @Test func rosenbrock() throws {
    func evaluate(_ x: [Double]) -> (value: Double, gradient: [Double]) {
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return (a * a + 100 * b * b, [-2 * a - 400 * b * x[0], 200 * b])
    }
    let lbfgs = LBFGS(parameters: 2)
    let memory = Buffer<Double>(count: lbfgs.stateCount)
    var x = [-1.2, 1.0]
    var (value, gradient) = evaluate(x)
    var iterations = 0
    while value > 1e-20 && iterations < 60 {
      iterations += 1
      let d = direction(lbfgs, memory, gradient)
      func at(_ step: Double) -> [Double] { [x[0] + step * d[0], x[1] + step * d[1]] }
      func dot(_ a: [Double], _ b: [Double]) -> Double { a[0] * b[0] + a[1] * b[1] }
      let first = iterations == 1 ? 1 / dot(gradient, gradient).squareRoot() : 1
      let found = LineSearch().search(value: value, slope: dot(gradient, d), first: first) { step in
        let (value, gradient) = evaluate(at(step))
        return (value, dot(gradient, d))
      }
      let next = at(try #require(found).step)
      let (nextValue, nextGradient) = evaluate(next)
      #expect(nextValue < value)
      remember(lbfgs, memory, difference(next, x), difference(nextGradient, gradient))
      (x, value, gradient) = (next, nextValue, nextGradient)
    }
    #expect(iterations < 60)
    #expect(abs(x[0] - 1) < 1e-8 && abs(x[1] - 1) < 1e-8, "\(x) after \(iterations)")
  }

  private func difference(_ a: [Double], _ b: [Double]) -> [Double] { a.indices.map { a[$0] - b[$0] } }

  private func direction(_ lbfgs: LBFGS, _ memory: Buffer<Double>, _ gradient: [Double]) -> [Double] {
    let (g, d) = (Buffer<Double>(count: gradient.count), Buffer<Double>(count: gradient.count))
    g.values = gradient
    lbfgs.direction(memory.row.readOnly, gradient: g.row.readOnly, into: d.row)
    return d.values
  }

  @discardableResult
  private func remember(_ lbfgs: LBFGS, _ memory: Buffer<Double>, _ s: [Double], _ y: [Double]) -> Bool {
    let (step, change) = (Buffer<Double>(count: s.count), Buffer<Double>(count: s.count))
    (step.values, change.values) = (s, y)
    return lbfgs.remember(memory.row, step: step.row.readOnly, gradientChange: change.row.readOnly)
  }

  // MARK: - Training

  private func losses(_ options: TrainingOptions, _ model: Model, _ data: Dataset) throws -> [EpochReport] {
    var reports: [EpochReport] = []
    _ = try Trainer(options, threads: 2).train(model, on: data, onEpoch: { report, _ in reports.append(report) })
    return reports
  }

  @Test(arguments: [LossSpec.squaredError, .crossEntropy])
  func fiftyIterationsAreBetterThanAdams(loss: LossSpec) throws {
    let data = curvedData(samples: 200)
    let model = try deepModel(for: data, loss: loss, activation: .tanh)
    let reports = try losses(TrainingOptions(epochs: 50, batch: 64, optimizer: .lbfgs), model, data)
    for (before, after) in Swift.zip(reports, reports.dropFirst()) {
      // The loss never rises, apart from the rounding of Floats.
      #expect(after.trainLoss <= before.trainLoss * (1 + 1e-6))
    }
    #expect(reports.dropFirst().allSatisfy { $0.evaluations! >= 1 })
    for rate in [1e-3, 1e-2, 3e-2] {
      let adam = try losses(
        TrainingOptions(epochs: 50, batch: 200, optimizer: .adam, learningRate: rate), model, data)
      #expect(reports.last!.trainLoss < adam.last!.trainLoss, "Adam's rate \(rate)")
    }
  }

  /// The least squared error of a linear autoencoder is that of the principal components (Baldi and Hornik 1989).
  @Test func aLinearAutoencoderHasTheErrorOfPCA() throws {
    let data = curvedData(samples: 200)
    let model = try Model(.linear(latent: 3).with { $0.loss = .squaredError }, for: data, seed: 2)
    let trained = try Trainer(TrainingOptions(epochs: 2000, optimizer: .lbfgs), threads: 2).train(model, on: data)
    let pca = try Model(PCA.fit(SampleStream(data), .components(3)), shape: data.shape, scaling: model.scaling)
    let (found, least) = (
      try trained.evaluate(data).squaredErrorPerSample, try pca.evaluate(data).squaredErrorPerSample
    )
    #expect(found >= least * (1 - 1e-5) && found < least * (1 + 1e-4), "\(found), PCA \(least)")
  }

  /// The function that is minimized includes ½λ‖W‖², but the reported loss does not. At the minimum −∂L/∂W = λW.
  @Test func weightDecayIsInTheObjectiveAndNotInTheLoss() throws {
    let data = curvedData(samples: 100)
    let model = try Model(.linear(latent: 2).with { $0.loss = .squaredError }, for: data, seed: 2)
    func train(_ decay: Double) throws -> (weights: Double, loss: Double, error: Double) {
      let options = TrainingOptions(epochs: 200, optimizer: .lbfgs, weightDecay: decay)
      let trained = try Trainer(options, threads: 1).train(model, on: data)
      let weights = trained.network.layout.parameters.filter(\.decays).flatMap {
        trained.parameters[$0.offset..<$0.offset + $0.count]
      }
      return (
        weights.reduce(0.0) { $0 + Double($1) * Double($1) }, trained.training!.trainLoss!,
        try trained.evaluate(data).squaredErrorPerSample
      )
    }
    let (plain, decayed) = (try train(0), try train(0.05))
    #expect(decayed.weights < plain.weights && decayed.loss > plain.loss)
    #expect(decayed.loss + 0.025 * decayed.weights < plain.loss + 0.025 * plain.weights)
    #expect(abs(decayed.loss - decayed.error) < 1e-5 * decayed.error)
  }

  @Test func sameBitsForAnyNumberOfThreads() throws {
    let data = curvedData(samples: 230, shape: [10, 13])
    for recipe in [
      Recipe.deep(hidden: [150, 70], latent: 33).with { $0.noise = .masking(share: 0.2) },
      .vae(hidden: [150, 70], latent: 33),
    ] {
      let model = try Model(recipe, for: data, seed: 5)
      let options = TrainingOptions(epochs: 4, batch: 96, optimizer: .lbfgs, weightDecay: 0.01, seed: 2)
      let one = try Trainer(options, threads: 1).train(model, on: data, validation: data)
      #expect(one.parameters != model.parameters)
      let three = try Trainer(options, threads: 3).train(model, on: data, validation: data)
      #expect(three.parameters == one.parameters, "\(model.name)")
      #expect(three.training?.validationLoss == one.training?.validationLoss)
    }
  }

  /// The run goes on from a file, at an epoch when L-BFGS has seen more pairs than its memory has places.
  @Test func aRunGoesOnToTheSameBits() throws {
    let data = curvedData(samples: 90)
    let model = try deepModel(for: data)
    let options = TrainingOptions(epochs: 20, batch: 40, optimizer: .lbfgs, seed: 3)
    var saved: TrainingState?
    let whole = try Trainer(options).train(
      model, on: data, onEpoch: { report, state in if report.epoch == 13 { saved = state } })
    let path = temporaryPath("lbfgs.safetensors")
    try Checkpoint(model: model, options: options, state: saved!).save(to: path)
    let read = try Checkpoint.load(path)
    #expect(read.state == saved)
    let resumed = try Trainer(read.options).train(read.model, on: data, resuming: read.state)
    #expect(resumed.parameters == whole.parameters)
    #expect(resumed.training?.trainLoss == whole.training?.trainLoss)
  }

  /// Four samples and a code of four numbers soon leave nothing to gain.
  @Test func trainingEndsWhereNothingDescends() throws {
    let data = curvedData(samples: 4)
    let model = try Model(.linear(latent: 4).with { $0.loss = .crossEntropy }, for: data, seed: 1)
    let options = TrainingOptions(epochs: 10_000, optimizer: .lbfgs)
    var reports: [EpochReport] = []
    var last: TrainingState?
    let trained = try Trainer(options, threads: 1).train(
      model, on: data,
      onEpoch: { report, state in
        reports.append(report)
        last = state
      })
    #expect(reports.count < 5000, "\(reports.count)")
    #expect(reports.count { $0.hasConverged } == 1 && reports.last?.hasConverged == true)
    let end = try #require(reports.last)
    #expect(end.learningRate == 0)
    #expect(end.trainLoss == reports[reports.count - 2].trainLoss)
    #expect(trained.training?.epochs == reports.count)
    // A run that has converged does not begin again when it is resumed.
    let resumed = try Trainer(options, threads: 1).train(
      model, on: data, resuming: last, onEpoch: { _, _ in Issue.record("went on") })
    #expect(resumed.parameters == trained.parameters)
  }

  @Test func whatDoesNotGoWithItIsRefused() throws {
    let data = curvedData(samples: 20)
    let model = try deepModel(for: data)
    func message(_ options: TrainingOptions, _ model: Model) -> String {
      do {
        _ = try Trainer(options).train(model, on: data)
        return "trained"
      } catch { return "\(error)" }
    }
    var options = TrainingOptions(epochs: 1, optimizer: .lbfgs)
    options.schedule = .linear
    #expect(message(options, model).contains("schedule linear"))
    options.schedule = .constant
    #expect(message(options, model) == "trained")
    options.warmup = 5
    #expect(message(options, model).contains("warmup 5"))
    options.warmup = 0
    options.clipNorm = 1
    #expect(message(options, model).contains("clipNorm 1"))
    options.clipNorm = nil
    let entry = try #require(Optimizer.named("lbfgs"))
    let error = #expect(throws: InvalidArgument.self) { try entry.optimizer(.init(epsilon: 1e-8)) }
    #expect(error?.description.contains("epsilon: lbfgs has none") == true)
    let sparse = try Model(
      .deep(hidden: [8], latent: 4).with { $0.klSparsity = KLSparsity(target: 0.1, weight: 1, mean: .running) },
      for: data)
    #expect(message(options, sparse).contains("klMean running"))
    let learned = try Model(.vae(hidden: [8], latent: 2, likelihood: .learnedGaussian), for: data)
    #expect(message(options, learned).contains("likelihood gaussian:learned"))
    options.betaWarmup = 3
    #expect(message(options, learned).contains("betaWarmup 3"))
  }

  @Test func aLossThatIsNotFiniteAtFirstDiverges() throws {
    let data = curvedData(samples: 20)
    var model = try deepModel(for: data, loss: .squaredError)
    model.parameters = model.parameters.map { _ in 1e30 }
    #expect(throws: TrainingError.self) {
      try Trainer(TrainingOptions(epochs: 2, optimizer: .lbfgs)).train(model, on: data)
    }
  }
}
