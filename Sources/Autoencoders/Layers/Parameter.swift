import Linalg

/// One named tensor among the parameters, with its place in θ and its initial values.
public struct Parameter: Sendable, Equatable {
  /// The name in the model file, as in "encoder.0.weight".
  public let name: String
  /// The tensor's shape in the model file: [out, in] of a weight, [out] of a bias.
  public let shape: [Int]
  /// The image that each dimension enumerates, for dense layers beside convolutions; nil for other dimensions. In θ
  /// such a dimension goes pixel by pixel; in files it goes channel by channel, as PyTorch flattens images. The image
  /// may be only the first part of a dimension, with a class behind it.
  public let images: [Volume?]
  /// The index in θ of the tensor's first number.
  public let offset: Int
  /// The initial values are uniform in `startCentre` ± `startBound`.
  public let startBound: Double
  public let startCentre: Double
  /// Whether weight decay applies, as it does to weights but not to biases.
  public let decays: Bool
  /// Whether the tensor is no weight but a state that is remembered from step to step, such as a running mean. In place
  /// of a gradient, a state has its next value.
  public let isState: Bool
  /// The units of the layer that the rows of the tensor belong to, one or more rows to each. It is nil where the
  /// gradient cannot be cut by units, as for a convolution's biases: the call that has the first unit then writes the
  /// whole gradient.
  let units: Range<Int>?

  public var count: Int { shape.reduce(1, *) }
  /// Whether the tensor is a layer's weight, which rules for matrices take, and not a table of numbers.
  public var isWeightMatrix: Bool { shape.count > 1 && decays }
  /// The number of rows of the tensor as a matrix, first dimension × all others; a vector is one row.
  public var rows: Int { shape.count < 2 ? 1 : shape[0] }
  public var columns: Int { count / max(rows, 1) }

  /// Returns the stretch of θ that belongs to `units` of the layer; nil where there is none.
  func range(of units: Range<Int>) -> ParameterRange? {
    let all = self.units ?? 0..<1
    let own = units.clamped(to: all)
    if own.isEmpty { return nil }
    let size = count / all.count
    let start = offset + (own.lowerBound - all.lowerBound) * size
    return ParameterRange(range: start..<start + own.count * size, decays: decays, isState: isState)
  }

  /// Returns the values in the order of files, given those in the order of θ.
  func inFileOrder(_ values: ArraySlice<Float>) -> [Float] {
    let places = filePlaces(format: .max)
    return places.isEmpty ? Array(values) : places.map { values[values.startIndex + $0] }
  }

  /// Returns the values in the order of θ, given those in the order of files. In files of formats before 3, dimensions
  /// of which an image is only a part are in the order of θ.
  func inMemoryOrder(_ values: [Float], format: Int) -> [Float] {
    var result = values
    for (place, source) in filePlaces(format: format).enumerated() { result[source] = values[place] }
    return result
  }

  /// Returns the place within θ's tensor for each place in the file's tensor; empty where the orders are the same.
  private func filePlaces(format: Int) -> [Int] {
    let images = images.enumerated().map { dimension, image in
      format < 3 && image != nil && image!.count < shape[dimension] ? nil : image
    }
    if images.allSatisfy({ $0 == nil || $0!.channels == 1 }) { return [] }
    func order(_ dimension: Int) -> [Int] {
      guard dimension < images.count, let image = images[dimension] else { return Array(0..<shape[dimension]) }
      return (0..<image.count).map { $0 % image.pixels * image.channels + $0 / image.pixels }
        + Array(image.count..<shape[dimension])
    }
    if shape.count == 1 { return order(0) }
    let columnOrder = order(1)
    return order(0).flatMap { row in columnOrder.map { row * columns + $0 } }
  }
}

/// A stretch of θ whose numbers are all treated alike.
public struct ParameterRange: Sendable, Equatable {
  public let range: Range<Int>
  public let decays: Bool
  public let isState: Bool

  public init(range: Range<Int>, decays: Bool, isState: Bool = false) {
    self.range = range
    self.decays = decays
    self.isState = isState
  }
}

/// All parameters of a network in their order; it is the layout of the flat vectors θ and ∂L/∂θ.
public struct ParameterLayout: Sendable, Equatable {
  public private(set) var parameters: [Parameter] = []
  /// The length of θ.
  public private(set) var count = 0

  public init() {}

  /// Adds a tensor behind the others.
  ///
  /// - `name`: the name in the model file, as in "encoder.0.weight".
  /// - `shape`: the shape in the model file; the first dimension counts the layer's units.
  /// - `startBound`: the initial values are uniform in ±startBound around `startCentre`.
  /// - `decays`: whether weight decay applies.
  /// - `units`: the units of the layer that the first dimension counts; by default, `0..<shape[0]`.
  public mutating func add(
    _ name: String, shape: [Int], images: [Volume?] = [], startBound: Double, startCentre: Double = 0, decays: Bool,
    units: Range<Int>? = nil
  ) -> Parameter {
    append(
      Parameter(
        name: name, shape: shape, images: images, offset: count, startBound: startBound, startCentre: startCentre,
        decays: decays, isState: false, units: units ?? 0..<shape[0]))
  }

  /// Adds a tensor whose gradient is written as a whole, by the call that has the layer's first unit.
  public mutating func addWhole(_ name: String, shape: [Int], startBound: Double = 0, decays: Bool) -> Parameter {
    append(
      Parameter(
        name: name, shape: shape, images: [], offset: count, startBound: startBound, startCentre: 0, decays: decays,
        isState: false, units: nil))
  }

  /// Adds a state behind the others; its values start at 0.
  public mutating func addState(_ name: String, shape: [Int]) -> Parameter {
    append(
      Parameter(
        name: name, shape: shape, images: [], offset: count, startBound: 0, startCentre: 0, decays: false,
        isState: true, units: 0..<shape[0]))
  }

  private mutating func append(_ parameter: Parameter) -> Parameter {
    precondition(
      !parameters.contains { $0.name == parameter.name }, "ParameterLayout: two tensors are called '\(parameter.name)'")
    parameters.append(parameter)
    count += parameter.count
    return parameter
  }

  /// Returns the initial values: those of each tensor are uniform in ±bound around its centre, from a stream of their
  /// own.
  public func initialValues(seed: UInt64) -> [Float] {
    var values = Matrix<Float>(rows: 1, columns: count)
    values.withMutableView { view in
      for parameter in parameters where parameter.startCentre != 0 {
        view.matrix(at: parameter.offset, rows: 1, columns: parameter.count).fill(Float(parameter.startCentre))
      }
      for (index, parameter) in parameters.enumerated() where parameter.startBound > 0 {
        var random = RandomStream(seed: seed, purpose: .start, epoch: index)
        let window = view.matrix(at: parameter.offset, rows: 1, columns: parameter.count)
        random.fillUniform(
          window, parameter.startCentre - parameter.startBound, parameter.startCentre + parameter.startBound)
      }
    }
    return values.values
  }
}
