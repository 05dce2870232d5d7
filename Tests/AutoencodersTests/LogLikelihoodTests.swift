import Datasets
import Linalg
import Testing

@testable import Autoencoders

/// Estimates of ln p(x) are compared with models whose ln p(x) is known, and with the formula row by row.
@Suite struct LogLikelihoodTests {
  /// More threads than there are processors must give the same bits.
  init() { WorkerPool.allow(threads: 16) }

  /// Returns a trained model with a hidden layer, for data in [0, 1].
  private func trained(_ data: Dataset, loss: LossSpec? = nil, latent: Int = 3) throws -> Model {
    let recipe = Recipe.vae(hidden: [32], latent: latent).with { $0.loss = loss }
    let model = try Model(recipe, for: data, seed: 1)
    return try Trainer(TrainingOptions(epochs: 30, batch: 50)).train(model, on: data)
  }

  /// Where q(z|x) = p(z|x), every weight is p(x), so chance does not matter. Decoding in Float has an error of 1e-6 of
  /// ln p.
  @Test func theExactPosteriorGivesTheDensityFromAnyCode() throws {
    let truth = try LinearGaussian(features: 6, scales: [3, 1.5, 0.5], seed: 1)
    let data = truth.draw(50, seed: 2)
    let (model, density) = (try truth.model(), try truth.logDensities(data))
    let result = try model.logLikelihoods(data, estimator: .importance, samples: 300)
    for i in 0..<data.count {
      #expect(abs(result.perSample[i] - density[i]) < 1e-5 * abs(density[i]), "\(i): \(result.perSample[i])")
      #expect(abs(result.effectiveSizes[i] - 300) < 1e-4)
    }
    let elbo = try #require(try model.evaluateVariational(data, draws: 200)).elbo
    #expect(abs(elbo - mean(density)) < 0.02)
    #expect(result.estimate.standardError! < 1e-5 && result.estimate.leastEffectiveSize > 299.9)
  }

  /// A wrong encoder lowers the number of effective samples but does not shift the mean of the estimate. The ELBO is
  /// the lower, the worse the encoder is.
  @Test func importanceMeetsTheDensityWithAWrongEncoder() throws {
    let truth = try LinearGaussian(features: 6, scales: [3, 1.5], seed: 1)
    let data = truth.draw(100, seed: 2)
    let model = try truth.model(meanFactor: 0.9, varianceFactor: 1.5)
    let density = try truth.logDensities(data)
    let result = try model.logLikelihoods(data, estimator: .importance, samples: 4000)
    // Of the 100 estimates, 95 are expected within two standard errors of the density, and at least 88 in 99.9 % of
    // cases.
    let distances = (0..<data.count).map { abs(result.perSample[$0] - density[$0]) / result.standardErrors[$0] }
    #expect(distances.count { $0 < 2 } >= 88 && distances.max()! < 4, "\(distances.max()!)")
    let estimate = result.estimate
    #expect(abs(estimate.mean - mean(density)) < 3 * estimate.standardError!, "\(estimate)")
    #expect(abs(estimate.bitsPerDimension + estimate.mean / 6 / 0.693147) < 1e-5)
    #expect(abs(estimate.dataStandardError! - standardDeviation(result.perSample) / 10) < 1e-9)
    #expect(estimate.meanEffectiveSize < 3900 && estimate.leastEffectiveSize > 100)
    let elbo = try #require(try model.evaluateVariational(data, draws: 200)).elbo
    #expect(elbo < mean(density) - 0.1)
  }

  @Test func monteCarloMeetsTheDensityWhereCodesAreFewNumbers() throws {
    let truth = try LinearGaussian(features: 5, scales: [1.5, 1], seed: 3)
    let data = truth.draw(100, seed: 4)
    let density = try truth.logDensities(data)
    let result = try truth.model().logLikelihoods(data, estimator: .monteCarlo, samples: 50_000)
    let distances = (0..<data.count).map { abs(result.perSample[$0] - density[$0]) / result.standardErrors[$0] }
    // All samples share the codes, so their errors are correlated, and the share within two standard errors is not
    // tested.
    #expect(distances.max()! < 4, "\(distances.max()!)")
    #expect(abs(result.estimate.mean - mean(density)) < 3 * result.estimate.standardError!, "\(result.estimate)")
  }

  /// The standard error is the standard deviation of the estimates over seeds, which 60 estimates tell to 9 %.
  @Test(arguments: LogLikelihoodEstimator.allCases)
  func theStandardErrorIsTheSpreadOverSeeds(estimator: LogLikelihoodEstimator) throws {
    let truth = try LinearGaussian(features: 5, scales: [1.5, 1], seed: 3)
    let data = truth.draw(30, seed: 5)
    let model = try truth.model(meanFactor: 0.9, varianceFactor: 1.5)
    let estimates = try (0..<60).map {
      try model.logLikelihood(data, estimator: estimator, samples: 3000, seed: UInt64($0))
    }
    let spread = standardDeviation(estimates.map(\.mean))
    let error = mean(estimates.map { $0.standardError! })
    #expect(spread / error > 0.7 && spread / error < 1.35, "\(spread), \(error)")
  }

  /// The printed error also holds where one or two codes have all the weight. The delta method says a half to an eighth
  /// of the spread here, as the same estimates in NumPy show; 30 estimates tell the spread to 13 %.
  @Test(arguments: LogLikelihoodEstimator.allCases)
  func theStandardErrorHoldsWithFewEffectiveCodes(estimator: LogLikelihoodEstimator) throws {
    let truth = try LinearGaussian(features: 20, scales: Array(repeating: 3, count: 10), seed: 3)
    let data = truth.draw(30, seed: 5)
    let model = try truth.model(meanFactor: 0.8, varianceFactor: 0.3)
    let estimates = try (0..<30).map {
      try model.logLikelihood(data, estimator: estimator, samples: 1000, seed: UInt64($0))
    }
    #expect(mean(estimates.map(\.meanEffectiveSize)) < 10)
    let spread = standardDeviation(estimates.map(\.mean))
    let error = mean(estimates.map { $0.standardError! })
    #expect(spread / error > 1 / 1.5 && spread / error < 1.5, "\(spread), \(error)")
  }

  /// With the exact posterior importance sampling gives the density from any code, so what it says of an estimate from
  /// the prior is how much too low that is.
  @Test func anEstimateFromThePriorSaysHowMuchTooLowItIs() throws {
    let truth = try LinearGaussian(features: 12, scales: [3, 3, 3, 3, 3, 3], seed: 3)
    let data = truth.draw(40, seed: 5)
    let estimate = try truth.model().logLikelihood(data, estimator: .monteCarlo, samples: 500)
    let check = try #require(estimate.importanceCheck)
    #expect(check.data == 40 && check.codes == 100 && check.difference > 1)
    #expect(abs(estimate.mean + check.difference - mean(try truth.logDensities(data))) < 1e-3)
    #expect(try truth.model().logLikelihood(data, estimator: .importance, samples: 5).importanceCheck == nil)
  }

  /// A jackknife by hand: of the weights 1, 2, 3, 6 as four groups, θ₍ₖ₎ is ln of 11/3, 10/3, 3 and 2.
  @Test func theJackknifeIsTheFormula() {
    let groups = [1.0, 2, 3, 6].map { w in
      var sums = WeightSums()
      sums.add(Double.log(w) - 1000)
      return sums
    }
    let jackknife = JackknifeGroups(groups, count: 4)
    let wanted = [11.0 / 3, 10.0 / 3, 3, 2].map { Double.log($0) - 1000 }
    #expect(Swift.zip(jackknife.withoutGroup, wanted).allSatisfy { abs($0 - $1) < 1e-12 })
    let error = 3 / 4.0 * wanted.reduce(0) { $0 + ($1 - mean(wanted)) * ($1 - mean(wanted)) }
    #expect(abs(JackknifeGroups.standardError(jackknife.withoutGroup) - error.squareRoot()) < 1e-12)
    #expect(abs(jackknife.total.logMean(of: 4) - (Double.log(3) - 1000)) < 1e-12)
    #expect(abs(jackknife.total.effectiveSize - 144.0 / 50) < 1e-12)
    // A weight that is e¹⁰⁰⁰ times the others leaves them their digits.
    let far = JackknifeGroups(
      [0, -1000, -1001].map { logWeight in
        var sums = WeightSums()
        sums.add(logWeight)
        return sums
      }, count: 3)
    #expect(abs(far.withoutGroup[0] - (-1000 + Double.log((1 + Double.exp(-1)) / 2))) < 1e-9)
  }

  /// The estimates equal the log-sum-exp over the same codes, each decoded and compared with the sample in Double.
  @Test(arguments: [LossSpec.squaredError, .crossEntropy])
  func productsOfAllWithAllEqualRowByRow(loss: LossSpec) throws {
    let data = curvedData(samples: 270, shape: [20])
    let model = try trained(data, loss: loss)
    let count = 1100
    let result = try model.logLikelihoods(data, estimator: .monteCarlo, samples: count, seed: 9)
    var codes = Matrix<Float>(rows: count, columns: 3)
    codes.withMutableView { RandomStream.fillNormalByQuantile($0, seed: 9, purpose: .likelihood, epoch: 0) }
    let decoded = try model.decode(Dataset(codes, source: "codes"))
    let x = Buffer<Float>(count: data.count * 20)
    data.gather(rows: 0..<data.count, into: x.view(rows: data.count, columns: 20))
    for sample in [0, 1, 249, 250, 269] {
      let likelihoods = (0..<count).map { code in
        (0..<20).reduce(0.0) { total, j in
          let (value, p) = (Double(x.row[0, sample * 20 + j]), Double(decoded[code, j]))
          if loss == .squaredError { return total - (value - p) * (value - p) - 0.5 * Double.log(Double.pi) }
          return total + value * Double.log(p) + (1 - value) * Double.log1p(-p)
        }
      }
      let largest = likelihoods.max()!
      let wanted = largest + Double.log(mean(likelihoods.map { Double.exp($0 - largest) }))
      #expect(abs(result.perSample[sample] - wanted) < 1e-4, "\(result.perSample[sample]), \(wanted)")
    }
  }

  /// The values of N fill a part of a block of codes, or more than one block.
  @Test(arguments: LogLikelihoodEstimator.allCases, [1, 7, 600, 1500])
  func threadsDoNotChangeABit(estimator: LogLikelihoodEstimator, samples: Int) throws {
    let data = curvedData(samples: 300, shape: [20])
    let model = try Model(.vae(hidden: [16], latent: 3), for: data, seed: 1)
    let one = try model.logLikelihoods(data, estimator: estimator, samples: samples, threads: 1)
    var heard: [Double] = []
    let three = try model.logLikelihoods(data, estimator: estimator, samples: samples, threads: 3) { heard.append($0) }
    #expect(one.perSample == three.perSample && one.estimate == three.estimate)
    #expect(one.estimate.standardError == nil ? samples == 1 : samples > 1)
    #expect(heard == heard.sorted() && heard.allSatisfy { $0 > 0 && $0 <= 1 })
    let other = try model.logLikelihood(data, estimator: estimator, samples: samples, seed: 1)
    #expect(other != one.estimate)
  }

  @Test func anySpreadOfWeightsIsSummed() {
    var sums = WeightSums()
    for logWeight in [-1e300, -1e5, -.infinity, 1e5, 1e5, -1e5, 1e5 + Double.log(2)] { sums.add(logWeight) }
    // The effective size is (1 + 1 + 2)² / (1 + 1 + 4).
    #expect(abs(sums.logMean(of: 7) - (1e5 + Double.log(4.0 / 7))) < 1e-9)
    #expect(abs(sums.effectiveSize - 16.0 / 6) < 1e-9)
    sums.add(.nan)
    #expect(sums.logMean(of: 8).isNaN)
    var none = WeightSums()
    none.add(-.infinity)
    #expect(none.logMean(of: 1) == -.infinity && none.effectiveSize == 0)
  }

  /// In expectation the estimate is the ELBO for N = 1, and it rises with N (Burda, Grosse and Salakhutdinov 2016,
  /// theorem 1).
  @Test func moreCodesGiveTighterBounds() throws {
    let data = curvedData(samples: 600, shape: [20])
    let model = try trained(data, loss: .squaredError)
    let elbo = try #require(try model.evaluateVariational(data, draws: 50)).elbo
    let bounds = try [1, 4, 16, 64, 1024].map { samples in
      let seeds = samples == 1 ? 0..<50 : samples == 4 ? 0..<10 : 0..<2
      return mean(
        try seeds.map {
          try model.logLikelihood(data, estimator: .importance, samples: samples, seed: UInt64($0)).mean
        })
    }
    #expect(abs(bounds[0] - elbo) < 0.02, "\(bounds), \(elbo)")
    #expect(Swift.zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "\(bounds)")
  }

  /// A linear model that is trained on data of probabilistic PCA finds the maximum of that model's likelihood: W spans
  /// the first principal components, and the bound is tight (Lucas et al. 2019).
  @Test func aTrainedLinearModelIsProbabilisticPCA() throws {
    let source = try LinearGaussian(features: 8, scales: [3, 2], seed: 5)
    let data = source.draw(2000, seed: 6)
    let start = try Model(
      .vae(hidden: [8], latent: 2, activation: .identity).with {
        $0.loss = .squaredError
        $0.scaling = Scaling.Kind.none
      }, for: data, seed: 1)
    let model = try Trainer(TrainingOptions(epochs: 300, batch: 100, learningRate: 0.01)).train(start, on: data)
    let x = Buffer<Double>(count: data.count * 8)
    data.gather(rows: 0..<data.count, into: x.view(rows: data.count, columns: 8))
    let pca = try PCA.fit(x.view(rows: data.count, columns: 8).matrix, .components(2))
    let found = model.linearDecoder()
    let angles = try principalAngles(found.weight.transposed, pca.components)
    #expect(angles.max()! < 0.02, "\(angles)")
    // W = U (Λ − s² I)^½ is the maximum for fixed s² (Tipping and Bishop 1999, appendix A), where Λ are the variances
    // with divisor N.
    var best = pca.components.transposed
    for j in 0..<2 {
      let variance = pca.explainedVariance[j] * 1999 / 2000
      for i in 0..<8 { best[i, j] *= (variance - LinearGaussian.noiseVariance).squareRoot() }
    }
    let most = mean(try LinearGaussian(weight: best, bias: pca.mean).logDensities(data))
    let density = mean(try found.logDensities(data))
    let elbo = try #require(try model.evaluateVariational(data, draws: 100)).elbo
    // The ELBO averages ln p(x|z) over 200,000 draws with a deviation of about 1.5 each, so its standard error is
    // 0.0034.
    #expect(elbo < density + 0.014 && density < most, "\(elbo), \(density), \(most)")
    #expect(most - elbo < 0.03, "\(elbo), \(density), \(most)")
    let estimate = try model.logLikelihood(data, estimator: .importance, samples: 200)
    #expect(abs(estimate.mean - density) < 3 * estimate.standardError! + 1e-5, "\(estimate), \(density)")
  }

  @Test func modelsWithoutAPriorAreRefused() throws {
    let data = curvedData(samples: 20)
    let model = try deepModel(for: data)
    #expect(throws: InvalidArgument.self) { try model.logLikelihood(data, estimator: .importance, samples: 10) }
  }
}
