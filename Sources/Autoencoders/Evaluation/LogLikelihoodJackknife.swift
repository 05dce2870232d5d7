/// The weights of N codes of a sample in up to 32 groups, one after the other, from which the error of ln 1/N Σ w
/// follows by leaving out one group at a time.
///
/// The delta method, √(Var(w)/N)/mean(w), says about 1 nat wherever one code has all the weight, however far below the
/// next one is. The jackknife sees that distance: its variance (K − 1)/K Σ (θ₍ₖ₎ − θ̄)², where θ₍ₖ₎ is the estimate
/// without group k, is then the squared distance of the two largest weights in nats, times (K − 1)²/K². For weights
/// whose logarithms have an exponential tail, that is on average 2β² where the estimate has the variance π²β²/6. Where
/// many codes carry the weight both methods agree.
///
/// Source: B. Efron, The jackknife, the bootstrap and other resampling plans (1982), chapters 2 and 3.
struct JackknifeGroups {
  /// The number of groups for `count` codes.
  static func number(for count: Int) -> Int { min(count, 32) }

  /// Returns the codes of group `group`.
  static func codes(of group: Int, count: Int) -> Range<Int> {
    let groups = number(for: count)
    return group * count / groups..<(group + 1) * count / groups
  }

  /// The number N of codes.
  let count: Int
  /// The sums over all codes.
  let total: WeightSums
  /// θ₍ₖ₎ = ln of the mean weight without group k; empty for one code.
  let withoutGroup: [Double]

  init(_ groups: [WeightSums], count: Int) {
    precondition(groups.count == Self.number(for: count), "JackknifeGroups: \(groups.count) groups of \(count) codes")
    self.count = count
    // A group is left out by adding up the others, because a difference would lose them beside a large one.
    var after = [WeightSums](repeating: WeightSums(), count: groups.count + 1)
    for k in groups.indices.reversed() {
      after[k] = after[k + 1]
      after[k].add(groups[k])
    }
    total = after[0]
    var before = WeightSums()
    var withoutGroup: [Double] = []
    for k in groups.indices where groups.count > 1 {
      var rest = before
      rest.add(after[k + 1])
      withoutGroup.append(rest.logMean(of: count - Self.codes(of: k, count: count).count))
      before.add(groups[k])
    }
    self.withoutGroup = withoutGroup
  }

  /// Returns the standard error √((K − 1)/K Σ (θ₍ₖ₎ − θ̄)²) of an estimate that is θ₍ₖ₎ without group k; 0 where there
  /// are no groups to leave out.
  static func standardError(_ withoutGroup: [Double]) -> Double {
    if withoutGroup.isEmpty { return 0 }
    let k = Double(withoutGroup.count)
    let mean = withoutGroup.reduce(0, +) / k
    return ((k - 1) / k * withoutGroup.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }).squareRoot()
  }
}
