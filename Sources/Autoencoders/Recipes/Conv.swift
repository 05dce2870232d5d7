extension RecipeKind {
  static let conv = RecipeKind(
    "conv", "convolutions, then a linear code; transposed convolutions back",
    source: "Masci et al. 2011; Zeiler et al. 2010", takes: .deterministic.union([.hidden, .convolution]),
    defaults: { $0.latent = 32 },
    layers: { (options, shape) throws(InvalidArgument) in try convolved(denseLayers(options), options, shape, "conv") })
}

extension Recipe {
  /// Returns the recipe of convolutions, then dense hidden layers where there are some, then a linear code, and the
  /// same back.
  public static func conv(
    channels: [Int] = [16, 32], kernel: Int = 3, stride: Int = 2, pooling: RecipeOptions.Pooling = .stride,
    hidden: [Int] = [], latent: Int = 32, activation: Activation = .relu
  ) -> Recipe {
    Recipe(.conv) {
      $0.channels = channels
      $0.kernel = kernel
      $0.stride = stride
      $0.pooling = pooling
      $0.hidden = hidden
      $0.latent = latent
      $0.activation = activation
    }
  }
}

/// Puts the layers `dense` between convolutions for samples of `shape`.
func convolved(
  _ dense: EncoderAndDecoder, _ options: RecipeOptions, _ shape: LayerSpec.Shape, _ name: String
) throws(InvalidArgument) -> EncoderAndDecoder {
  guard let image = shape.image else {
    throw InvalidArgument(
      "the variant '\(name)' needs images, [height, width] or [height, width, channels]; the samples have "
        + "\(shape.size) features without such a shape")
  }
  let activation = options.activation ?? .relu
  let stack = try ConvolutionStack(image, options, activation: activation)
  return EncoderAndDecoder(
    encoder: stack.encoder + dense.encoder,
    decoder: dense.decoder + [.dense(nil, activation, image: stack.last)] + stack.decoder)
}
