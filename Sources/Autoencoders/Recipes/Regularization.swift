/// Options that keep a network from copying or make its code fit for coding: noise on the input, penalties on units,
/// noise and bits of the code. All of them combine with one another and with every recipe that takes them.
extension RecipeOptions {
  /// Refuses numbers that cannot be meant.
  func validateRegularization(seesFractions: Bool) throws(InvalidArgument) {
    for case let (name, value?) in [("l1", l1), ("contraction", contraction)] {
      try require(0...1e9 ~= value, name, "\(value)", "must be from 0 to 1e9")
    }
    for case let (name, value?) in [("quantisationNoise", quantisationNoise), ("rateWeight", rateWeight)] {
      try require(value > 0 && value <= 1e9, name, "\(value)", "must be positive and at most 1e9")
    }
    if let klSparsity {
      try require(
        klSparsity.target > 0 && klSparsity.target < 1, "klSparsity", "ρ \(klSparsity.target)",
        "must be between 0 and 1")
      try require(
        0...1e9 ~= klSparsity.weight, "klSparsity", "β \(klSparsity.weight)", "must be from 0 to 1e9")
    }
    if sparseLayer != nil && (l1 ?? 0) == 0 && klSparsity == nil {
      throw InvalidArgument("sparseLayer", expected: "needs `l1` or `klSparsity`")
    }
    if case .saltAndPepper? = noise, !seesFractions {
      throw InvalidArgument(
        "noise", "salt-and-pepper", expected: "sets numbers to 0 or 1: it needs data in [0, 1]")
    }
  }

  /// Returns `encoder` with noise in front, penalties behind the layer that they concern, and noise and the penalty on
  /// bits behind the code.
  func regularized(_ encoder: [LayerSpec], choosesActivation: Bool) throws(InvalidArgument) -> [LayerSpec] {
    var result = encoder
    let places = encoder.indices.filter { encoder[$0].activation != nil }
    if let sparseLayer, !(1...max(places.count, 1) ~= sparseLayer) || places.isEmpty {
      throw InvalidArgument(
        "sparseLayer", "\(sparseLayer)", expected: "the encoder has \(places.count) layers, the last is the code")
    }
    var penalties: [LayerSpec] = []
    if let l1, l1 > 0 { penalties.append(.l1(l1)) }
    if let klSparsity { penalties.append(.klSparsity(klSparsity)) }
    if !penalties.isEmpty {
      guard !places.isEmpty else {
        throw InvalidArgument("l1", expected: "and `klSparsity` concern dense layers or convolutions; there are none")
      }
      let place = places[(sparseLayer ?? places.count) - 1]
      if klSparsity != nil { try requireSigmoid(encoder, places, choosesActivation) }
      result.insert(contentsOf: penalties, at: place + 1)
    }
    if let width = quantisationNoise ?? (rateWeight == nil ? nil : 1) {
      result.append(.corruption(.uniform(width: width)))
      if let rateWeight { result.append(.rate(rateWeight, width: width)) }
    }
    if let noise { result.insert(.corruption(noise), at: 0) }
    return result
  }

  private func requireSigmoid(
    _ encoder: [LayerSpec], _ places: [Int], _ choosesActivation: Bool
  ) throws(InvalidArgument) {
    let number = sparseLayer ?? places.count
    let activation = encoder[places[number - 1]].activation ?? .identity
    if activation == .sigmoid { return }
    throw InvalidArgument(
      "klSparsity",
      expected: "needs units between 0 and 1, but layer \(number) of the encoder has \(activation.rawValue) units",
      advice: !choosesActivation
        ? "choose another variant"
        : number == places.count ? "use `codeActivation` sigmoid" : "use `activation` sigmoid")
  }
}
