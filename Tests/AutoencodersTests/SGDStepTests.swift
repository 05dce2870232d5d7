import Autoencoders
import Datasets
import Foundation
import Linalg
import Testing

/// One SGD step of a deep network equals PyTorch's, for both losses and every activation. Golden/torch_step.py made the
/// golden numbers with PyTorch 2.13.
@Suite struct SGDStepTests {
  struct Golden: Decodable {
    struct Tensor: Decodable {
      let name: String
      let shape: [Int]
      let values: [Float]
    }
    struct Case: Decodable {
      let activation: Activation
      let loss: LossSpec
      let loss_before: Double
      let parameters_after: [Double]
    }
    let sizes: [Int]
    let batch: Int
    let learning_rate: Double
    let input: [Float]
    let parameters: [Tensor]
    let cases: [Case]
  }

  static let golden: Golden = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Golden/torch_step.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }()

  @Test(arguments: golden.cases.indices)
  func equalsPyTorch(index: Int) throws {
    let golden = Self.golden
    let wanted = golden.cases[index]
    let data = Dataset(
      Matrix(rows: golden.batch, columns: golden.sizes[0], values: golden.input), source: "golden input")
    var model = try Model(
      .deep(hidden: [9, 5], latent: 3, activation: wanted.activation).with { $0.loss = wanted.loss }, for: data)
    #expect(model.network.layout.parameters.map(\.name) == golden.parameters.map(\.name))
    #expect(model.network.layout.parameters.map(\.shape) == golden.parameters.map(\.shape))
    model.parameters = golden.parameters.flatMap(\.values)
    let options = TrainingOptions(
      epochs: 1, batch: golden.batch, optimizer: .sgd, learningRate: golden.learning_rate, schedule: .constant,
      shuffle: false)
    let trained = try Trainer(options, threads: 2).train(model, on: data)
    #expect(abs(trained.training!.trainLoss! - wanted.loss_before) < 1e-5 * wanted.loss_before)
    // The tolerance is relative to the change, because the step is about the change and not about the weight. A second
    // term allows for the rounding of the weight to Float.
    for (place, after) in wanted.parameters_after.enumerated() {
      let before = Double(model.parameters[place])
      let change = Double(trained.parameters[place]) - before
      let allowed = 1e-5 * max(abs(after - before), 0.01) + abs(before) * 0x1p-23
      #expect(abs(change - (after - before)) <= allowed, "\(wanted.activation) \(wanted.loss), parameter \(place)")
    }
  }

  @Test func everyActivationAndLossIsThere() {
    for activation in Activation.allCases {
      for loss in [LossSpec.squaredError, .crossEntropy] {
        #expect(Self.golden.cases.count { $0.activation == activation && $0.loss == loss } == 1)
      }
    }
  }
}
