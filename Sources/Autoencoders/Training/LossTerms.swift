import Linalg

/// The terms of the loss, totalled over an epoch: the reconstruction, and each kind of penalty by its name.
struct LossTerms {
  private let names: [String]
  /// By the place of a term in `Propagation.terms`: which of `names` it belongs to; nil for layers without a penalty.
  private let places: [Int?]
  private var totals: [Double]
  /// λ of the rate; nil where there is none.
  private let rateWeight: Double?

  init(_ network: Autoencoder) {
    var names = ["reconstruction"]
    var places: [Int?] = network.layers.map { layer in
      guard let name = layer.penaltyName else { return nil }
      if let known = names.firstIndex(of: name) { return known }
      names.append(name)
      return names.count - 1
    }
    places.append(0)
    if network.contraction > 0 { names.append("contraction") }
    places.append(network.contraction > 0 ? names.count - 1 : nil)
    let isWeighted = network.layers.contains { $0 is ImportanceSamples }
    if isWeighted { names.append("importance") }
    places.append(isWeighted ? names.count - 1 : nil)
    self.names = names
    rateWeight = network.layers.lazy.compactMap { ($0 as? RatePenalty)?.weight }.first
    self.places = places
    totals = Array(repeating: 0, count: names.count)
  }

  mutating func begin() { for index in totals.indices { totals[index] = 0 } }

  /// Adds the last batch's terms, of `rows` samples.
  mutating func add(_ run: Propagation<Float>, rows: Int) {
    let terms = run.terms.row
    for (index, place) in places.enumerated() {
      if let place { totals[place] += terms[0, index] * Double(rows) }
    }
  }

  func means(over samples: Int) -> [EpochReport.Term] {
    names.indices.map { index in
      let value = totals[index] / Double(samples)
      let bits = names[index] == "rate" ? rateWeight.map { value / $0 } : nil
      return EpochReport.Term(name: names[index], value: value, bits: bits)
    }
  }
}
