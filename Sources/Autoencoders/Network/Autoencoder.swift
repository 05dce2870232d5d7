import Linalg

/// A network x̂ = g(f(x)): encoder layers f, decoder layers g, a loss. Immutable; parameters live outside, in θ.
public struct Autoencoder: Sendable {
  /// Encoder layers, then decoder layers.
  public let layers: [any Layer]
  /// How many of `layers` are the encoder.
  public let encoderDepth: Int
  public let loss: any Loss
  public let layout: ParameterLayout
  /// λ of the contractive penalty λ ‖∂h/∂x‖²; 0: none.
  public let contraction: Double
  /// Rows before each layer, and behind the last, for each sample, where there is noise.
  let multiplicities: [Int]
  /// How many classes the samples have, in networks that are told them; nil in others.
  public let classes: Int?

  public var inputSize: Int { layers[0].inputSize }
  public var codeSize: Int { layers[encoderDepth - 1].outputSize }

  /// The most numbers that a layer may give for a sample, and the most parameters of a network: products of a few such
  /// sizes stay far from overflow.
  static let largestSize = 1 << 24
  static let mostParameters = 1 << 30

  /// Sizes and places the layers of two lists for `inputs` features, which may be an image; the decoder must lead back to
  /// as many. Sizes that do not go together are an error that names the layer.
  public init(
    inputs: Int, image: Volume? = nil, encoder: [LayerSpec], decoder: [LayerSpec], loss: any Loss, start: Start,
    contraction: Double = 0
  ) throws(InvalidArgument) {
    precondition(
      inputs > 0 && !encoder.isEmpty && !decoder.isEmpty && image.map { $0.count == inputs } ?? true,
      "Autoencoder: nothing to build for \(inputs) features")
    var layout = ParameterLayout()
    var layers: [any Layer] = []
    var shape = LayerSpec.Shape(size: inputs, image: image)
    for (part, specs) in [("encoder", encoder), ("decoder", decoder)] {
      var number = 0
      for spec in specs {
        let (layer, output) = try spec.layer(shape, start: start, name: "\(part).\(number)", in: &layout)
        if !layer.parameters.isEmpty { number += 1 }
        layers.append(layer)
        shape = output
        if output.size > Self.largestSize || layout.count > Self.mostParameters {
          throw InvalidArgument(
            "\(part).\(number) (\(layer.summary)): \(output.size) numbers a sample and \(layout.count) parameters so far; "
              + "at most \(Self.largestSize) and \(Self.mostParameters)")
        }
      }
    }
    if shape.size != inputs {
      throw InvalidArgument("the decoder gives \(shape.size) features, but the data have \(inputs)")
    }
    self.layers = layers
    encoderDepth = encoder.count
    self.loss = loss.placed(in: &layout)
    self.layout = layout
    self.contraction = contraction
    classes = layers.lazy.compactMap { ($0 as? ClassCondition)?.classes }.first
    multiplicities = layers.reduce(into: [1]) { $0.append($0.last! * $1.expansion) }
    precondition(
      layers.indices.allSatisfy { layers[$0].noiseSize == 0 || multiplicities[$0] == 1 },
      "Autoencoder: noise behind draws")
  }

  /// What layer `index` is called in messages: "encoder.0 (dense relu 784→128)", numbered as its tensors are; layers
  /// without tensors have no number.
  public func name(ofLayer index: Int) -> String {
    let part = index < encoderDepth ? 0..<encoderDepth : encoderDepth..<layers.count
    let name = index < encoderDepth ? "encoder" : "decoder"
    let number = layers[part.lowerBound..<index].count { !$0.parameters.isEmpty }
    return "\(name)\(layers[index].parameters.isEmpty ? "" : ".\(number)") (\(layers[index].summary))"
  }

  /// The corruption of the input while training; nil where there is none.
  public var corruption: Corruption? { (layers[0] as? CorruptionLayer)?.corruption }

  /// The activation of the code.
  public var codeActivation: Activation {
    let activated = layers[..<encoderDepth].last { !$0.parameters.isEmpty && $0.penaltyName == nil }
    return (activated as? Dense)?.activation ?? .identity
  }
}
