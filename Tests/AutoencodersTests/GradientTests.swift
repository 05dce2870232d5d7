import Autoencoders
import Linalg
import Testing

/// Gradients agree with central differences in Double: those of every single layer to a relative error of 1e-8, those
/// of every recipe's whole network to 1e-7.
@Suite struct GradientTests {
  /// These layers are tested by themselves. `everyLayerHasACase` demands that a new layer gets a line here or in
  /// `networks`.
  static let layers: [(spec: LayerSpec, input: LayerSpec.Shape)] =
    Activation.allCases.map { (.dense(5, $0), .init(size: 7)) }
    + [
      (.dense(1), .init(size: 1)), (.dense(3, .tanh), .init(size: 1)), (.dense(1, .silu), .init(size: 4)),
      (.corruption(.gaussian(deviation: 0.3)), .init(size: 5)), (.corruption(.masking(share: 0.4)), .init(size: 5)),
      (.corruption(.saltAndPepper(share: 0.4)), .init(size: 9)), (.l1(0.7), .init(size: 5)),
      (.corruption(.uniform(width: 0.6)), .init(size: 5)), (.rate(0.7, width: 1), .init(size: 5)),
      (.rate(1.3, width: 0.4), .init(size: 9)), (.rate(0.2, width: 3), .init(size: 1)),
      (.layerNorm, .init(size: 7)), (.layerNorm, image(3, 2, 3)),
      (try! LayerSpec("layer-norm:epsilon=0.1"), .init(size: 17)),
      (.dropout(0.3), .init(size: 9)),
      (.maxPool2D(2), image(5, 7, 3)), (.maxPool2D(3), image(6, 3, 1)), (.maxPool2D(1), image(2, 2, 9)),
      (.gaussianHeads(4), .init(size: 6)), (.gaussianSample(beta: 0.7), .init(size: 6)),
      (.gaussianSample(beta: 2), .init(size: 18)), (.gaussianSample(beta: 1.5, freeBits: 0.7), .init(size: 12)),
      (.upsample2D(height: 5, width: 7), image(2, 3, 3)),
      (.upsample2D(height: 4, width: 9), image(4, 9, 1)),
    ]
    + Activation.allCases.map { (.conv2D(3, kernel: 3, stride: 2, padding: 1, $0), image(5, 4, 2)) }
    + [
      // These cases have odd sizes, strides that do not divide the sizes, paddings, and numbers of channels around the
      // lengths of the vectors.
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

  /// This is a layer that cannot be tested alone, because it needs units between 0 and 1 or heads in front, or labels
  /// beside the input.
  struct Surrounded: Sendable, CustomTestStringConvertible {
    let layer: LayerSpec
    var before: [LayerSpec] = []
    var loss: LossSpec = .squaredError
    var testDescription: String { "\(layer)" }

    func network() throws -> Autoencoder {
      try Autoencoder(inputs: 6, encoder: before + [layer], decoder: [.dense(4, .tanh), .dense()], loss: loss.loss)
    }
  }

  static let networks: [Surrounded] =
    KLSparsity.Mean.allCases.map {
      Surrounded(layer: .klSparsity(KLSparsity(target: 0.1, weight: 2, mean: $0)), before: [.dense(5, .sigmoid)])
    }
    + [
      Surrounded(layer: .classCondition(3)), Surrounded(layer: .classCondition(1), before: [.dense(4, .tanh)]),
      Surrounded(layer: .importanceSamples(2), before: [.gaussianHeads(3)], loss: .gaussian(deviation: 0.5)),
      Surrounded(layer: .importanceSamples(7), before: [.gaussianHeads(1)], loss: .bernoulli),
    ]

  @Test func everyLayerHasACase() {
    let tested = Set((Self.layers.map(\.spec) + Self.networks.map(\.layer)).map { type(of: $0.kind).form.name })
    #expect(tested == Set(LayerSpec.kinds.map { $0.form.name }))
  }

  @Test(arguments: layers.indices)
  func layerMatchesFiniteDifferences(index: Int) throws {
    var layout = ParameterLayout()
    // Another tensor comes first in the layout, so the test notices a layer that forgets its offset.
    _ = layout.add("other", shape: [3], startBound: 1, decays: false)
    let (spec, input) = Self.layers[index]
    let layer = try spec.layer(input, start: .he, name: "layer", in: &layout).layer
    for row in GradientCheck.layer(layer, layout: layout) {
      #expect(row.relativeError < 1e-8, "\(layer.summary), \(row.name)")
      #expect(row.largestDerivative > 0.01, "\(layer.summary), \(row.name): nothing was tested")
    }
  }

  @Test(arguments: networks)
  func layerAmongOthersMatchesFiniteDifferences(item: Surrounded) throws {
    for row in GradientCheck.network(try item.network()) {
      #expect(row.relativeError < 1e-8, "\(row.name)")
      #expect(row.largestDerivative > 0.01, "\(row.name): nothing was tested")
    }
  }

  @Test(arguments: RecipeKind.all.map(\.name), everyLoss)
  func recipeMatchesFiniteDifferences(name: String, loss: LossSpec) throws {
    let kind = RecipeKind.named(name)!
    let isConvolutional = kind.takes.contains(.convolution)
    let activations: [Activation?] =
      !kind.takes.contains(.activation)
      ? [nil]
      : Activation.allCases.filter { activation in
        kind.defaults.klSparsity != nil
          ? activation == .sigmoid : kind.defaults.contraction == nil || activation != .silu
      }
    // With these sizes the derivatives do not vanish.
    let sizes: [[Int]?] =
      isConvolutional
      ? [[]] : !kind.takes.contains(.hidden) ? [nil] : kind.defaults.hidden == nil ? [[], [9, 5]] : [[9, 5]]
    for activation in activations {
      for hidden in sizes {
        let options = RecipeOptions.with {
          $0.hidden = hidden
          $0.latent = 5
          $0.activation = activation
          $0.loss = kind.takes.contains(.loss) ? loss : nil
          $0.channels = isConvolutional ? [3, 4] : nil
        }
        let shape = isConvolutional ? [5, 6, 3] : [12]
        let network = try Recipe(named: name, options).blueprint(inputShape: shape).network()
        expectRightGradient(network, "\(activation?.rawValue ?? "no activation")")
      }
    }
  }

  /// Checks that with one of a few seeds all tensors have errors under 1e-7 and gradients that are not all 0. A unit
  /// near the corner of a rectifier spoils the numeric derivative, and a unit without a sample on the straight side of
  /// its rectifier has no gradient; other seeds avoid both. A wrong gradient is wrong with every seed.
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

  /// Every recipe is tested with all the penalties that it takes at once, and with every kind of noise.
  @Test(arguments: RecipeKind.all.filter { !$0.isFitted }.map(\.name))
  func everythingTogetherMatchesFiniteDifferences(name: String) throws {
    let kind = RecipeKind.named(name)!
    let (takesActivation, isConvolutional) = (kind.takes.contains(.activation), kind.takes.contains(.convolution))
    for pooling in isConvolutional ? RecipeOptions.Pooling.allCases : [.stride] {
      for noise in [
        Corruption.gaussian(deviation: 0.2), .masking(share: 0.3), .saltAndPepper(share: 0.3), .uniform(width: 0.4),
      ] {
        let options = RecipeOptions.with {
          $0.hidden = kind.takes.contains(.hidden) ? [7] : nil
          $0.latent = 4
          $0.activation = takesActivation ? .sigmoid : nil
          $0.noise = noise
          if isConvolutional {
            $0.channels = [3, 4]
            $0.pooling = pooling
          }
          if kind.isVariational {
            $0.likelihood = .bernoulli
            $0.beta = 2.5
            $0.freeBits = 0.4
            $0.classes = 3
          } else {
            $0.l1 = 0.3
            $0.klSparsity = takesActivation ? KLSparsity(target: 0.2, weight: 1.5) : nil
            $0.contraction = 2
            $0.quantisationNoise = 0.7
            $0.rateWeight = 0.4
          }
        }
        let shape = isConvolutional ? [6, 5] : [12]
        expectRightGradient(try Recipe(named: name, options).blueprint(inputShape: shape).network(), "\(noise)")
      }
    }
  }

  /// Every likelihood is tested under the ELBO, with β, with free bits and with the importance-weighted bound, each
  /// with and without classes.
  @Test(arguments: ["vae", "conv-vae"], everyLoss.filter { $0.loss.isLikelihood })
  func variationalBoundsMatchFiniteDifferences(name: String, likelihood: LossSpec) throws {
    let isConvolutional = name == "conv-vae"
    for (beta, freeBits, draws) in [(1.0, 0.0, 1), (0.3, 0, 1), (1, 0.5, 1), (1, 0, 2), (1, 0, 5)] {
      for classes in [nil, 3] {
        let options = RecipeOptions.with {
          $0.channels = isConvolutional ? [3, 4] : nil
          $0.hidden = [7]
          $0.latent = 4
          $0.activation = .tanh
          $0.likelihood = likelihood
          $0.beta = beta
          $0.freeBits = freeBits
          $0.importanceSamples = draws
          $0.classes = classes
        }
        let blueprint = try Recipe(named: name, options).blueprint(inputShape: isConvolutional ? [6, 5] : [12])
        expectRightGradient(
          try blueprint.network(), "β \(beta), \(freeBits) nats, \(draws) draws, \(classes ?? 0) classes")
        if draws > 1 { continue }
        let alone = try Model(blueprint).trainedFor(beta: nil, reconstructs: false)
        let decoder = GradientCheck.network(alone.network).filter { $0.name.hasPrefix("decoder") }
        #expect(!decoder.isEmpty && decoder.allSatisfy { $0.largestDerivative == 0 })
      }
    }
  }

  @Test func linearHeadsAloneMatchFiniteDifferences() throws {
    let recipe = Recipe.vae(hidden: [], latent: 2, likelihood: .gaussian(deviation: 0.5))
    let blueprint = try recipe.with { $0.noise = .masking(share: 0.2) }.blueprint(inputShape: [6])
    expectRightGradient(try blueprint.network(), "no hidden layers")
  }

  /// ‖J‖² of a single dense layer has its own formula. It must equal the recursion through two layers of which the
  /// first is the identity.
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

/// The output of this layer is doubled, but its backward pass forgets the factor 2.
private struct Doubled: Layer {
  let inner: Dense
  var role: LayerRole { .map }
  var summary: String { "doubled" }
  var inputSize: Int { inner.inputSize }
  var outputSize: Int { inner.outputSize }
  var parameters: [Parameter] { inner.parameters }
  var cut: LayerCut { inner.cut }

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
