/// Says how much each dimension of a variational code tells of the samples.
///
/// Shapes: d numbers of the code, means over the samples of the data.
public struct PosteriorUse: Sendable, Equatable {
  /// What one dimension does.
  public enum Use: String, Sendable {
    /// The dimension tells samples apart.
    case used
    /// The dimension has the prior's distribution for every sample: it costs nothing and tells nothing.
    case collapsed
    /// The dimension has the same distribution for every sample, but not the prior's: it costs nats and tells nothing.
    case constant
  }

  /// KLⱼ = E[½ (σⱼ² + μⱼ² − 1 − ln σⱼ²)], in nats.
  public let divergences: [Double]
  /// The share Var μⱼ / (Var μⱼ + E σⱼ²) of a code's variance that comes from the samples and not from the draw, from 0
  /// to 1; 0 where both are 0. For σ near 1 a share above 0.01 is the Var μ > 0.01 of Burda, Grosse and Salakhutdinov
  /// (2016), but it does not take a dimension with small numbers and a smaller σ for a dead one.
  public let signalShares: [Double]
  /// What each dimension does: `used` where the share exceeds 0.01; else `collapsed` where the divergence is at most
  /// 0.1 nats, which is a mean of 0.45 or a σ of 0.75 or 1.31, and `constant` beyond.
  public let uses: [Use]

  /// Creates the measure from KLⱼ, Var μⱼ and E σⱼ² of each dimension.
  init(divergences: [Double], meanVariances: [Double], posteriorVariances: [Double]) {
    self.divergences = divergences
    signalShares = Swift.zip(meanVariances, posteriorVariances).map { signal, noise in
      signal > 0 ? signal / (signal + noise) : 0
    }
    uses = Swift.zip(signalShares, divergences).map { share, divergence in
      share > 0.01 ? .used : divergence <= 0.1 ? .collapsed : .constant
    }
  }

  /// The number of dimensions that do `use`.
  public func count(_ use: Use) -> Int { uses.count { $0 == use } }

  /// Returns one sentence on what the code is good for, in which parameters stand between backticks.
  ///
  /// - `beta`: the weight of the divergence in the loss; nil for the importance-weighted bound, which has none.
  func verdict(beta: Double?) -> String {
    let (used, collapsed, constant) = (count(.used), count(.collapsed), count(.constant))
    if used == uses.count { return "no collapse: every dimension is in use" }
    let advice = beta.map { "`betaWarmup` 10, `freeBits` 0.1 or a `beta` under \($0)" } ?? "more `epochs`"
    var parts: [String] = []
    if collapsed == uses.count {
      return "the posterior has collapsed: the code says nothing of x; try \(advice), or a smaller decoder"
    }
    if collapsed > 0 {
      parts.append(
        "\(collapsed) of \(uses.count) dimensions \(collapsed == 1 ? "has" : "have") collapsed to the prior"
          + (used > 0 ? ": about `latent` \(used) would do; to use more, try \(advice)" : ""))
    }
    if constant > 0 {
      let cost = Swift.zip(uses, divergences).reduce(0) { $0 + ($1.0 == .constant ? $1.1 : 0) }
      // Three digits are enough, and a program that prints more has the numbers.
      let nats = (cost * 100).rounded() / 100
      parts.append(
        "\(constant) of \(uses.count) dimensions \(constant == 1 ? "is" : "are") constant, but far from the prior: "
          + "\(constant == 1 ? "it costs" : "they cost") \(nats) nats and \(constant == 1 ? "says" : "say") nothing of x; "
          + "try more `epochs`, or less of `freeBits` where there is some")
    }
    return parts.joined(separator: "; ")
  }
}
