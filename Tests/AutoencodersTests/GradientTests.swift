import Autoencoders
import Linalg
import Testing

/// Every layer alone under 1e-8, every variant whole under 1e-7, against central differences in Double.
@Suite struct GradientTests {
  /// All layers that there are: a new layer gets a line here.
  static let layers: [(spec: LayerSpec, input: LayerSpec.Shape)] =
    Activation.allCases.map { (.dense(5, $0), .init(size: 7)) }
    + [
      (.dense(1), .init(size: 1)), (.dense(3, .tanh), .init(size: 1)), (.dense(1, .silu), .init(size: 4)),
      (.corruption(.gaussian(deviation: 0.3)), .init(size: 5)), (.corruption(.masking(share: 0.4)), .init(size: 5)),
      (.corruption(.saltAndPepper(share: 0.4)), .init(size: 9)), (.l1(0.7), .init(size: 5)),
      (.corruption(.uniform(width: 0.6)), .init(size: 5)), (.rate(0.7, width: 1), .init(size: 5)),
      (.rate(1.3, width: 0.4), .init(size: 9)), (.rate(0.2, width: 3), .init(size: 1)),
      (.maxPool2D(2), image(5, 7, 3)), (.maxPool2D(3), image(6, 3, 1)), (.maxPool2D(1), image(2, 2, 9)),
      (.gaussianHeads(4), .init(size: 6)), (.gaussianSample(beta: 0.7), .init(size: 6)),
      (.gaussianSample(beta: 2), .init(size: 18)), (.gaussianSample(beta: 1.5, freeBits: 0.7), .init(size: 12)),
      (.upsample2D(height: 5, width: 7), image(2, 3, 3)),
      (.upsample2D(height: 4, width: 9), image(4, 9, 1)),
    ]
    + Activation.allCases.map { (.conv2D(3, kernel: 3, stride: 2, padding: 1, $0), image(5, 4, 2)) }
    + [
      // Odd sizes, strides that do not divide, paddings, channels around the vectors' lengths.
      (.conv2D(17, kernel: 3, stride: 2, padding: 1), image(7, 5, 1)),
      (.conv2D(8, kernel: 4, stride: 2, padding: 1, .tanh), image(6, 9, 3)),
      (.conv2D(9, kernel: 5, stride: 3, padding: 2), image(8, 7, 2)),
      (.conv2D(1, kernel: 2, stride: 3), image(8, 6, 8)), (.conv2D(2, kernel: 1), image(3, 2, 5)),
      (.conv2D(33, kernel: 3, padding: 2, .elu), image(3, 2, 3)),
      (.convTranspose2D(3, height: 8, width: 7, kernel: 3, stride: 2, padding: 1, .tanh), image(4, 4, 2)),
      (.convTranspose2D(1, height: 10, width: 11, kernel: 3, stride: 2, padding: 1), image(5, 6, 8)),
      (.convTranspose2D(17, height: 6, width: 5, kernel: 4, stride: 2, padding: 1, .sigmoid), image(3, 2, 9)),
      (.convTranspose2D(2, height: 9, width: 8, kernel: 5, stride: 3, padding: 1, .silu), image(3, 2, 3)),
      (.convTranspose2D(1, height: 5, width: 4, kernel: 1, stride: 2), image(3, 2, 8)),
    ]

  static func image(_ height: Int, _ width: Int, _ channels: Int) -> LayerSpec.Shape {
    let image = Volume(height: height, width: width, channels: channels)
    return .init(size: image.count, image: image)
  }

  @Test(arguments: layers.indices)
  func layerMatchesFiniteDifferences(index: Int) throws {
    var layout = ParameterLayout()
    // Something in front, so that a layer that forgets its offset shows.
    _ = layout.add("other", shape: [3], startBound: 1, decays: false)
    let (spec, input) = Self.layers[index]
    let layer = try spec.layer(input, start: .he, name: "layer", in: &layout).layer
    for row in GradientCheck.layer(layer, layout: layout) {
      #expect(row.relativeError < 1e-8, "\(layer.summary), \(row.name)")
      #expect(row.largestDerivative > 0.01, "\(layer.summary), \(row.name): nothing was tested")
    }
  }

  /// Sigmoid units between 0 and 1, as they are.
  @Test(arguments: KLSparsity.Mean.allCases)
  func klSparsityMatchesFiniteDifferences(mean: KLSparsity.Mean) throws {
    let network = try Autoencoder(
      inputs: 6, encoder: [.dense(5, .sigmoid), .klSparsity(KLSparsity(target: 0.1, weight: 2, mean: mean))],
      decoder: [.dense(6)], loss: SquaredError(), start: .he)
    for row in GradientCheck.network(network) {
      #expect(row.relativeError < 1e-8, "\(row.name)")
      #expect(row.largestDerivative > 0.01, "\(row.name): nothing was tested")
    }
  }

  @Test(arguments: Variant.all.map(\.name), LossKind.allCases)
  func variantMatchesFiniteDifferences(name: String, loss: LossKind) throws {
    let variant = Variant.named(name)!
    let regularization = variant.defaultRegularization
    let activations = Activation.allCases.filter { activation in
      if !variant.takesActivation { return activation == .identity }
      if regularization.klSparsity != nil { return activation == .sigmoid }
      return regularization.contraction == 0 || activation != .silu
    }
    for activation in activations {
      // Sizes at which derivatives do not vanish.
      let sizes: [[Int]?] =
        variant.isConvolutional ? [[]] : variant.defaultHidden.map { $0.isEmpty ? [[], [9, 5]] : [[9, 5]] } ?? [nil]
      for hidden in sizes {
        let architecture = try Architecture(
          variant: name, inputShape: variant.isConvolutional ? [5, 6, 3] : [12], hidden: hidden, latent: 5,
          activation: activation, loss: loss,
          convolution: variant.isConvolutional ? ConvolutionOptions(channels: [3, 4]) : nil)
        expectRightGradient(architecture.network(), "\(activation)")
      }
    }
  }

  /// All tensors under 1e-7, and none without a gradient, with one of a few seeds: a unit near the corner of a rectifier
  /// spoils the numeric derivative, and one without a sample on its straight side has none. A wrong gradient is wrong with
  /// every seed.
  private func expectRightGradient(_ network: Autoencoder, _ what: String) {
    var failures: [String] = []
    for seed in 1...5 {
      let rows = GradientCheck.network(network, seed: UInt64(seed))
      let wrong = rows.filter { !($0.relativeError < 1e-7) || $0.largestDerivative == 0 }
      if wrong.isEmpty { return }
      failures.append(wrong.map { "\($0.name) \($0.relativeError)" }.joined(separator: ", "))
    }
    Issue.record("\(what): \(failures)")
  }

  /// Every penalty and noise with every architecture.
  @Test(arguments: Variant.all.filter { !$0.isFitted }.map(\.name))
  func everythingTogetherMatchesFiniteDifferences(name: String) throws {
    let variant = Variant.named(name)!
    for pooling in variant.isConvolutional ? ConvolutionOptions.Pooling.allCases : [.stride] {
      for noise in [
        Corruption.gaussian(deviation: 0.2), .masking(share: 0.3), .saltAndPepper(share: 0.3), .uniform(width: 0.4),
      ] {
        let architecture = try Architecture(
          variant: name, inputShape: variant.isConvolutional ? [6, 5] : [12],
          hidden: variant.defaultHidden == nil ? nil : [7], latent: 4,
          activation: variant.takesActivation ? .sigmoid : nil,
          convolution: variant.isConvolutional ? ConvolutionOptions(channels: [3, 4], pooling: pooling) : nil,
          regularization: variant.isVariational
            ? Regularization(noise: noise)
            : Regularization(
              noise: noise, l1: 0.3,
              klSparsity: variant.takesActivation ? KLSparsity(target: 0.2, weight: 1.5) : nil, contraction: 2,
              quantisationNoise: 0.7, rateWeight: 0.4),
          variational: variant.isVariational
            ? VariationalOptions(likelihood: .bernoulli, beta: 2.5, freeBits: 0.4) : nil,
          classes: variant.isVariational ? 3 : nil)
        expectRightGradient(architecture.network(), "\(noise)")
      }
    }
  }

  /// Every likelihood under the ELBO, β, free bits and the importance-weighted bound, with classes and without.
  @Test(arguments: ["vae", "conv-vae"], [Likelihood.bernoulli, .gaussian(deviation: 0.4), .learnedGaussian])
  func variationalBoundsMatchFiniteDifferences(name: String, likelihood: Likelihood) throws {
    for options in [
      VariationalOptions(likelihood: likelihood), VariationalOptions(likelihood: likelihood, beta: 0.3),
      VariationalOptions(likelihood: likelihood, freeBits: 0.5),
      VariationalOptions(likelihood: likelihood, importanceSamples: 2),
      VariationalOptions(likelihood: likelihood, importanceSamples: 5),
      VariationalOptions(likelihood: likelihood, hasReconstruction: false),
    ] {
      for classes in [nil, 3] {
        let architecture = try Architecture(
          variant: name, inputShape: name == "vae" ? [12] : [6, 5], hidden: [7], latent: 4, activation: .tanh,
          convolution: name == "vae" ? nil : ConvolutionOptions(channels: [3, 4]), variational: options,
          classes: classes)
        if options.hasReconstruction {
          expectRightGradient(architecture.network(), "\(options), \(classes ?? 0) classes")
        } else {
          let decoder = GradientCheck.network(architecture.network()).filter { $0.name.hasPrefix("decoder") }
          #expect(decoder.allSatisfy { $0.largestDerivative == 0 })
        }
      }
    }
  }

  @Test func linearHeadsAloneMatchFiniteDifferences() throws {
    let architecture = try Architecture(
      variant: "vae", inputShape: [6], hidden: [], latent: 2,
      regularization: Regularization(noise: .masking(share: 0.2)),
      variational: VariationalOptions(likelihood: .gaussian(deviation: 0.5)))
    expectRightGradient(architecture.network(), "no hidden layers")
  }

  /// ‖J‖² of one dense layer, which has a formula of its own, against the recursion through two of which one is the
  /// identity.
  @Test func theContractivePenaltyOfOneLayerIsThatOfTheRecursion() throws {
    func loss(_ encoder: [LayerSpec], _ theta: (ParameterLayout) -> [Double]) throws -> Double {
      let network = try Autoencoder(
        inputs: 3, encoder: encoder, decoder: [.dense(3)], loss: SquaredError(), start: .he, contraction: 1.5)
      let run = Propagation<Double>(network, capacity: 4, training: true, pool: WorkerPool(threads: 1))
      var random = RandomStream(seed: 5, purpose: .other)
      random.fillUniform(run.input(rows: 4), -1, 1)
      run.parameters.values = theta(network.layout)
      return run.loss(rows: 4)
    }
    let weight = [0.3, -0.8, 0.5, 1.1, 0.2, -0.4]
    let rest = [0.1, -0.2] + Array(repeating: 0.25, count: 9)
    let one = try loss([.dense(2, .tanh)]) { _ in weight + rest }
    let identity = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0].map { Double($0) }
    let two = try loss([.dense(3), .dense(2, .tanh)]) { _ in identity + weight + rest }
    #expect(abs(one - two) < 1e-13 * one)
  }

  @Test func aWrongGradientIsSeen() {
    var layout = ParameterLayout()
    let layer = Dense(inputs: 4, outputs: 3, activation: .tanh, start: .he, name: "wrong", in: &layout)
    let rows = GradientCheck.layer(Doubled(inner: layer), layout: layout)
    #expect(rows[0].relativeError > 0.1)
    #expect(rows.count == 3)
  }
}

/// A layer whose backward pass forgets a factor.
private struct Doubled: Layer {
  let inner: Dense
  var summary: String { "doubled" }
  var inputSize: Int { inner.inputSize }
  var outputSize: Int { inner.outputSize }
  var parameters: [Parameter] { inner.parameters }
  var splitsColumns: Bool { true }
  var units: Int { inner.units }

  func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    let share = inner.forward(x, into: y, pass)
    transform(y) { 2 * $0 }
    return share
  }

  func backwardThroughActivation<S: BLASScalar>(_ dy: MutableMatrixView<S>, y: MatrixView<S>, _ pass: Pass<S>) {}

  func backward<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>) {
    inner.backward(dz, x: x, into: dx, pass)
  }

  func parameterGradient<S: BLASScalar>(_ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>) {
    inner.parameterGradient(dz, x: x, units: units, pass)
  }
}
