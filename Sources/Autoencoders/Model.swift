import Datasets
import Files
import Linalg

/// A network with its parameters and the scaling of its data: what is trained, saved, and used.
public struct Model: Sendable {
  public let architecture: Architecture
  public let network: Autoencoder
  public let scaling: Scaling
  /// θ, in the order of `network.layout`.
  public var parameters: [Float]
  /// The seed of the initial parameters and of training.
  public let seed: UInt64
  /// How it was trained, where it was.
  public var training: TrainingRecord?
  /// The errors on the training data's samples; nil where they were not measured.
  public internal(set) var errorDistribution: ErrorDistribution?
  /// How its codes of the training data are distributed; nil where that was not measured.
  public internal(set) var codeDistribution: CodeDistribution?
  /// The density that goes with principal components; nil for other models.
  public internal(set) var density: PCADensity?

  /// A model of `architecture` with initial parameters of `seed`.
  public init(_ architecture: Architecture, scaling: Scaling = .none, seed: UInt64 = 0) {
    self.architecture = architecture
    self.scaling = scaling
    self.seed = seed
    network = architecture.network()
    parameters = network.layout.initialValues(seed: seed)
  }

  /// A model of a named variant for `data`: its shape, and a loss and a scaling that fit its values.
  ///
  /// Values in [0, 1] are left as they are and get cross-entropy; others are standardised and get squared error.
  ///
  /// With `start: .pca` the parameters are those of `data`'s principal components (`PCAStart`); for this alone `threads` are
  /// used, and the bits are the same for any number of them.
  /// - Throws: `InvalidArgument` for what does not go together, `LinalgError` of the components.
  public init(
    variant: String, for data: Dataset, hidden: [Int]? = nil, latent: Int? = nil, activation: Activation? = nil,
    codeActivation: Activation? = nil, loss: LossKind? = nil, scaling: Scaling.Kind? = nil, start: Start = .he,
    convolution: ConvolutionOptions? = nil, regularization: Regularization = .none,
    variational: VariationalOptions? = nil, classes: Int? = nil, binarisation: Binarisation? = nil,
    outputBias: OutputBias = .zero, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws {
    let fractions = data.hasFractions
    let kind = scaling ?? (fractions ? .none : .standard)
    let architecture = try Architecture(
      variant: variant, inputShape: data.shape, hidden: hidden, latent: latent, activation: activation,
      codeActivation: codeActivation, loss: loss, start: start, convolution: convolution,
      regularization: regularization, variational: variational,
      classes: classes, binarisation: binarisation,
      valuesAreFractions: fractions && kind == .none)
    self.init(architecture, scaling: Scaling.fit(kind, to: data), seed: seed)
    if start == .pca {
      // The output's bias is at the mean by it.
      parameters = try PCAStart(self, data: data).parameters(fittedTo: data, seed: seed, threads: threads)
    } else if outputBias == .mean {
      startOutput(atMeansOf: data)
    }
  }

  /// Whether it starts as principal components and has not been trained.
  var startsAsComponents: Bool { architecture.start == .pca && training == nil }

  /// Starts the decoder's last bias where its output is the mean of the data: logits of pixels, means of numbers. Of a
  /// convolution, whose biases are its channels', the mean over the image.
  private mutating func startOutput(atMeansOf data: Dataset) {
    guard let bias = network.layers.last(where: { !$0.parameters.isEmpty })?.parameters.last else { return }
    let means = inputMeans(of: data)
    for unit in 0..<bias.count {
      let own = stride(from: unit, to: means.count, by: bias.count).map { means[$0] }
      let mean = own.reduce(0, +) / Double(own.count)
      // As far as Burda, Grosse and Salakhutdinov go, for pixels that are always the same.
      let share = min(max(mean, 0.001), 0.999)
      parameters[bias.offset + unit] = Float(
        architecture.loss == .crossEntropy ? Double.log(share / (1 - share)) : mean)
    }
  }

  /// The mean of each feature of `data` as the network sees it.
  private func inputMeans(of data: Dataset) -> [Double] {
    var sums = [Double](repeating: 0, count: data.featureCount)
    let block = Buffer<Float>(count: Inference.blockSize * data.featureCount)
    for start in stride(from: 0, to: data.count, by: Inference.blockSize) {
      let rows = start..<min(start + Inference.blockSize, data.count)
      let x = block.view(rows: rows.count, columns: data.featureCount)
      gather(data, rows: rows, into: x)
      for i in 0..<x.rows { for j in 0..<x.columns { sums[j] += Double(x[i, j]) } }
    }
    return sums.map { $0 / Double(data.count) }
  }

  /// The model of principal components: encoder weight C and bias −Cμ, decoder weight Cᵀ and bias μ.
  public init(_ pca: PCA, shape: [Int], scaling: Scaling = .none) throws(InvalidArgument) {
    precondition(shape.reduce(1, *) == pca.featureCount, "Model: \(pca.featureCount) features for shape \(shape)")
    let architecture = try Architecture(
      variant: "pca", inputShape: shape, latent: pca.size, valuesAreFractions: false)
    self.init(architecture, scaling: scaling)
    let (d, n) = (pca.size, pca.featureCount)
    let centre = pca.components.product(with: Matrix(rows: n, columns: 1, values: pca.mean))
    parameters =
      pca.components.values.map { Float($0) } + (0..<d).map { Float(-centre[$0, 0]) }
      + pca.components.transposed.values.map { Float($0) } + pca.mean.map { Float($0) }
    density = pca.density
  }

  /// The same parameters in a model that is trained for something else. Both must be variational, with the same tensors.
  public func trainedFor(_ options: VariationalOptions) throws(InvalidArgument) -> Model {
    var result = Model(try architecture.trainedFor(options), scaling: scaling, seed: seed)
    if result.network.layout != network.layout {
      throw InvalidArgument("a likelihood that is learned cannot replace one that is not, or be replaced by one")
    }
    result.parameters = parameters
    return result
  }

  /// With parameters from a file.
  init(
    architecture: Architecture, network: Autoencoder, scaling: Scaling, parameters: [Float], seed: UInt64,
    training: TrainingRecord?, errorDistribution: ErrorDistribution?, codeDistribution: CodeDistribution?,
    density: PCADensity?
  ) {
    precondition(parameters.count == network.layout.count, "Model: \(parameters.count) parameters")
    self.architecture = architecture
    self.network = network
    self.scaling = scaling
    self.parameters = parameters
    self.seed = seed
    self.training = training
    self.errorDistribution = errorDistribution
    self.codeDistribution = codeDistribution
    self.density = density
  }

  /// The values of the parameter `name`, as the matrix that its layer sees; nil where there is none.
  public func tensor(_ name: String) -> Matrix<Float>? {
    network.layout.parameters.first { $0.name == name }.map {
      Matrix(rows: $0.rows, columns: $0.columns, values: Array(parameters[$0.offset..<$0.offset + $0.count]))
    }
  }

  /// Refuses data whose samples have another number of features than the model's.
  public func check(_ data: Dataset) throws(FileError) {
    if data.featureCount != architecture.inputSize {
      throw FileError(
        .malformed, data.source,
        "samples of \(data.featureCount) features (shape \(data.shape)), but the model takes "
          + "\(architecture.inputSize) (shape \(architecture.inputShape))")
    }
    try checkClasses(of: data)
    if architecture.loss == .crossEntropy || architecture.binarisation != nil,
      data.range.lowerBound < 0 || data.range.upperBound > 1
    {
      throw FileError(
        .malformed, data.source,
        "values from \(data.range.lowerBound) to \(data.range.upperBound), but the model takes values in [0, 1]")
    }
  }
}

/// Where the bias of the output starts.
public enum OutputBias: String, Sendable, Codable, CaseIterable {
  case zero
  /// Where the output is the mean of the training data.
  case mean
}

/// How a model came about: the options and the outcome, for the model file and `info`.
public struct TrainingRecord: Sendable, Codable, Equatable {
  public var data: String
  public var samples: Int
  public var options: TrainingOptions
  /// Epochs that were run.
  public var epochs: Int
  /// The epoch whose parameters the model holds.
  public var bestEpoch: Int
  public var trainLoss: Double?
  public var validationLoss: Double?
  public var seconds: Double
}
