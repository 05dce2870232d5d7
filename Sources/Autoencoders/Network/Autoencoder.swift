import Linalg

/// A network x̂ = g(f(x)) of encoder layers f, decoder layers g and a loss. It is immutable; its parameters live
/// outside, in θ.
public struct Autoencoder: Sendable {
  /// The encoder's layers, then the decoder's.
  public let layers: [any Layer]
  /// The number of `layers` that belong to the encoder.
  public let encoderDepth: Int
  public let loss: any Loss
  public let layout: ParameterLayout
  /// The factor λ of the contractive penalty λ ‖∂h/∂x‖²; nil where there is none.
  public let contraction: Double?
  /// The number of rows that a sample has before each layer and behind the last, where there is noise.
  let multiplicities: [Int]
  /// The number of classes in networks that are told each sample's class; nil in others.
  public let classes: Int?

  public var inputSize: Int { layers[0].inputSize }
  public var codeSize: Int { layers[encoderDepth - 1].outputSize }

  /// The largest number of parameters of a network. Products of such sizes stay far from overflow.
  static let mostParameters = 1 << 30

  /// Sizes and places the layers of two lists for `inputs` features, which may be an image. The decoder must lead back
  /// to `inputs` features.
  /// - Throws: `InvalidArgument` that names the layer, its place and the sizes that do not go together.
  public init(
    inputs: Int, image: Volume? = nil, encoder: [LayerSpec], decoder: [LayerSpec], loss: any Loss, start: Start = .he,
    contraction: Double? = nil
  ) throws(InvalidArgument) {
    precondition(
      inputs > 0 && image.map { $0.count == inputs } ?? true, "Autoencoder: nothing to build for \(inputs) features")
    var layout = ParameterLayout()
    var layers: [any Layer] = []
    var shape = LayerSpec.Shape(size: inputs, image: image)
    var activation: Activation?
    for (part, specs) in [("encoder", encoder), ("decoder", decoder)] {
      if specs.isEmpty { throw InvalidArgument(part, expected: "has no layers") }
      var number = 0
      for (place, spec) in specs.enumerated() {
        func located(_ problem: String) -> InvalidArgument {
          InvalidArgument("\(part), layer \(place + 1) (\(spec)): \(problem)")
        }
        let site = LayerSite(
          input: shape, activation: activation, sampleSize: inputs, start: start, name: "\(part).\(number)")
        let layer: any Layer
        do throws(InvalidArgument) {
          try spec.validate()
          (layer, shape) = try spec.layer(at: site, in: &layout)
        } catch {
          throw located("\(error)")
        }
        if !layer.parameters.isEmpty { number += 1 }
        layers.append(layer)
        switch layer.role {
        case .map: activation = layer.activation
        case .corruption, .penalty: break
        case .heads, .draws, .condition: activation = nil
        }
        if shape.size > LayerSpec.largestSize || layout.count > Self.mostParameters {
          throw located(
            "\(shape.size) numbers a sample and \(layout.count) parameters so far; at most \(LayerSpec.largestSize) "
              + "and \(Self.mostParameters)")
        }
      }
    }
    if shape.size != inputs {
      throw InvalidArgument(
        "decoder, layer \(decoder.count) (\(decoder[decoder.count - 1])): it gives \(shape.size) numbers, but the "
          + "samples have \(inputs) features")
    }
    self.layers = layers
    encoderDepth = encoder.count
    self.loss = loss.placed(in: &layout)
    self.layout = layout
    self.contraction = contraction
    classes = layers.lazy.compactMap { if case .condition(let classes) = $0.role { classes } else { nil } }.first
    multiplicities = layers.reduce(into: [1]) { $0.append($0.last! * $1.role.expansion) }
    for index in layers.indices where layers[index].memory.noise > 0 && multiplicities[index] > 1 {
      throw InvalidArgument("\(name(ofLayer: index)): noise cannot stand behind several draws of a sample")
    }
  }

  /// Returns the name of layer `index` in messages, as in "encoder.0 (dense relu 784→128)". Layers are numbered as
  /// their tensors are; layers without tensors have no number.
  public func name(ofLayer index: Int) -> String {
    let part = index < encoderDepth ? 0..<encoderDepth : encoderDepth..<layers.count
    let name = index < encoderDepth ? "encoder" : "decoder"
    let number = layers[part.lowerBound..<index].count { !$0.parameters.isEmpty }
    return "\(name)\(layers[index].parameters.isEmpty ? "" : ".\(number)") (\(layers[index].summary))"
  }

  /// The index of the layer with the heads of a variational encoder; nil in other networks.
  package var headsIndex: Int? {
    layers.firstIndex { if case .heads = $0.role { true } else { false } }
  }

  /// The noise on the input in training; nil where there is none, or where its kind is none of `Corruption`.
  public var inputCorruption: Corruption? {
    if case .corruption(let corruption) = layers[0].role { corruption } else { nil }
  }

  /// Whether the code is a distribution.
  public var isVariational: Bool { headsIndex != nil }

  /// The number of draws of its code that a sample has in training.
  public var draws: Int { multiplicities[layers.count] }

  /// The activation of the code, which is the activation of the encoder's last layer that has parameters and is no
  /// penalty.
  public var codeActivation: Activation {
    layers[..<encoderDepth].last { !$0.parameters.isEmpty && !$0.role.isPenalty }?.activation ?? .identity
  }

  /// Returns about how many multiplications and additions the layers `range` take for a sample: two for each use of
  /// a weight.
  func operations(of range: Range<Int>) -> Double {
    range.reduce(1) { total, index in
      let layer = layers[index]
      let weights = layer.parameters.reduce(0) { $0 + ($1.isWeightMatrix ? $1.count : 0) }
      return total + 2 * Double(weights) * Double(layer.weightUses)
    }
  }

  /// The bias of the output: that of the last layer, where this has weights and no activation; nil elsewhere. A dense
  /// layer has a number for each feature, a convolution one for each channel.
  var outputBias: Parameter? {
    guard let last = layers.last(where: { !$0.role.keepsShape }), last.hasWeights, last.activation == .identity else {
      return nil
    }
    return last.parameters.first { $0.name.hasSuffix(".bias") && !$0.isState }
  }

  /// Whether a penalty makes most units of a layer inactive.
  package var hasSparsity: Bool {
    layers.contains { if case .penalty(let penalty) = $0.role { penalty.makesSparse } else { false } }
  }

  /// The indices of the encoder's layers with weights: "layer 1" of reports is the first of them.
  public var encoderStages: [Int] { (0..<encoderDepth).filter { layers[$0].hasWeights } }
}
