import Datasets
import Files
import Linalg

/// A start of dense layers as principal components: x̂ = μ + Cᵀ C(x − μ) before the first step.
///
/// The coordinates v = C(x − μ) of k components pass through all layers, each by units of the layer's activation
/// (`CoordinateCarrier`: factors f, readout r):
/// - The units of the first layer have the rows fᵢ·Cⱼ and the biases −fᵢ·Cⱼμ.
/// - The units of the next layers have the weights fᵢ·rᵢ′ from the units of the same coordinate, and no bias.
/// - The output has the columns rᵢ·Cⱼ and the bias μ; behind a sigmoid these are a·rᵢ·Cⱼ and aμ + b
///   (`LogitCalibration`).
///
/// k is the number of components that the code has room for, and at most the number that there are. Other units start
/// as usual, and nothing that carries coordinates listens to them: their outgoing weights to such units and to the
/// output are 0, and get gradients from the first step on.
struct PCAStart {
  let model: Model
  /// The network's dense layers, as linear maps with their activations.
  private let layers: [Place]
  /// The number k of components.
  let components: Int

  private struct Place {
    let summary: String
    let map: LinearMap
    let activation: Activation
    let inputSize, outputSize: Int
  }

  /// Finds out whether `model` has room for components of `data`, and for how many.
  /// - Throws: `InvalidArgument` that names what is lacking.
  init(_ model: Model, data: Dataset) throws(InvalidArgument) {
    let network = model.network
    func refused(_ reason: String) -> InvalidArgument { InvalidArgument("start", "pca", expected: reason) }
    let variant = "the variant '\(model.name)'"
    if network.isVariational {
      throw refused("the code of \(variant) is a draw from a distribution, which components do not give")
    }
    if network.layers.contains(where: { $0.hasWeights && $0.linearMaps.isEmpty }) {
      throw refused("\(variant) has convolutions, and components pass through dense layers alone")
    }
    if model.preparation.binarisation != nil {
      throw refused("components are fitted to the values as they are; `binarise` does not go with it")
    }
    var layers: [Place] = []
    var code: Int?
    for (index, layer) in network.layers.enumerated() where !layer.role.keepsShape {
      guard layer.role == .map, layer.linearMaps.count == 1, CoordinateCarrier(layer.activation) != nil else {
        let known = Activation.allCases.filter { CoordinateCarrier($0) != nil }.map(\.rawValue)
        throw refused(
          "\(network.name(ofLayer: index)) cannot pass components on unchanged; dense layers of "
            + known.joined(separator: ", ") + " can")
      }
      if index < network.encoderDepth { code = layers.count }
      layers.append(
        Place(
          summary: layer.summary, map: layer.linearMaps[0], activation: layer.activation, inputSize: layer.inputSize,
          outputSize: layer.outputSize))
    }
    guard let code, code < layers.count - 1 else {
      throw refused("\(variant) lacks a dense layer before or behind its code")
    }
    guard layers[layers.count - 1].activation == .identity else {
      throw refused("components give numbers of any size, but the last layer is \(layers[layers.count - 1].summary)")
    }
    self.model = model
    self.layers = layers
    let inCode = layers[code].outputSize / CoordinateCarrier(layers[code].activation)!.width
    components = min(inCode, data.featureCount, data.count - 1)
    if inCode == 0 {
      throw refused(
        "a code of \(layers[code].outputSize) (\(layers[code].summary)) has no room for a component, which takes "
          + "two units"
      )
    }
    for (index, layer) in network.layers.enumerated() where layer.role == .map {
      let needed = components * CoordinateCarrier(layer.activation)!.width
      if layer.outputSize < needed {
        throw refused(
          "\(network.name(ofLayer: index)) needs \(needed) units for the \(components) components that the code takes; "
            + "it has \(layer.outputSize)")
      }
    }
  }

  /// Returns θ with the components of `data`, which must be the data that `init` was given.
  ///
  /// The result is the same bits for any number of threads.
  /// - Throws: `InvalidArgument` for a single sample, `FileError` where the weights would be infinite, `LinalgError`
  ///   where LAPACK fails.
  func parameters(fittedTo data: Dataset, seed: UInt64, threads: Int) throws -> [Float] {
    let pca = try PCA.fit(
      SampleStream(data), .components(components), scaling: model.scaling, seed: seed, threads: threads)
    let linear = try Model(pca, shape: data.shape, scaling: model.scaling)
    let carriers = try carriers(linear, data, threads: threads)
    let link = model.network.loss.link == .logistic ? try calibration(linear, data, threads: threads) : nil
    var theta = model.parameters
    for (index, layer) in layers.enumerated() {
      let source = index == 0 ? nil : carriers[index - 1]
      if index == layers.count - 1 {
        writeOutput(layer, source!, pca, link, into: &theta)
      } else {
        writeUnits(layer, carriers[index], source, pca, into: &theta)
      }
    }
    if !theta.allSatisfy(\.isFinite) {
      throw FileError(
        .malformed, data.source,
        "numbers so large that the weights of components leave the range of Float; standardised data have them")
    }
    return theta
  }

  /// Returns the carrier of each layer; the carrier of tanh depends on the largest coordinate of the data.
  private func carriers(_ linear: Model, _ data: Dataset, threads: Int) throws -> [CoordinateCarrier] {
    var reach = 0.0
    if layers.contains(where: { $0.activation == .tanh }) {
      try Inference(linear, .encode, threads: threads).run(on: data) { codes in
        for value in codes.values { reach = max(reach, Double(abs(value))) }
      }
    }
    return layers.map { CoordinateCarrier($0.activation, reach: reach)! }
  }

  /// Returns the calibration that fits samples spread over the data, about two million numbers.
  private func calibration(_ linear: Model, _ data: Dataset, threads: Int) throws -> LogitCalibration {
    let count = min(data.count, max(16, (1 << 21) / data.featureCount))
    let sample = data.subset((0..<count).map { Int32($0 * data.count / count) })
    var targets = Matrix<Float>(rows: count, columns: data.featureCount)
    targets.withMutableView { model.preparation.gather(sample, rows: 0..<count, into: $0) }
    return LogitCalibration(targets: targets, reconstructions: try linear.reconstruct(sample, threads: threads))
  }

  /// Writes the rows of the units that carry coordinates; `source` is the carrier of the layer before, nil for the
  /// data.
  private func writeUnits(
    _ layer: Place, _ carrier: CoordinateCarrier, _ source: CoordinateCarrier?, _ pca: PCA, into theta: inout [Float]
  ) {
    for j in 0..<components {
      let centre = (0..<pca.featureCount).reduce(0.0) { $0 + pca.components[j, $1] * pca.mean[$1] }
      for (i, factor) in carrier.factors.enumerated() {
        let unit = j * carrier.width + i
        let row = layer.map.weight.offset + unit * layer.inputSize
        if let source {
          for k in 0..<layer.inputSize { theta[row + k] = 0 }
          for (k, readout) in source.readout.enumerated() {
            theta[row + j * source.width + k] = Float(factor * readout)
          }
        } else {
          for k in 0..<layer.inputSize { theta[row + k] = Float(factor * pca.components[j, k]) }
          theta[layer.map.bias.offset + unit] = Float(-factor * centre)
        }
      }
    }
  }

  private func writeOutput(
    _ layer: Place, _ source: CoordinateCarrier, _ pca: PCA, _ link: LogitCalibration?, into theta: inout [Float]
  ) {
    let (slope, offset) = (link?.slope ?? 1, link?.offset ?? 0)
    for feature in 0..<layer.outputSize {
      let row = layer.map.weight.offset + feature * layer.inputSize
      for k in 0..<layer.inputSize { theta[row + k] = 0 }
      for j in 0..<components {
        for (k, readout) in source.readout.enumerated() {
          theta[row + j * source.width + k] = Float(slope * readout * pca.components[j, feature])
        }
      }
      theta[layer.map.bias.offset + feature] = Float(slope * pca.mean[feature] + offset)
    }
  }
}
