import Datasets
import Files
import Linalg

/// The numbers of a model on data. Errors are in the units that the network sees: pixels in [0, 1], tables as scaled.
public struct Evaluation: Sendable, Encodable, Equatable {
  public let samples: Int
  /// Σ (x̂ − x)² over features, mean over samples.
  public let squaredErrorPerSample: Double
  /// `squaredErrorPerSample` ÷ the number of features.
  public let meanSquaredError: Double
  /// 10 log₁₀(1 / mean squared error) in decibels, for data in [0, 1]; nil for other data and for an error of 0.
  public let psnrDB: Double?
  /// The cross-entropy in nats, sum over features, mean over samples; nil where the model was not trained with it.
  public let crossEntropyPerSample: Double?
  /// The data's own entropy, which cross-entropy cannot fall below; `crossEntropyExcess` is what is above it.
  public let crossEntropyFloor: Double?
  public let crossEntropyExcess: Double?
  /// The mean over samples and units of the code, where the code's activation is bounded or rectified.
  public let meanActivation: Double?
  /// The mean over samples of ln p(x) under probabilistic PCA, in nats, for principal components alone; nil where
  /// `Model.density` says why it is not defined.
  public let logLikelihood: Double?
  /// The sparsity of the code, where its units are not linear or there is a penalty for sparsity.
  public var code: CodeStatistics?
  /// How well the model cleans corrupted data, where it was trained to do so or the caller asks for it.
  public var denoising: NoiseEvaluation?
  /// The terms of the ELBO, for variational models.
  public var variational: VariationalEvaluation?
  /// What the code says about the factors that the data were drawn by, for data with factors.
  public var factors: [FactorCorrelation]?
  /// An estimate of ln p(x), for variational models where the caller asks for it.
  public var logLikelihoodEstimate: LogLikelihoodEstimate?
  /// The errors of single samples against those that the model knows, on held-out samples or on the training data.
  public var againstTraining: ErrorComparison?

  enum CodingKeys: String, CodingKey {
    case samples
    case squaredErrorPerSample = "squared_error_per_sample"
    case meanSquaredError = "mean_squared_error"
    case psnrDB = "psnr_db"
    case crossEntropyPerSample = "cross_entropy_per_sample"
    case crossEntropyFloor = "cross_entropy_floor"
    case crossEntropyExcess = "cross_entropy_excess"
    case meanActivation = "mean_activation"
    case logLikelihood = "log_likelihood"
    case code, denoising, variational, factors
    case logLikelihoodEstimate = "log_likelihood_estimate"
    case againstTraining = "against_training"
    case elbo, kl
    case reconstructionTerm = "reconstruction_term"
  }

  /// Scripts read the main numbers at the top level; the nested objects have the rest.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(samples, forKey: .samples)
    try values.encode(squaredErrorPerSample, forKey: .squaredErrorPerSample)
    try values.encode(meanSquaredError, forKey: .meanSquaredError)
    try values.encodeIfPresent(psnrDB, forKey: .psnrDB)
    try values.encodeIfPresent(crossEntropyPerSample, forKey: .crossEntropyPerSample)
    try values.encodeIfPresent(crossEntropyFloor, forKey: .crossEntropyFloor)
    try values.encodeIfPresent(crossEntropyExcess, forKey: .crossEntropyExcess)
    try values.encodeIfPresent(meanActivation, forKey: .meanActivation)
    try values.encodeIfPresent(logLikelihood ?? logLikelihoodEstimate?.mean, forKey: .logLikelihood)
    try values.encodeIfPresent(variational?.elbo, forKey: .elbo)
    try values.encodeIfPresent(variational?.reconstructionTerm, forKey: .reconstructionTerm)
    try values.encodeIfPresent(variational?.kl, forKey: .kl)
    try values.encodeIfPresent(code, forKey: .code)
    try values.encodeIfPresent(denoising, forKey: .denoising)
    try values.encodeIfPresent(variational, forKey: .variational)
    try values.encodeIfPresent(factors, forKey: .factors)
    try values.encodeIfPresent(logLikelihoodEstimate, forKey: .logLikelihoodEstimate)
    try values.encodeIfPresent(againstTraining, forKey: .againstTraining)
  }
}

extension Model {
  /// Returns all numbers of the model on `data`.
  ///
  /// - `noise`: the noise to corrupt the data with; nil for the noise of training.
  /// - `seed`: the seed of noise, codes and stochastic binarisation.
  /// - Throws: `FileError` for data that the model cannot take.
  public func evaluateAll(
    _ data: Dataset, noise: Corruption? = nil, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws -> Evaluation {
    var evaluation = try evaluate(data, seed: seed, threads: threads)
    if network.codeActivation != .identity || network.hasSparsity {
      evaluation.code = try codeStatistics(data, threads: threads)
    }
    if let noise = noise ?? network.inputCorruption {
      evaluation.denoising = try evaluate(data, noise: noise, seed: seed, threads: threads)
    }
    evaluation.variational = try evaluateVariational(data, seed: seed, threads: threads)
    evaluation.factors = try factorCorrelations(data, threads: threads)
    if let errorDistribution {
      evaluation.againstTraining = ErrorComparison(
        try squaredErrors(data, seed: seed, threads: threads), against: errorDistribution)
    }
    return evaluation
  }

  /// Runs `data` through the model and back and compares; `seed` is that of stochastic binarisation.
  /// - Throws: `FileError` for data that the model cannot take.
  public func evaluate(
    _ data: Dataset, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws(FileError) -> Evaluation {
    let inference = Inference(self, .reconstruct, draw: .evaluation(seed: seed), threads: threads)
    try inference.check(data)
    let features = network.inputSize
    let blocks = (data.count + Inference.blockSize - 1) / Inference.blockSize
    // Each block has its loss, its squared error and the sum of its code; the blocks are totalled in order.
    let sums = Buffer<Double>(count: 3 * blocks)
    let table = sums.view(rows: blocks, columns: 3)
    // A loss gives value and gradient together; the gradient has no use here, but needs a place.
    let codeSquares = Buffer<Double>(count: density == nil ? 0 : blocks * network.codeSize)
    let gradients = (0..<threads).map { _ in Buffer<Float>(count: Inference.blockSize * features) }
    inference.forEachBlock(of: data, 0..<data.count) { block in
      let rows = block.rows.count
      let x = block.propagation.input(rows: rows).readOnly
      let y = block.propagation.output(of: network.layers.count - 1, rows: rows)
      let gradient = gradients[block.worker].view(rows: rows, columns: features)
      table[block.number, 0] = network.loss.evaluate(
        y.readOnly, target: x, gradient: gradient, batch: 1, parameters: block.propagation.parameters.row.readOnly)
      network.loss.reconstruct(y)
      table[block.number, 1] = squaredDistance(y.readOnly, x)
      let code = block.propagation.output(of: network.encoderDepth - 1, rows: rows).readOnly
      table[block.number, 2] = sum(code)
      if density != nil {
        addSquares(code, to: codeSquares.view(rows: blocks, columns: network.codeSize), block.number)
      }
    }
    var totals = [0.0, 0.0, 0.0]
    for block in 0..<blocks { for term in 0..<3 { totals[term] += table[block, term] } }
    let likelihood = density.flatMap { density -> Double? in
      if density.whyUndefined != nil { return nil }
      let squares = (0..<network.codeSize).map { unit in
        (0..<blocks).reduce(0.0) { $0 + codeSquares.view(rows: blocks, columns: network.codeSize)[$1, unit] }
      }
      return density.meanLogLikelihood(codeSquares: squares, residual: totals[1], samples: data.count)
    }
    return evaluation(of: data, totals, logLikelihood: likelihood)
  }

  /// Sets row `row` of `sums` to the sum of squares of each code unit over samples.
  private func addSquares(_ code: MatrixView<Float>, to sums: MutableMatrixView<Double>, _ row: Int) {
    for i in 0..<code.rows {
      for j in 0..<code.columns { sums[row, j] += Double(code[i, j]) * Double(code[i, j]) }
    }
  }

  /// Returns the evaluation from the totals over all samples: loss, squared error, sum of the code.
  private func evaluation(of data: Dataset, _ totals: [Double], logLikelihood: Double?) -> Evaluation {
    let squaredError = totals[1] / Double(data.count)
    let mean = squaredError / Double(network.inputSize)
    let range = data.range
    let areFractions = scaling.kind.keepsUnits && range.lowerBound >= 0 && range.upperBound <= 1
    let crossEntropy = network.loss.link == .logistic ? totals[0] / Double(data.count) : nil
    let floor = entropyFloor(of: data)
    let activation = network.codeActivation
    return Evaluation(
      samples: data.count, squaredErrorPerSample: squaredError, meanSquaredError: mean,
      psnrDB: areFractions && mean > 0 ? -10 * Double.log(mean) / Double.log(10) : nil,
      crossEntropyPerSample: crossEntropy, crossEntropyFloor: floor,
      crossEntropyExcess: crossEntropy.flatMap { value in floor.map { value - $0 } },
      meanActivation: activation == .identity ? nil : totals[2] / Double(data.count * network.codeSize),
      logLikelihood: logLikelihood.flatMap { $0.isFinite ? $0 : nil })
  }
}
