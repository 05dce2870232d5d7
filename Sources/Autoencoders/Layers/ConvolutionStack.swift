import Linalg

/// The sizes of a convolutional autoencoder.
public struct ConvolutionOptions: Sendable, Codable, Equatable {
  /// How a layer makes its image smaller.
  public enum Pooling: String, Sendable, Codable, CaseIterable {
    /// A convolution with a stride; the decoder has transposed convolutions.
    case stride
    /// A convolution of stride 1, then the largest of every square; the decoder repeats pixels, then convolves.
    case max
  }
  /// Channels of each layer, from the input on.
  public var channels: [Int]
  public var kernel: Int
  /// By how much a layer makes each side smaller.
  public var stride: Int
  public var pooling: Pooling

  public init(channels: [Int] = [16, 32], kernel: Int = 3, stride: Int = 2, pooling: Pooling = .stride) {
    self.channels = channels
    self.kernel = kernel
    self.stride = stride
    self.pooling = pooling
  }

  func validate() throws(InvalidArgument) {
    func require(_ condition: Bool, _ message: String) throws(InvalidArgument) {
      if !condition { throw InvalidArgument(message) }
    }
    try require(
      1...32 ~= channels.count && channels.allSatisfy { 1...4096 ~= $0 },
      "--channels \(channels.map(String.init).joined(separator: ",")): 1 to 32 layers of 1 to 4096 channels")
    try require(1...99 ~= kernel, "--kernel \(kernel): must be from 1 to 99")
    try require(1...16 ~= stride, "--stride \(stride): must be from 1 to 16")
    try require(
      pooling == .stride || kernel % 2 == 1,
      "--kernel \(kernel): with --pooling max it must be odd, so that a convolution keeps the image's size")
  }
}

/// A convolutional encoder and its mirror image, for images of any size.
struct ConvolutionStack {
  let options: ConvolutionOptions
  let activation: Activation
  /// The image before each layer, and behind the last.
  private let images: [Volume]

  /// (kernel − 1) / 2 keeps a side's length up to the stride.
  private let padding: Int

  init(_ input: Volume, _ options: ConvolutionOptions, activation: Activation) throws(InvalidArgument) {
    self.options = options
    self.activation = activation
    let padding = (options.kernel - 1) / 2
    self.padding = padding
    var sizes = [input]
    for (number, channels) in options.channels.enumerated() {
      let image = sizes[sizes.count - 1]
      func length(_ side: Int) -> Int {
        options.pooling == .max
          ? side / options.stride
          : Convolution.length(side, kernel: options.kernel, stride: options.stride, padding: padding)
      }
      guard length(image.height) > 0, length(image.width) > 0 else {
        throw InvalidArgument(
          "encoder.\(number): an image of \(image.height)×\(image.width) is too small for --kernel \(options.kernel) "
            + "--stride \(options.stride) --pooling \(options.pooling.rawValue); fewer --channels make fewer layers")
      }
      sizes.append(Volume(height: length(image.height), width: length(image.width), channels: channels))
    }
    images = sizes
  }

  /// What the encoder ends in.
  var last: Volume { images[images.count - 1] }

  var encoder: [LayerSpec] {
    options.channels.flatMap { channels -> [LayerSpec] in
      if options.pooling == .stride {
        return [.conv2D(channels, kernel: options.kernel, stride: options.stride, padding: padding, activation)]
      }
      return [.conv2D(channels, kernel: options.kernel, padding: padding, activation), .maxPool2D(options.stride)]
    }
  }

  /// Back to the input's size, the last layer without an activation.
  var decoder: [LayerSpec] {
    (1..<images.count).reversed().flatMap { number -> [LayerSpec] in
      let big = images[number - 1]
      let activation = number > 1 ? activation : .identity
      if options.pooling == .stride {
        return [
          .convTranspose2D(
            big.channels, height: big.height, width: big.width, kernel: options.kernel, stride: options.stride,
            padding: padding, activation)
        ]
      }
      return [
        .upsample2D(height: big.height, width: big.width),
        .conv2D(big.channels, kernel: options.kernel, padding: padding, activation),
      ]
    }
  }
}
