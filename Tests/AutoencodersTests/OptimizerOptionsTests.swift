import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

/// The options of each optimizer come from text or code into training, and they survive a checkpoint.
@Suite struct OptimizerOptionsTests {
  private let data = curvedData(samples: 90)

  /// This holds every optimizer that has a name, first as it is and then with each argument that it takes.
  static let named: [Optimizer] = Optimizer.all.flatMap { entry in
    var all = [try! entry.optimizer()]
    if entry.takes.contains(.epsilon) { all.append(try! entry.optimizer(.init(epsilon: 1e-3))) }
    if entry.takes.contains(.orthogonalise) {
      all += Orthogonalisation.allCases.map { try! entry.optimizer(.init(orthogonalise: $0)) }
    }
    return all
  }

  /// Each pair holds an optimizer and the same optimizer with one option of its rules changed.
  static let changed: [(usual: Optimizer, other: Optimizer)] =
    [
      (.momentum, .momentum(Momentum(momentum: 0.5))), (.rmsprop, .rmsprop(RMSProp(smoothing: 0.8))),
      (.rmsprop, .rmsprop(RMSProp(epsilon: 1e-2))), (.adam, .adam(Adam(beta1: 0.5))), (.adam, .adam(Adam(beta2: 0.9))),
      (.adam, .adam(Adam(epsilon: 1e-2))), (.muon, .muon(Muon(momentum: 0.8))), (.muon, .muon(Muon(.polar))),
      (.muon, .muon(Muon(shift: 0.1))), (.muon, .muon(Muon(takes: .all))), (.muon, .muon(Muon(), rest: SGD())),
      (.muon, .muon(Muon(), restRate: 0.5)), (.soap, .soap(SOAP(beta1: 0.5))), (.soap, .soap(SOAP(beta2: 0.5))),
      (.soap, .soap(SOAP(preconditionerBeta: 0.5))), (.soap, .soap(SOAP(epsilon: 1e-2))),
      (.soap, .soap(SOAP(interval: 1))),
      (.soap, .soap(SOAP(), rest: Momentum())), (.kfac, .kfac(KFAC(damping: 0.1))), (.kfac, .kfac(KFAC(momentum: 0.5))),
      (.kfac, .kfac(KFAC(interval: 3))), (.kfac, .kfac(KFAC(warmup: 2))), (.kfac, .kfac(KFAC(trust: 1e-4))),
      (.kfac, .kfac(KFAC(smoothing: 0.5))), (.kfac, .kfac(KFAC(), restRate: 0.5)), (.lbfgs, .lbfgs(pairs: 2)),
    ] + Optimizer.all.flatMap { entry in entry.examples.map { (usual: try! entry.optimizer(), other: $0) } }

  /// Returns options with so many steps that every schedule inside a rule takes effect.
  private func options(_ optimizer: Optimizer) -> TrainingOptions {
    TrainingOptions(epochs: 12, batch: 16, optimizer: optimizer, weightDecay: 0.01, seed: 3)
  }

  /// Returns a model that besides weights and biases has tables, which no rule for matrices takes.
  private func model() throws -> Model {
    try Model(.deep(hidden: [16, 8], latent: 2).with { $0.rateWeight = 0.01 }, for: data, seed: 1)
  }

  private func trained(_ optimizer: Optimizer) throws -> [Float] {
    try Trainer(options(optimizer)).train(try model(), on: data).parameters
  }

  @Test func everyOptimizerIsInTheList() {
    let names = Optimizer.all.map(\.name)
    #expect(Set(names).count == names.count)
    for entry in Optimizer.all {
      #expect(Optimizer.named(entry.name)?.name == entry.name && (try? entry.optimizer().name) == entry.name)
      #expect(!entry.summary.isEmpty)
    }
    #expect(Optimizer.named("sgd2") == nil)
    // Every optimizer with options occurs in `changed`. `sgd` has no options, and `adamw` has the rule of `adam`.
    let withOptions = Set(names).subtracting(["sgd", "adamw"])
    #expect(withOptions == Set(Self.changed.map(\.usual.name)))
  }

  @Test(arguments: changed.indices)
  func everyOptionReachesTraining(index: Int) throws {
    let (usual, other) = Self.changed[index]
    #expect(usual != other)
    let (first, second) = (try trained(usual), try trained(other))
    let areFinite = first.allSatisfy(\.isFinite) && second.allSatisfy(\.isFinite)
    let areAlike = first == second
    #expect(areFinite && !areAlike, "\(other)")
  }

  @Test(arguments: named.indices)
  func argumentsReachTraining(index: Int) throws {
    let optimizer = Self.named[index]
    let usual = try #require(Optimizer.named(optimizer.name)).optimizer()
    let areAlike = try trained(optimizer) == trained(usual)
    #expect(areAlike == (optimizer == usual), "\(optimizer)")
  }

  /// If JSON did not hold a number exactly, another optimizer would come back.
  @Test func optionsComeBackFromText() throws {
    for optimizer in Self.named + Self.changed.map(\.other) + [.adam(Adam(epsilon: 0.1 + 0.2))] {
      var options = options(optimizer)
      for rate in [nil, 0.1 + 0.2] {
        options.learningRate = rate
        let read = try JSONDecoder().decode(TrainingOptions.self, from: JSONEncoder().encode(options))
        #expect(read == options, "\(optimizer)")
      }
    }
  }

  /// With each of its options, every optimizer goes on from a file to the same bits, and the file of the model has the
  /// same options.
  @Test(arguments: named.indices.map { (true, $0) } + changed.indices.map { (false, $0) })
  func optionsSurviveACheckpoint(isNamed: Bool, index: Int) throws {
    let options = options(isNamed ? Self.named[index] : Self.changed[index].other)
    let model = try model()
    var saved: TrainingState?
    let whole = try Trainer(options).train(
      model, on: data, onEpoch: { report, state in if report.epoch == 7 { saved = state } })
    let path = temporaryPath("checkpoint.safetensors")
    try Checkpoint(model: model, options: options, state: try #require(saved)).save(to: path)
    let read = try Checkpoint.load(path)
    #expect(read.options == options && read.state == saved)
    let resumed = try Trainer(read.options).train(read.model, on: data, resuming: read.state)
    #expect(resumed.parameters == whole.parameters)
    try whole.save(to: path)
    #expect(try Model.load(path).training == whole.training && whole.training?.options == options)
  }

  @Test func argumentsThatAnOptimizerHasNotAreRefused() throws {
    for entry in Optimizer.all {
      for argument in OptimizerEntry.Argument.allCases {
        var arguments = OptimizerEntry.Arguments()
        switch argument {
        case .epsilon: arguments.epsilon = 1e-6
        case .orthogonalise: arguments.orthogonalise = .polar
        }
        if entry.takes.contains(argument) {
          #expect(try entry.optimizer(arguments) != entry.optimizer())
        } else {
          let error = #expect(throws: InvalidArgument.self) { try entry.optimizer(arguments) }
          #expect(error?.parameter == argument.rawValue && error?.expected == "\(entry.name) has none")
        }
      }
      for epsilon in [0, -1, 1e-31, 2, .nan, .infinity] as [Double] where entry.takes.contains(.epsilon) {
        #expect(throws: InvalidArgument.self) { try entry.optimizer(.init(epsilon: epsilon)) }
      }
    }
  }
}
