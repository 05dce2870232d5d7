import Datasets
import Files
import Linalg

/// Ways to estimate ln p(x) = ln ∫ p(x|z) p(z) dz of a variational model from N codes.
public enum LogLikelihoodEstimator: String, Sendable, Codable, CaseIterable {
  /// The estimate is ln 1/N Σ p(x|zᵢ) p(zᵢ) / q(zᵢ|x), with zᵢ from the encoder's q(z|x), drawn anew for each sample
  /// (Rezende, Mohamed and Wierstra 2014; Burda, Grosse and Salakhutdinov 2016).
  case importance
  /// The estimate is ln 1/N Σ p(x|zᵢ), with zᵢ from the prior, the same for all samples. Few codes explain a given x,
  /// so beyond a few dimensions the estimate is far too low for any N that can be drawn.
  case monteCarlo = "monte-carlo"
}

/// An estimate of the mean of ln p(x) over data, in nats, for x as the network sees it.
///
/// The ln of an unbiased mean is too low on average (Jensen), by about half of each sample's squared standard error
/// while that is small, and by far more where few codes carry the weight.
public struct LogLikelihoodEstimate: Sendable, Codable, Equatable {
  public let estimator: LogLikelihoodEstimator
  /// The number N of codes for each sample.
  public let samples: Int
  /// The mean over data of ln p̂(x).
  public let mean: Double
  /// The standard error of `mean` from the randomness of the codes, by a jackknife over groups of codes; nil for one
  /// code. Over seeds the estimates spread by that much within a factor of 1.5, also where effective sample sizes are
  /// near 1. It says nothing of how much too low the estimate is on average.
  public let standardError: Double?
  /// The standard error of `mean` from the choice of the data: the standard deviation of ln p̂(x) over √n; nil for one
  /// sample.
  public let dataStandardError: Double?
  /// The mean over data of the effective sample size (Σw)²/Σw², which is from 1 to N.
  public let meanEffectiveSize: Double
  public let leastEffectiveSize: Double
  /// The share of data whose effective sample size is below 10; their estimates rest on a few codes.
  public let shareBelowTen: Double
  /// −mean / (n ln 2) for n features.
  public let bitsPerDimension: Double
  /// What importance sampling says about an estimate from the prior; nil where it was not asked.
  public var importanceCheck: ImportanceCheck?

  /// A comparison with importance sampling, which is too low too, but by less: the least that an estimate is too low
  /// by.
  public struct ImportanceCheck: Sendable, Codable, Equatable {
    /// The number of samples that were compared.
    public let data: Int
    /// The number of codes of each sample.
    public let codes: Int
    /// The mean of importance sampling's ln p̂(x) minus the estimate's, over these samples, in nats.
    public let difference: Double
  }

  enum CodingKeys: String, CodingKey {
    case estimator, samples, mean
    case standardError = "standard_error"
    case dataStandardError = "data_standard_error"
    case meanEffectiveSize = "mean_effective_sample_size"
    case leastEffectiveSize = "least_effective_sample_size"
    case shareBelowTen = "share_with_effective_size_below_10"
    case bitsPerDimension = "bits_per_dimension"
    case importanceCheck = "importance_check"
  }
}

/// The estimates ln p̂(x) sample by sample.
public struct LogLikelihoods: Sendable {
  public let estimate: LogLikelihoodEstimate
  /// ln p̂(x) of every sample.
  public let perSample: [Double]
  /// (Σw)²/Σw² of every sample.
  public let effectiveSizes: [Double]
  /// The standard error of every ln p̂(x) from the randomness of the codes (`JackknifeGroups`); 0 for one code.
  public let standardErrors: [Double]

  /// Collects the estimates: `logMeans` has ln 1/N Σ w of each sample. `sharedError` is the standard error of the mean
  /// where samples share their codes.
  init(
    _ estimator: LogLikelihoodEstimator, samples: Int, logMeans: [Double], effectiveSizes: [Double],
    standardErrors: [Double], sharedError: Double? = nil, features: Int
  ) {
    let n = Double(logMeans.count)
    perSample = logMeans
    self.effectiveSizes = effectiveSizes
    self.standardErrors = standardErrors
    let mean = logMeans.reduce(0, +) / n
    let variance = logMeans.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, n - 1)
    let error = sharedError ?? standardErrors.reduce(0) { $0 + $1 * $1 }.squareRoot() / n
    estimate = LogLikelihoodEstimate(
      estimator: estimator, samples: samples, mean: mean,
      standardError: samples > 1 && error.isFinite ? error : nil,
      dataStandardError: logMeans.count == 1 ? nil : (variance / n).squareRoot(),
      meanEffectiveSize: effectiveSizes.reduce(0, +) / n, leastEffectiveSize: effectiveSizes.min()!,
      shareBelowTen: Double(effectiveSizes.count { $0 < 10 }) / n,
      bitsPerDimension: -mean / (Double(features) * Double.log(2)))
  }
}

extension Model {
  /// Estimates ln p(x) of every sample of `data` from `samples` codes each.
  ///
  /// The memory is that of the moments of q(z|x), a few numbers a sample, and a few blocks of decoded codes, whatever
  /// `samples` is. Codes depend only on the seed and on the numbers of sample and draw, so the result is the same bits
  /// for any number of threads. `onProgress` is called on the calling thread with the share of the work that is done.
  /// - Throws: `InvalidArgument` for models that are not variational and for models that the estimator does not fit;
  ///   `FileError` for data that do not fit the model.
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

  /// Estimates the mean of ln p(x) over `data`, as `logLikelihoods` does.
  ///
  /// With the estimator `monteCarlo` up to 1000 samples are also estimated by importance sampling with up to 100 codes
  /// each, which shows how much too low the estimate is at least.
  /// - Throws: the errors of `logLikelihoods`.
  public func logLikelihood(
    _ data: Dataset, estimator: LogLikelihoodEstimator, samples: Int, seed: UInt64 = 0,
    threads: Int = availableProcessors, onProgress: (Double) -> Void = { _ in }
  ) throws -> LogLikelihoodEstimate {
    let result = try logLikelihoods(
      data, estimator: estimator, samples: samples, seed: seed, threads: threads, onProgress: onProgress)
    var estimate = result.estimate
    if estimator == .monteCarlo {
      let chosen = data.spreadIndices(1000)
      let codes = min(samples, 100)
      let importance = try logLikelihoods(
        data.subset(chosen), estimator: .importance, samples: codes, seed: seed, threads: threads)
      let own = chosen.reduce(0.0) { $0 + result.perSample[Int($1)] } / Double(chosen.count)
      estimate.importanceCheck = LogLikelihoodEstimate.ImportanceCheck(
        data: chosen.count, codes: codes, difference: importance.estimate.mean - own)
    }
    return estimate
  }
}
