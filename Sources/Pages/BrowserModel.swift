import Autoencoders
import Linalg

/// A model as the page's scripts run it: the layers in order, with their weights.
///
/// `network.js` computes codes and decoded samples from it, without noise, as `aetool encode` and `decode` do. Noise,
/// penalties and draws are left out, since they are the identity there.
public struct BrowserModel: Sendable {
  /// How weights are kept. Biases, gains and the scaling of data are always float32.
  public enum Precision: String, Sendable, CaseIterable {
    /// 11 significant bits for each weight, 2 bytes.
    case float16
    /// Multiples of 1/127 of the largest weight of each row, 1 byte.
    case int8
  }

  public let data: PageData

  /// - Throws: `InvalidArgument` that names the layer for a model with a layer that scripts cannot run.
  public init(_ model: Model, precision: Precision = .float16) throws(InvalidArgument) {
    let network = model.network
    let packing = WeightPacking(parameters: model.parameters, precision: precision)
    let encoder = try Self.layers(0..<network.encoderDepth, of: network, packing)
    let decoder = try Self.layers(network.encoderDepth..<network.layers.count, of: network, packing)
    var fields: [String: PageData] = [
      "name": .text(model.name), "shape": .numbers(model.inputShape), "codeSize": .number(network.codeSize),
      "variational": .bool(network.isVariational), "link": network.loss.link == .logistic ? "logistic" : "identity",
      "encoder": encoder, "decoder": decoder,
    ]
    if let classes = network.classes { fields["classes"] = .number(classes) }
    if model.scaling.kind != .none {
      fields["scaling"] = ["mean": .float32(model.scaling.mean), "factor": .float32(model.scaling.factor)]
    }
    if case .threshold(let threshold)? = model.preparation.binarisation { fields["threshold"] = .number(threshold) }
    data = .object(fields)
  }

  private static func layers(
    _ range: Range<Int>, of network: Autoencoder, _ packing: WeightPacking
  ) throws(InvalidArgument) -> PageData {
    var result: [PageData] = []
    for index in range {
      let layer = network.layers[index]
      switch layer.role {
      case .corruption, .penalty: continue
      case .draws:
        // Without noise the draw is the mean, which the heads' script gives.
        continue
      case .condition(let classes): result.append(["kind": "class", "classes": .number(classes)])
      case .map, .heads:
        guard let layer = layer as? any BrowserLayer else {
          throw InvalidArgument("\(network.name(ofLayer: index)): pages have no script that runs this layer")
        }
        result.append(.object(layer.description(packing)))
      }
    }
    return .list(result)
  }
}

/// A layer that `network.js` can run.
protocol BrowserLayer: Layer {
  /// Returns what the script knows of the layer: its kind, sizes and weights.
  func description(_ packing: WeightPacking) -> [String: PageData]
}

/// Turns parameters into data of a page.
struct WeightPacking {
  let parameters: [Float]
  let precision: BrowserModel.Precision

  /// Returns numbers of which each matters by itself, such as biases.
  func exact(_ parameter: Parameter) -> PageData { .float32(values(parameter)) }

  /// Returns a weight matrix, row by row.
  func weights(_ parameter: Parameter) -> PageData {
    let values = values(parameter)
    switch precision {
    case .float16:
      // Weights beyond the range of float16 would be infinite.
      let fits = values.allSatisfy { $0.magnitude <= Float(Float16.greatestFiniteMagnitude) }
      return fits ? .float16(values) : .float32(values)
    case .int8: return Self.quantised(values, columns: parameter.columns)
    }
  }

  /// Returns {"i8": …, "factor": …}: a row's numbers are its factor times whole numbers from −127 to 127.
  private static func quantised(_ values: [Float], columns: Int) -> PageData {
    var (bytes, factors): ([UInt8], [Float]) = ([], [])
    bytes.reserveCapacity(values.count)
    for start in stride(from: 0, to: values.count, by: columns) {
      let row = values[start..<start + columns]
      let largest = row.reduce(0) { max($0, $1.magnitude) }
      let factor = largest > 0 ? largest / 127 : 1
      factors.append(factor)
      for value in row { bytes.append(UInt8(bitPattern: Int8((value / factor).rounded()))) }
    }
    return ["i8": .text(Base64.text(bytes)), "factor": .float32(factors)]
  }

  private func values(_ parameter: Parameter) -> [Float] {
    Array(parameters[parameter.offset..<parameter.offset + parameter.count])
  }
}

extension Dense: BrowserLayer {
  func description(_ packing: WeightPacking) -> [String: PageData] {
    [
      "kind": "dense", "inputs": .number(inputSize), "outputs": .number(outputSize),
      "activation": .text(activation.rawValue), "weight": packing.weights(parameters[0]),
      "bias": packing.exact(parameters[1]),
    ]
  }
}

extension GaussianHeads: BrowserLayer {
  func description(_ packing: WeightPacking) -> [String: PageData] {
    let maps = linearMaps
    return [
      "kind": "heads", "inputs": .number(inputSize), "outputs": .number(latent),
      "weight": packing.weights(maps[0].weight), "bias": packing.exact(maps[0].bias),
      "varianceWeight": packing.weights(maps[1].weight), "varianceBias": packing.exact(maps[1].bias),
    ]
  }
}

extension ConvolutionLayer: BrowserLayer {
  func description(_ packing: WeightPacking) -> [String: PageData] {
    [
      "kind": direction == .down ? "conv" : "conv-transpose", "input": input.page, "output": output.page,
      "kernel": .number(convolution.kernel), "stride": .number(convolution.stride),
      "padding": .number(convolution.padding), "activation": .text(activation.rawValue),
      "weight": packing.weights(parameters[0]), "bias": packing.exact(parameters[1]),
    ]
  }
}

extension MaxPooling: BrowserLayer {
  func description(_ packing: WeightPacking) -> [String: PageData] {
    ["kind": "max-pool", "input": input.page, "output": output.page, "size": .number(size)]
  }
}

extension NearestUpsampling: BrowserLayer {
  func description(_ packing: WeightPacking) -> [String: PageData] {
    ["kind": "upsample", "input": input.page, "output": output.page]
  }
}

extension LayerNorm: BrowserLayer {
  func description(_ packing: WeightPacking) -> [String: PageData] {
    [
      "kind": "layer-norm", "inputs": .number(inputSize), "epsilon": .number(epsilon),
      "weight": packing.exact(parameters[0]), "bias": packing.exact(parameters[1]),
    ]
  }
}

extension Volume {
  /// Height, width and channels.
  fileprivate var page: PageData { .numbers([height, width, channels]) }
}
