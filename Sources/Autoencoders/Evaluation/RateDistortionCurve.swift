import Linalg

/// Rate against quality: ln(bytes per sample) as a function of PSNR, between the points of a codec.
public struct RateDistortionCurve: Sendable {
  private let logRate: MonotoneCubic

  /// Points without error (no PSNR) or bytes are left out, and those that another beats in both; nil where fewer than two are
  /// left.
  public init?(_ points: [RateDistortionPoint]) {
    let known = points.compactMap { point in
      point.psnr.flatMap { point.bytes > 0 ? (psnr: $0, rate: point.bytesPerSample) : nil }
    }
    var kept: [(psnr: Double, rate: Double)] = []
    // From the best down, each must cost less than all that are better.
    for point in known.sorted(by: { ($0.psnr, -$0.rate) > ($1.psnr, -$1.rate) })
    where kept.last.map({ point.rate < $0.rate }) ?? true {
      kept.append(point)
    }
    guard kept.count >= 2 else { return nil }
    logRate = MonotoneCubic(kept.reversed().map(\.psnr), kept.reversed().map { Double.log($0.rate) })
  }

  /// In dB, from the worst to the best point.
  public var psnrs: ClosedRange<Double> { logRate.domain }

  /// The fewest bytes per sample for this PSNR or a better one; nil where the curve never gets there.
  public func rate(reachingPSNR psnr: Double) -> Double? {
    psnr > psnrs.upperBound ? nil : Double.exp(logRate(max(psnr, psnrs.lowerBound)))
  }

  /// The Bjøntegaard delta rate against `reference`: how many per cent more bytes this codec takes for the same PSNR, on
  /// (geometric) average over the PSNRs that both curves have; less than 0 where it takes fewer, nil where there are none.
  /// (G. Bjøntegaard, VCEG-M33, 2001, with this interpolation in place of one cubic.)
  public func bjontegaardRate(against reference: RateDistortionCurve) -> (percent: Double, over: ClosedRange<Double>)? {
    let low = max(psnrs.lowerBound, reference.psnrs.lowerBound)
    let high = min(psnrs.upperBound, reference.psnrs.upperBound)
    guard low < high else { return nil }
    let difference = logRate.integral(over: low...high) - reference.logRate.integral(over: low...high)
    return (100 * (Double.exp(difference / (high - low)) - 1), low...high)
  }
}

/// The least number of samples n for which a model of `modelBytes` and n files of `rate` bytes are smaller than n files of
/// `alternative` bytes of a codec that needs no model; nil where that never comes.
package func samplesThatPay(forModelOf modelBytes: Int, rate: Double, alternative: Double) -> Int? {
  guard alternative > rate else { return nil }
  let samples = (Double(modelBytes) / (alternative - rate)).rounded(.down) + 1
  return samples < 1e15 ? Int(samples) : nil
}
