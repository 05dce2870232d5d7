extension RecipeKind {
  static let vae = RecipeKind(
    "vae", "q(z|x) normal with diagonal covariance, trained on the ELBO; codes are its means",
    source: "Kingma and Welling 2014; Rezende, Mohamed and Wierstra 2014",
    takes: .trained.union([.hidden, .activation, .variational]), isVariational: true,
    defaults: {
      $0.hidden = [400]
      $0.latent = 20
    },
    layers: { options, _ in
      var layers = denseLayers(options, ends: options.heads)
      layers.decoder.append(.dense())
      return layers
    })

  static let convVAE = RecipeKind(
    "conv-vae", "the same behind convolutions", source: "Kingma and Welling 2014; Masci et al. 2011",
    takes: .trained.union([.hidden, .activation, .convolution, .variational]), isVariational: true,
    defaults: { $0.latent = 20 },
    layers: { (options, shape) throws(InvalidArgument) in
      try convolved(denseLayers(options, ends: options.heads), options, shape, "conv-vae")
    })
}

extension Recipe {
  /// Returns a variational autoencoder: q(z|x) is normal with diagonal covariance, training is on the ELBO, and codes
  /// are means.
  ///
  /// - `likelihood`: p(x|z); nil for one that fits the data.
  /// - `beta`: the factor β of the divergence.
  /// - `freeBits`: the nats of the divergence that are free in each dimension.
  /// - `importanceSamples`: the number of draws for the importance-weighted bound.
  /// - `classes`: the number of classes that a conditional model is told.
  public static func vae(
    hidden: [Int] = [400], latent: Int = 20, activation: Activation = .relu, likelihood: LossSpec? = nil,
    beta: Double = 1, freeBits: Double = 0, importanceSamples: Int = 1, classes: Int? = nil
  ) -> Recipe {
    Recipe(.vae) {
      $0.hidden = hidden
      $0.latent = latent
      $0.activation = activation
      $0.likelihood = likelihood
      $0.beta = beta
      $0.freeBits = freeBits
      $0.importanceSamples = importanceSamples
      $0.classes = classes
    }
  }

  /// Returns a variational autoencoder, as `vae` does, behind convolutions.
  public static func convVAE(
    channels: [Int] = [16, 32], hidden: [Int] = [], latent: Int = 20, activation: Activation = .relu,
    likelihood: LossSpec? = nil, beta: Double = 1, classes: Int? = nil
  ) -> Recipe {
    Recipe(.convVAE) {
      $0.channels = channels
      $0.hidden = hidden
      $0.latent = latent
      $0.activation = activation
      $0.likelihood = likelihood
      $0.beta = beta
      $0.classes = classes
    }
  }
}

extension RecipeOptions {
  /// The last two layers of a variational encoder.
  var heads: [LayerSpec] {
    let draws = importanceSamples ?? 1
    return [
      .gaussianHeads(latent ?? 20),
      draws > 1 ? .importanceSamples(draws) : .gaussianSample(beta: beta ?? 1, freeBits: freeBits ?? 0),
    ]
  }

  /// Refuses numbers that cannot be meant.
  func validateVariational() throws(InvalidArgument) {
    for case let (name, value?) in [("beta", beta), ("freeBits", freeBits)] {
      try require(value >= 0 && value.isFinite, name, "\(value)", "must not be negative")
    }
    if let classes {
      try require(
        1...ClassConditionKind.most ~= classes, "conditional", "\(classes)",
        "must be from 1 to \(ClassConditionKind.most)")
    }
    guard let importanceSamples else { return }
    try require(
      1...1000 ~= importanceSamples, "importanceSamples", "\(importanceSamples)", "must be from 1 to 1000")
    try require(
      importanceSamples == 1 || (beta ?? 1) == 1 && (freeBits ?? 0) == 0, "importanceSamples", nil,
      "trains a bound without a divergence of its own: `beta` and `freeBits` do not go with it")
  }
}
