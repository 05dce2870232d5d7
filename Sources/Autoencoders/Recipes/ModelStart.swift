import Datasets
import Linalg

extension Model {
  /// Creates a model of a recipe for `data`, with a loss and a scaling that fit their values.
  ///
  /// Values in [0, 1] are left as they are and get cross-entropy; others are standardised and get squared error. Bright
  /// data in [0, 1] are centred and get squared error where a rectified code stands right behind them and nothing else
  /// is named, because most of its units would die.
  ///
  /// With `start: .pca` the parameters are the principal components of `data` (`PCAStart`). This alone uses `threads`;
  /// the parameters are the same bits for any number of them.
  /// - Throws: `InvalidArgument` for options and sizes that do not go together, `LinalgError` of the components,
  ///   `MemoryError` where there is no memory for so many parameters.
  public init(
    _ recipe: Recipe, for data: Dataset, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws {
    var kind = recipe.scalingKind(valuesAreFractions: data.hasFractions)
    if try kind == .none && recipe.centresBrightData(of: data.shape) && data.isBright { kind = .centre }
    let scaling = Scaling.fit(kind, to: data)
    let blueprint = try recipe.blueprint(
      inputShape: data.shape, valuesAreFractions: data.hasFractions, scaling: scaling)
    // The parameters are made in one array and copied to where training has them.
    var estimate = MemoryEstimate()
    estimate.add(2, try blueprint.network().layout.count, of: Float.self)
    try estimate.require(for: "the parameters of the network")
    try self.init(blueprint, seed: seed)
    if blueprint.start == .pca {
      // The components also start the output's bias at the data's mean.
      parameters = try PCAStart(self, data: data).parameters(fittedTo: data, seed: seed, threads: threads)
    } else if blueprint.outputBias == .mean {
      try startOutput(atMeansOf: data)
    }
  }

  /// Starts the decoder's last bias where its output is the mean of the data: logits for pixels, means for numbers. A
  /// convolution has one bias per channel, so the mean is then taken over the image.
  private mutating func startOutput(atMeansOf data: Dataset) throws(InvalidArgument) {
    guard let bias = network.outputBias else {
      throw InvalidArgument(
        "outputBias", "mean", expected: "needs a last layer with weights, a bias and no activation")
    }
    let means = inputMeans(of: data)
    for unit in 0..<bias.count {
      let own = stride(from: unit, to: means.count, by: bias.count).map { means[$0] }
      let mean = own.reduce(0, +) / Double(own.count)
      parameters[bias.offset + unit] = Float(network.loss.output(forMean: mean))
    }
  }

  /// Returns the mean of each feature of `data` as the network sees them.
  private func inputMeans(of data: Dataset) -> [Double] {
    var sums = [Double](repeating: 0, count: data.featureCount)
    let block = Buffer<Float>(count: min(Inference.blockSize, data.count) * data.featureCount)
    for start in stride(from: 0, to: data.count, by: Inference.blockSize) {
      let rows = start..<min(start + Inference.blockSize, data.count)
      let x = block.view(rows: rows.count, columns: data.featureCount)
      preparation.gather(data, rows: rows, into: x)
      for i in 0..<x.rows { for j in 0..<x.columns { sums[j] += Double(x[i, j]) } }
    }
    return sums.map { $0 / Double(data.count) }
  }

  /// Returns the same parameters in a model that is trained on some terms of the variational loss alone. A `beta`
  /// replaces the β of the divergence; without `reconstructs` the reconstruction is left out.
  /// - Throws: `InvalidArgument` for a model that has no such terms.
  package func trainedFor(beta: Double?, reconstructs: Bool) throws(InvalidArgument) -> Model {
    var blueprint = blueprint
    guard let place = blueprint.encoder.indices.last, let usual = blueprint.encoder[place].with(beta: beta ?? 1) else {
      throw InvalidArgument("the terms are those of a variational model that is trained on the ELBO")
    }
    if beta != nil { blueprint.encoder[place] = usual }
    if !reconstructs { blueprint.loss = LossSpec(NoReconstruction(replaced: blueprint.loss.loss)) }
    return Model(blueprint, try blueprint.network(), parameters: parameters, seed: seed)
  }
}
