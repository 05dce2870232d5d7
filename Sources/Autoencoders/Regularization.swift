/// What keeps a network from copying: noise on its input, penalties on its units, and what makes its code fit for coding.
/// All combine with one another and with every trained variant.
public struct Regularization: Sendable, Codable, Equatable {
  public var noise: Corruption?
  /// λ of λ Σ |a|; 0: none.
  public var l1: Double
  public var klSparsity: KLSparsity?
  /// λ of λ ‖∂h/∂x‖², h the code; 0: none.
  public var contraction: Double
  /// The encoder layer whose units `l1` and `klSparsity` concern, from 1; nil: the code.
  public var layer: Int?
  /// Δ: the code is to be rounded to its multiples, and has noise of that width while training; nil: none.
  public var quantisationNoise: Double?
  /// λ of the penalty λ · bits of the rounded code; nil: none. Without `quantisationNoise` Δ is 1.
  public var rateWeight: Double?

  public init(
    noise: Corruption? = nil, l1: Double = 0, klSparsity: KLSparsity? = nil, contraction: Double = 0, layer: Int? = nil,
    quantisationNoise: Double? = nil, rateWeight: Double? = nil
  ) {
    self.noise = noise
    self.l1 = l1
    self.klSparsity = klSparsity
    self.contraction = contraction
    self.layer = layer
    self.quantisationNoise = quantisationNoise ?? (rateWeight == nil ? nil : 1)
    self.rateWeight = rateWeight
  }

  public static let none = Regularization()

  /// What is set here, and `other`'s for the rest.
  func over(_ other: Regularization) -> Regularization {
    Regularization(
      noise: noise ?? other.noise, l1: l1 > 0 ? l1 : other.l1, klSparsity: klSparsity ?? other.klSparsity,
      contraction: contraction > 0 ? contraction : other.contraction, layer: layer ?? other.layer,
      quantisationNoise: quantisationNoise ?? other.quantisationNoise, rateWeight: rateWeight ?? other.rateWeight)
  }

  /// Refuses what cannot be meant, by the names of the command line.
  func validate(valuesAreFractions: Bool) throws(InvalidArgument) {
    func require(_ condition: Bool, _ message: String) throws(InvalidArgument) {
      if !condition { throw InvalidArgument(message) }
    }
    try require(l1 >= 0 && l1.isFinite, "--l1 \(l1): must not be negative")
    try require(contraction >= 0 && contraction.isFinite, "--contraction \(contraction): must not be negative")
    for case let (name, value?) in [("--quantisation-noise", quantisationNoise), ("--rate-weight", rateWeight)] {
      try require(value > 0 && value.isFinite, "\(name) \(value): must be positive")
    }
    if let klSparsity {
      try require(
        klSparsity.target > 0 && klSparsity.target < 1, "--kl-sparsity: ρ \(klSparsity.target) must be between 0 and 1")
      try require(
        klSparsity.weight >= 0 && klSparsity.weight.isFinite,
        "--kl-sparsity: β \(klSparsity.weight) must not be negative")
    }
    try require(
      layer == nil || l1 > 0 || klSparsity != nil, "--sparse-layer needs --l1 or --kl-sparsity")
    if case .saltAndPepper? = noise, !valuesAreFractions {
      throw InvalidArgument("--noise salt-and-pepper sets numbers to 0 or 1: it needs data in [0, 1]")
    }
  }

  /// `encoder` with noise before it, penalties behind the layer that they concern, and noise on its code with the bits that
  /// it takes.
  func applied(to encoder: [LayerSpec], choosesActivation: Bool) throws(InvalidArgument) -> [LayerSpec] {
    var result = encoder
    let places = encoder.indices.filter { encoder[$0].activation != nil }
    if let layer, !(1...places.count ~= layer) {
      throw InvalidArgument("--sparse-layer \(layer): the encoder has \(places.count) layers, the last is the code")
    }
    // Linear heads alone have no layer that a penalty concerns, and take none.
    let place = places.isEmpty ? 0 : places[(layer ?? places.count) - 1]
    if klSparsity != nil, encoder[place].activation != .sigmoid {
      let fix =
        !choosesActivation
        ? "choose another variant"
        : layer == nil || layer == places.count ? "use --code-activation sigmoid" : "use --activation sigmoid"
      throw InvalidArgument(
        "--kl-sparsity needs units between 0 and 1, but layer \(layer ?? places.count) of the encoder has "
          + "\(encoder[place].activation!.rawValue) units; \(fix)")
    }
    if contraction > 0, encoder.contains(where: { $0.activation == .silu }) {
      throw InvalidArgument("--contraction needs the activation's second derivative, which silu's output does not tell")
    }
    var penalties: [LayerSpec] = []
    if l1 > 0 { penalties.append(.l1(l1)) }
    if let klSparsity { penalties.append(.klSparsity(klSparsity)) }
    if !penalties.isEmpty { result.insert(contentsOf: penalties, at: place + 1) }
    if let width = quantisationNoise ?? (rateWeight == nil ? nil : 1) {
      result.append(.corruption(.uniform(width: width)))
      if let rateWeight { result.append(.rate(rateWeight, width: width)) }
    }
    if let noise { result.insert(.corruption(noise), at: 0) }
    return result
  }
}
