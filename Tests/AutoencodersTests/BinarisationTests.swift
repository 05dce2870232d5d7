import Datasets
import Linalg
import Testing

@testable import Autoencoders

@Suite struct BinarisationTests {
  private func drawn(_ binarisation: Binarisation, _ values: [Float], epoch: Int, sample: Int = 0) -> [Float] {
    let x = Buffer<Float>(count: values.count)
    x.values = values
    binarisation.apply(
      to: x.view(rows: 2, columns: values.count / 2), draw: NoiseStream(seed: 1, epoch: epoch), sample: sample)
    return x.values
  }

  @Test func thresholdsAndDraws() {
    let values = (0..<2000).map { Float($0 % 5) / 4 }
    #expect(drawn(.threshold(0.5), values, epoch: 1) == values.map { $0 > 0.5 ? 1 : 0 })
    let first = drawn(.stochastic, values, epoch: 1)
    for (level, share) in [0.0, 0.25, 0.5, 0.75, 1].enumerated() {
      let ones = stride(from: level, to: 2000, by: 5).reduce(0) { $0 + Double(first[$1]) } / 400
      // The share of ones may differ from its probability by four standard deviations.
      #expect(abs(ones - share) <= 4 * (share * (1 - share) / 400).squareRoot(), "\(share): \(ones)")
    }
    #expect(first.allSatisfy { $0 == 0 || $0 == 1 })
    #expect(drawn(.stochastic, values, epoch: 1) == first && drawn(.stochastic, values, epoch: 2) != first)
    // The draw of a sample does not depend on the block that the sample comes in.
    #expect(Array(drawn(.stochastic, values, epoch: 1, sample: 1)[..<1000]) == Array(first[1000...]))
  }

  /// A model that is trained and evaluated on binary data has a cross-entropy floor of 0, because zeros and ones have
  /// no entropy of their own. The grey values in the file do not matter.
  @Test func whatIsEvaluatedIsBinary() throws {
    let data = try Dataset.open("digits:600")
    for binarisation in [Binarisation.stochastic, .threshold(0.5)] {
      let model = try Model(.vae(hidden: [32], latent: 4).with { $0.binarise = binarisation }, for: data)
      let trained = try Trainer(TrainingOptions(epochs: 3)).train(model, on: data)
      let evaluation = try trained.evaluateAll(data)
      #expect(evaluation.crossEntropyFloor == 0)
      let elbo = try #require(evaluation.variational).elbo
      #expect(abs(-elbo - trained.training!.trainLoss!) < 0.1 * abs(elbo), "\(elbo) \(trained.training!.trainLoss!)")
      let other = try #require(try trained.evaluateVariational(data, seed: 9)).elbo
      #expect(other != elbo && abs(other - elbo) < 0.02 * abs(elbo))
    }
  }

  @Test func namesAreReadAsTheyAreWritten() {
    for binarisation in [Binarisation.stochastic, .threshold(0.25)] {
      #expect(Binarisation(binarisation.description) == binarisation)
    }
    #expect(Binarisation("threshold") == .threshold(0.5))
    for text in ["grey", "threshold:1", "threshold:-0.1", "stochastic:2", ""] { #expect(Binarisation(text) == nil) }
  }

  /// Before training, σ(b) of the output's bias b is the mean of the pixels, kept between 0.001 and 0.999 (in the
  /// convolutional model the mean over all pixels, because all share one bias). Variational models start there without
  /// being asked.
  @Test func theOutputStartsAtTheMeans() throws {
    let data = try Dataset.open("digits:500")
    for recipe in [Recipe.vae(latent: 2), .convVAE(latent: 2)] {
      let model = try Model(recipe, for: data)
      #expect(model.blueprint.outputBias == .mean)
      let bias = try #require(model.network.layout.parameters.last { $0.name.hasSuffix("bias") })
      let start = Double(model.parameters[bias.offset + bias.count / 2])
      let column = (0..<500).map { sample -> Double in
        var x = Matrix<Float>(rows: 1, columns: 784)
        x.withMutableView { data.gather(rows: sample..<sample + 1, into: $0) }
        return model.name == "vae" ? Double(x[0, 392]) : x.values.reduce(0.0) { $0 + Double($1) } / 784
      }
      let mean = min(max(column.reduce(0, +) / 500, 0.001), 0.999)
      #expect(abs(1 / (1 + Double.exp(-start)) - mean) < 1e-5, "\(model.name)")
    }
  }

  /// Under every likelihood the untrained decoder's output at the code 0 has the data's means, up to what random
  /// weights make of the hidden layer's zeros: nothing, since biases start at 0.
  @Test(arguments: ["bernoulli", "gaussian:0.4", "gaussian:learned", "laplace", "laplace:0.3", "student-t:4.0"])
  func everyLikelihoodStartsAtTheMeans(name: String) throws {
    let data = curvedData(samples: 200, shape: [20])
    let likelihood = name == "bernoulli" ? .bernoulli : try #require(LossSpec(name))
    let model = try Model(.vae(hidden: [8], latent: 2, likelihood: likelihood), for: data)
    let origin = try model.decode(Dataset(Matrix<Float>(rows: 1, columns: 2), source: "origin"))
    var x = Matrix<Float>(rows: 200, columns: 20)
    x.withMutableView { data.gather(rows: 0..<200, into: $0) }
    for j in 0..<20 {
      let mean = (0..<200).reduce(0.0) { $0 + Double(x[$1, j]) } / 200
      #expect(abs(Double(origin[0, j]) - min(max(mean, 0.001), 0.999)) < 1e-4, "\(name), \(j)")
    }
    let zero = try Model(.vae(hidden: [8], latent: 2, likelihood: likelihood).with { $0.outputBias = .zero }, for: data)
    #expect(zero.tensor("decoder.1.bias")!.values.allSatisfy { $0 == 0 })
    // A network whose last layer has an activation has no such start, and is not refused for it.
    let layers = Recipe.layers(
      encoder: [.gaussianHeads(2), .gaussianSample(beta: 1)], decoder: [.dense(nil, .sigmoid)],
      loss: .gaussian(deviation: 0.3))
    #expect(try Model(layers, for: data).blueprint.outputBias == .zero)
  }

  /// Penalties behind the decoder's last layer with weights do not hide its bias, which starts at the means. A model
  /// whose last layer has no such bias is refused.
  @Test func onlyTheOutputsBiasStartsAtTheMeans() throws {
    let data = curvedData(samples: 50, shape: [4, 3])
    func model(_ decoder: [LayerSpec], loss: LossSpec? = nil) throws -> Model {
      let recipe = Recipe.layers(encoder: [.dense(3)], decoder: decoder, loss: loss)
      return try Model(recipe.with { $0.outputBias = .mean }, for: data)
    }
    let plain = try model([.dense()])
    let penalised = try model([.dense(), .l1(0.1), .rate(0.1, width: 1)])
    #expect(plain.tensor("decoder.0.bias")!.values.contains { $0 != 0 })
    #expect(penalised.tensor("decoder.0.bias") == plain.tensor("decoder.0.bias"))
    #expect(penalised.parameters.allSatisfy { $0.isFinite })
    let small = LayerSpec.dense(image: Volume(height: 2, width: 3, channels: 1))
    #expect(throws: InvalidArgument.self) { try model([small, .upsample2D(height: 4, width: 3)]) }
    #expect(throws: InvalidArgument.self) { try model([.dense(nil, .sigmoid)], loss: .squaredError) }
  }
}
