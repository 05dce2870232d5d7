/// The terms of a network's loss: the reconstruction, each kind of penalty by its name, and the terms of the whole
/// network.
package struct LossTerms: Sendable {
  /// The name of a term, and λ of a penalty λ · bits.
  package struct Name: Sendable, Equatable {
    package let name: String
    package let perBit: Double?
  }
  package private(set) var names = [Name(name: "reconstruction", perBit: nil)]
  /// The index in `names` for each value of `Propagation.terms`; nil for layers without a share.
  private var places: [Int?] = []
  /// The sums over samples of the terms in `names`.
  package private(set) var totals: [Double] = [0]

  /// Creates the terms with totals of 0; `others` are the names of the terms of the whole network, in their order.
  init(_ network: Autoencoder, others: [String]) {
    for layer in network.layers {
      guard let name = layer.role.lossTerm else {
        places.append(nil)
        continue
      }
      var perBit: Double?
      if case .penalty(let penalty) = layer.role { perBit = penalty.perBit }
      places.append(place(of: Name(name: name, perBit: perBit)))
    }
    // The loss against the target stands behind the layers' shares.
    places.append(0)
    for name in others { places.append(place(of: Name(name: name, perBit: nil))) }
    totals = Array(repeating: 0, count: names.count)
  }

  /// The number of values in `Propagation.terms` for a batch.
  var count: Int { places.count }

  private mutating func place(of name: Name) -> Int {
    if let known = names.firstIndex(where: { $0.name == name.name }) { return known }
    names.append(name)
    return names.count - 1
  }

  package mutating func begin() { for index in totals.indices { totals[index] = 0 } }

  /// Goes on from `totals`, which are those of an earlier run over the same terms.
  package mutating func begin(from totals: [Double]) {
    if totals.count == self.totals.count { self.totals = totals } else { begin() }
  }

  /// Adds the terms of the last batch, which had `rows` samples.
  package mutating func add<S>(_ run: Propagation<S>, rows: Int) {
    let terms = run.terms.row
    for (index, place) in places.enumerated() {
      if let place { totals[place] += terms[0, index] * Double(rows) }
    }
  }

  /// Returns the mean of each term over `samples` samples.
  package func means(over samples: Int) -> [(name: Name, value: Double)] {
    names.indices.map { (names[$0], totals[$0] / Double(samples)) }
  }
}
