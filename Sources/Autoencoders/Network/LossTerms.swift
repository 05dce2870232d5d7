/// The terms of a network's loss: the reconstruction, each kind of penalty by its name, and terms of the whole network.
package struct LossTerms: Sendable {
  /// What a term is called, and λ of a penalty λ · bits.
  package struct Name: Sendable, Equatable {
    package let name: String
    package let perBit: Double?
  }
  package private(set) var names = [Name(name: "reconstruction", perBit: nil)]
  /// By the place of a value in `Propagation.terms`, which of `names` it belongs to; nil for layers without a share.
  private var places: [Int?] = []
  /// Sums over samples, by name.
  private var totals: [Double] = [0]

  /// `others`: the names of the terms that concern the whole network, in their order.
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
    // Behind the layers' shares stands the loss against the target.
    places.append(0)
    for name in others { places.append(place(of: Name(name: name, perBit: nil))) }
    totals = Array(repeating: 0, count: names.count)
  }

  /// The number of values that a batch has.
  var count: Int { places.count }

  private mutating func place(of name: Name) -> Int {
    if let known = names.firstIndex(where: { $0.name == name.name }) { return known }
    names.append(name)
    return names.count - 1
  }

  package mutating func begin() { for index in totals.indices { totals[index] = 0 } }

  /// Adds the last batch's terms, of `rows` samples.
  package mutating func add<S>(_ run: Propagation<S>, rows: Int) {
    let terms = run.terms.row
    for (index, place) in places.enumerated() {
      if let place { totals[place] += terms[0, index] * Double(rows) }
    }
  }

  /// The means over `samples` samples, by name.
  package func means(over samples: Int) -> [(name: Name, value: Double)] {
    names.indices.map { (names[$0], totals[$0] / Double(samples)) }
  }
}
