import Linalg

/// A network x̂ = g(f(x)): encoder layers f, decoder layers g, a loss. Immutable; parameters live outside, in θ.
public struct Autoencoder: Sendable {
  /// Encoder layers, then decoder layers.
  public let layers: [any Layer]
  /// How many of `layers` are the encoder.
  public let encoderDepth: Int
  public let loss: any Loss
  public let layout: ParameterLayout

  public var inputSize: Int { layers[0].inputSize }
  public var codeSize: Int { layers[encoderDepth - 1].outputSize }

  /// Sizes and places the layers of two lists for `inputs` features; the decoder must lead back to as many.
  public init(inputs: Int, encoder: [LayerSpec], decoder: [LayerSpec], loss: any Loss, start: Start) {
    precondition(inputs > 0 && !encoder.isEmpty && !decoder.isEmpty, "Autoencoder: nothing to build")
    var layout = ParameterLayout()
    var layers: [any Layer] = []
    var size = inputs
    for (part, specs) in [("encoder", encoder), ("decoder", decoder)] {
      var number = 0
      for spec in specs {
        let layer = spec.layer(inputs: size, start: start, name: "\(part).\(number)", in: &layout)
        if !layer.parameters.isEmpty { number += 1 }
        layers.append(layer)
        size = layer.outputSize
      }
    }
    precondition(size == inputs, "Autoencoder: the decoder gives \(size) features for \(inputs)")
    self.layers = layers
    encoderDepth = encoder.count
    self.loss = loss
    self.layout = layout
  }

  /// What layer `index` is called in messages: "encoder.0 (dense relu 784→128)".
  public func name(ofLayer index: Int) -> String {
    let inEncoder = index < encoderDepth
    let place = inEncoder ? index : index - encoderDepth
    return "\(inEncoder ? "encoder" : "decoder").\(place) (\(layers[index].summary))"
  }
}
