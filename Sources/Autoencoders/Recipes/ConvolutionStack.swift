import Linalg

/// A convolutional encoder and its mirror image, for images of any size.
struct ConvolutionStack {
  private let channels: [Int]
  private let kernel, stride: Int
  private let pooling: RecipeOptions.Pooling
  private let activation: Activation
  /// The shape of the image before each layer and behind the last.
  private let images: [Volume]

  /// The padding (kernel − 1) / 2, which keeps a side's length up to the stride.
  private let padding: Int

  init(_ input: Volume, _ options: RecipeOptions, activation: Activation) throws(InvalidArgument) {
    let (all, kernel, stride) = (options.channels ?? [16, 32], options.kernel ?? 3, options.stride ?? 2)
    let pooling = options.pooling ?? .stride
    (channels, self.kernel, self.stride, self.pooling) = (all, kernel, stride, pooling)
    self.activation = activation
    try require(
      1...32 ~= all.count && all.allSatisfy { 1...4096 ~= $0 }, "channels",
      all.map(String.init).joined(separator: ","), "1 to 32 layers of 1 to 4096 channels")
    try require(1...99 ~= kernel, "kernel", "\(kernel)", "must be from 1 to 99")
    try require(1...16 ~= stride, "stride", "\(stride)", "must be from 1 to 16")
    try require(
      pooling == .stride || kernel % 2 == 1, "kernel", "\(kernel)",
      "with `pooling` max it must be odd, so that a convolution keeps the image's size")
    let padding = (kernel - 1) / 2
    self.padding = padding
    var sizes = [input]
    for (number, channels) in all.enumerated() {
      let image = sizes[sizes.count - 1]
      func length(_ side: Int) -> Int {
        pooling == .max
          ? side / stride : Convolution.length(side, kernel: kernel, stride: stride, padding: padding)
      }
      guard length(image.height) > 0, length(image.width) > 0 else {
        throw InvalidArgument(
          "convolution \(number + 1): an image of \(image.height)×\(image.width) is too small for `kernel` \(kernel) "
            + "`stride` \(stride) `pooling` \(pooling.rawValue)", advice: "fewer `channels` make fewer layers")
      }
      sizes.append(Volume(height: length(image.height), width: length(image.width), channels: channels))
    }
    images = sizes
  }

  /// The shape of the encoder's last image.
  var last: Volume { images[images.count - 1] }

  var encoder: [LayerSpec] {
    channels.flatMap { channels -> [LayerSpec] in
      if pooling == .stride {
        return [.conv2D(channels, kernel: kernel, stride: stride, padding: padding, activation)]
      }
      return [.conv2D(channels, kernel: kernel, padding: padding, activation), .maxPool2D(stride)]
    }
  }

  /// The layers that lead back to the input's size; the last has no activation.
  var decoder: [LayerSpec] {
    (1..<images.count).reversed().flatMap { number -> [LayerSpec] in
      let big = images[number - 1]
      let activation = number > 1 ? activation : .identity
      if pooling == .stride {
        return [
          .convTranspose2D(
            big.channels, height: big.height, width: big.width, kernel: kernel, stride: stride,
            padding: padding, activation)
        ]
      }
      return [
        .upsample2D(height: big.height, width: big.width),
        .conv2D(big.channels, kernel: kernel, padding: padding, activation),
      ]
    }
  }
}
