import Datasets
import Files
import Linalg

/// How ln p(x) = ln ∫ p(x|z) p(z) dz of a variational model is estimated from N codes.
public enum LogLikelihoodEstimator: String, Sendable, Codable, CaseIterable {
  /// ln 1/N Σ p(x|zᵢ) p(zᵢ) / q(zᵢ|x), zᵢ from the encoder's q(z|x), drawn for each sample anew (Rezende, Mohamed and
  /// Wierstra 2014; Burda, Grosse and Salakhutdinov 2016).
  case importance
  /// ln 1/N Σ p(x|zᵢ), zᵢ from the prior, the same for all samples. Few codes explain a given x, so for more than a few
  /// dimensions it is far too low for any N that can be drawn.
  case monteCarlo = "monte-carlo"
}

/// An estimate of the mean of ln p(x) over data, in nats; x as the network sees it.
///
/// ln of an unbiased mean is too low on average, by about half of each sample's squared standard error while that is
/// small.
public struct LogLikelihoodEstimate: Sendable, Codable, Equatable {
  public let estimator: LogLikelihoodEstimator
  /// N: codes for each sample.
  public let samples: Int
  /// Mean over data of ln p̂(x).
  public let mean: Double
  /// Of `mean`, from the codes' chance alone; nil for one code. Too small where effective sample sizes are near 1:
  /// weights that were not drawn do not show.
  public let standardError: Double?
  /// Of `mean`, from the choice of the data: standard deviation of ln p̂(x) over √n; nil for one sample.
  public let dataStandardError: Double?
  /// (Σw)²/Σw², from 1 to N, mean over data.
  public let meanEffectiveSize: Double
  public let leastEffectiveSize: Double
  /// The share of data whose effective sample size is below 10: what is said of those rests on a few codes.
  public let shareBelowTen: Double
  /// −mean / (n ln 2) for n features.
  public let bitsPerDimension: Double

  enum CodingKeys: String, CodingKey {
    case estimator, samples, mean
    case standardError = "standard_error"
    case dataStandardError = "data_standard_error"
    case meanEffectiveSize = "mean_effective_sample_size"
    case leastEffectiveSize = "least_effective_sample_size"
    case shareBelowTen = "share_with_effective_size_below_10"
    case bitsPerDimension = "bits_per_dimension"
  }
}

/// ln p̂(x) sample by sample.
public struct LogLikelihoods: Sendable {
  public let estimate: LogLikelihoodEstimate
  /// ln p̂(x) of every sample.
  public let perSample: [Double]
  /// (Σw)²/Σw² of every sample.
  public let effectiveSizes: [Double]
  /// Of every ln p̂(x), from the codes' chance, by the delta method: √(Var(w) / N) / mean(w), which is
  /// √((N/ESS − 1) / (N − 1)); 0 for one code.
  public let standardErrors: [Double]

  /// From the weights of each sample: `logMeans` ln 1/N Σ w. `sharedError`: of the mean, where samples share their
  /// codes.
  init(
    _ estimator: LogLikelihoodEstimator, samples: Int, logMeans: [Double], effectiveSizes: [Double],
    sharedError: Double? = nil, features: Int
  ) {
    let n = Double(logMeans.count)
    perSample = logMeans
    self.effectiveSizes = effectiveSizes
    standardErrors = effectiveSizes.map { size in
      samples == 1 ? 0 : (max(0, Double(samples) / size - 1) / Double(samples - 1)).squareRoot()
    }
    let mean = logMeans.reduce(0, +) / n
    let variance = logMeans.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
    let independent = standardErrors.reduce(0) { $0 + $1 * $1 }.squareRoot() / n
    estimate = LogLikelihoodEstimate(
      estimator: estimator, samples: samples, mean: mean,
      standardError: samples == 1 ? nil : sharedError ?? independent,
      dataStandardError: logMeans.count == 1 ? nil : (variance / n).squareRoot(),
      meanEffectiveSize: effectiveSizes.reduce(0, +) / n, leastEffectiveSize: effectiveSizes.min()!,
      shareBelowTen: Double(effectiveSizes.count { $0 < 10 }) / n,
      bitsPerDimension: -mean / (Double(features) * Double.log(2)))
  }
}

extension Model {
  /// Estimates ln p(x) of every sample of `data` from `samples` codes each.
  ///
  /// Memory: the moments of q(z|x), a few numbers a sample, and a few blocks of decoded codes, whatever `samples` is.
  /// Codes depend on the seed and the numbers of sample and draw alone: the result is the same bits for any number of
  /// threads. `onProgress` hears, on the calling thread, what share of the work is done.
  /// - Throws: `InvalidArgument` for models that are not variational; `FileError` for data that do not fit the model.
  public func logLikelihoods(
    _ data: Dataset, estimator: LogLikelihoodEstimator, samples: Int, seed: UInt64 = 0,
    threads: Int = availableProcessors, onProgress: (Double) -> Void = { _ in }
  ) throws -> LogLikelihoods {
    precondition(samples > 0, "logLikelihoods: \(samples) codes")
    guard let heads = network.headsIndex else {
      throw InvalidArgument("ln p(x) is estimated for variational models; this is '\(name)'")
    }
    try check(data)
    if estimator == .monteCarlo && network.classes != nil {
      throw InvalidArgument("of a conditional model ln p(x) is estimated by importance sampling alone")
    }
    if estimator == .monteCarlo && DecoderDensity(self).coupling == nil {
      throw InvalidArgument(
        "under the likelihood \(blueprint.loss) ln p(x) is estimated by importance sampling alone")
    }
    return switch estimator {
    case .importance:
      ImportanceSampling(
        self, moments: try Inference(self, .layer(heads), draw: .evaluation(seed: seed), threads: threads)(data),
        samples: samples, seed: seed,
        threads: threads
      ).run(on: data, onProgress)
    case .monteCarlo:
      PriorSampling(self, samples: samples, seed: seed, threads: threads).run(on: data, onProgress)
    }
  }

  /// The same, as the mean over the data.
  public func logLikelihood(
    _ data: Dataset, estimator: LogLikelihoodEstimator, samples: Int, seed: UInt64 = 0,
    threads: Int = availableProcessors, onProgress: (Double) -> Void = { _ in }
  ) throws -> LogLikelihoodEstimate {
    try logLikelihoods(
      data, estimator: estimator, samples: samples, seed: seed, threads: threads, onProgress: onProgress
    ).estimate
  }
}
