import ArgumentParser
import Autoencoders
import Datasets
import Files
import Linalg

extension Train {
  /// Fits principal components, which takes no epochs, and writes them as a model.
  func fit() throws {
    if validation != nil || checkpoints.path != nil || log != nil {
      throw ValidationError(
        "\(CommandWords.options(among: ["--validation", "--checkpoint", "--log"])): does not apply to the variant "
          + "'\(network.variant)', which is fitted at once")
    }
    // The recipe is made for its checks alone: it refuses options that the table does not give to this variant.
    _ = try Recipe(named: network.variant, try network.options(latent: nil, classes: 1))
    var unseeded = training
    unseeded.chosenSeed = nil
    if !unseeded.isEmpty {
      throw ValidationError(
        "\(CommandWords.options(of: OptimizerOptions.self, but: "--seed")): does not apply to the variant "
          + "'\(network.variant)', which is fitted at once; of the training options it takes --seed alone")
    }
    let data = try SampleStream.open(data.data, memory: fitting.memory)
    let clock = ContinuousClock()
    let start = clock.now
    let range = try data.range()
    let fractions = range.lowerBound >= 0 && range.upperBound <= 1
    let scaling = try Scaling.fit(network.scaling ?? (fractions ? .none : .standard), to: data)
    let pca = try PCA.fit(
      data, (network.latent ?? .count(min(32, max(1, data.featureCount / 2)))).componentCount, solver: fitting.solver,
      scaling: scaling,
      seed: training.seed,
      threads: threads.threads)
    let spent = (clock.now - start).inSeconds
    var fitted = try Model(pca, shape: data.shape, scaling: scaling)
    if !fitted.parameters.allSatisfy(\.isFinite) {
      throw FileError(
        .malformed, data.source,
        "numbers so large that the weights of components leave the range of Float; --scaling standard has them")
    }
    let first = try data.firstSamples(10_000)
    try fitted.rememberErrors(on: first, threads: threads.threads)
    try fitted.rememberCodes(on: first, threads: threads.threads)
    try KeptOutput.save("the model", to: model) { try fitted.save(to: $0) }
    let report = FitResult(model, pca, seconds: spent)
    if result.json { return try writeReport(report) }
    let line =
      "\(model): \(pca.size) principal components of \(pca.featureCount) features explain "
      + "\((report.explained_variance_ratio * 100).formatted(2)) % of the variance of \(pca.samples.grouped) samples, "
      + "\(spent.formatted(2)) s"
    if model == "-" { Console.error(line) } else { Console.result(line) }
  }
}

/// The report that `train --variant pca --json` prints.
private struct FitResult: Encodable {
  let model: String
  let components, features, samples: Int
  let explained_variance_ratio, noise_variance: Double
  let explained_variance: [Double]
  let seconds: Double

  init(_ path: String, _ pca: PCA, seconds: Double) {
    model = path
    components = pca.size
    features = pca.featureCount
    samples = pca.samples
    explained_variance_ratio = pca.explainedVarianceRatio.reduce(0, +)
    noise_variance = pca.noiseVariance
    explained_variance = pca.explainedVariance
    self.seconds = seconds
  }
}
