import Linalg

/// Rate against quality: the curve is ln(bytes per sample) as a function of PSNR, between the points of a codec.
public struct RateDistortionCurve: Sendable {
  private let logRate: MonotoneCubic

  /// Creates the curve; nil where fewer than two points are left. Points without an error (and so without a PSNR) or
  /// without bytes are left out, and so are points that another beats in both.
  public init?(_ points: [RateDistortionPoint]) {
    let known = points.compactMap { point in
      point.psnr.flatMap { point.bytes > 0 ? (psnr: $0, rate: point.bytesPerSample) : nil }
    }
    var kept: [(psnr: Double, rate: Double)] = []
    // From the best down, each point must cost less than all better ones.
    for point in known.sorted(by: { ($0.psnr, -$0.rate) > ($1.psnr, -$1.rate) })
    where kept.last.map({ point.rate < $0.rate }) ?? true {
      kept.append(point)
    }
    guard kept.count >= 2 else { return nil }
    logRate = MonotoneCubic(kept.reversed().map(\.psnr), kept.reversed().map { Double.log($0.rate) })
  }

  /// The PSNRs in dB, from the worst to the best point.
  public var psnrs: ClosedRange<Double> { logRate.domain }

  /// Returns the fewest bytes per sample for this PSNR or a better one; nil where the curve never gets there.
  public func rate(reachingPSNR psnr: Double) -> Double? {
    psnr > psnrs.upperBound ? nil : Double.exp(logRate(max(psnr, psnrs.lowerBound)))
  }

  /// Returns the Bjøntegaard delta rate against `reference`: how many per cent more bytes this codec takes for the same
  /// PSNR, as a geometric average over the PSNRs that both curves have. It is below 0 where this codec takes fewer
  /// bytes, nil where the curves have no PSNRs in common. (G. Bjøntegaard, VCEG-M33, 2001, with this interpolation in
  /// place of one cubic.)
  public func bjontegaardRate(against reference: RateDistortionCurve) -> (percent: Double, over: ClosedRange<Double>)? {
    let low = max(psnrs.lowerBound, reference.psnrs.lowerBound)
    let high = min(psnrs.upperBound, reference.psnrs.upperBound)
    guard low < high else { return nil }
    let difference = logRate.integral(over: low...high) - reference.logRate.integral(over: low...high)
    return (100 * (Double.exp(difference / (high - low)) - 1), low...high)
  }
}

/// Returns the least number of samples n for which a model of `modelBytes` and n files of `rate` bytes are smaller than
/// n files of `alternative` bytes of a codec that needs no model; nil where no number suffices.
package func samplesThatPay(forModelOf modelBytes: Int, rate: Double, alternative: Double) -> Int? {
  guard alternative > rate else { return nil }
  let samples = (Double(modelBytes) / (alternative - rate)).rounded(.down) + 1
  return samples < 1e15 ? Int(samples) : nil
}
