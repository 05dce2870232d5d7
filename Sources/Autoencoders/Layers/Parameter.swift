import Linalg

/// One named tensor among the parameters: where it lies in θ and how it starts.
public struct Parameter: Sendable, Equatable {
  /// "encoder.0.weight": as in the model file.
  public let name: String
  /// The tensor's shape in the model file: [out, in] of a weight, [out] of a bias.
  public let shape: [Int]
  /// By dimension: the image that it enumerates, for dense layers beside convolutions. Here such a dimension goes pixel by
  /// pixel; in files channel by channel, as PyTorch flattens images.
  public let images: [Volume?]
  /// Where it begins in θ.
  public let offset: Int
  /// The initial values are uniform in ±bound around the centre.
  public let startBound: Double
  public let startCentre: Double
  /// Whether weight decay applies: to weights, not to biases.
  public let decays: Bool
  /// Whether it is no weight but something remembered from step to step, as a running mean: its "gradient" is its next
  /// value.
  public let isState: Bool
  /// The layer's units that the rows of the tensor belong to, one row or more each; nil where one unit's gradient is the
  /// whole tensor's, as of a convolution's biases, and the part that has the first unit writes it.
  let units: Range<Int>?

  public var count: Int { shape.reduce(1, *) }
  /// Whether it is the weight of a layer, not a table of numbers: what rules for matrices are for.
  public var isWeightMatrix: Bool { shape.count > 1 && decays }
  /// As a matrix: the first dimension by all others; a vector is one row.
  public var rows: Int { shape.count < 2 ? 1 : shape[0] }
  public var columns: Int { count / max(rows, 1) }

  /// The stretch of θ that belongs to `units` of the layer; nil where there is none.
  func range(of units: Range<Int>) -> ParameterRange? {
    let all = self.units ?? 0..<1
    let own = units.clamped(to: all)
    if own.isEmpty { return nil }
    let size = count / all.count
    let start = offset + (own.lowerBound - all.lowerBound) * size
    return ParameterRange(range: start..<start + own.count * size, decays: decays, isState: isState)
  }

  /// The values in the file's order, from those in θ's.
  func inFileOrder(_ values: ArraySlice<Float>) -> [Float] {
    let places = filePlaces
    return places.isEmpty ? Array(values) : places.map { values[values.startIndex + $0] }
  }

  /// The values in θ's order, from those in the file's.
  func inMemoryOrder(_ values: [Float]) -> [Float] {
    var result = values
    for (place, source) in filePlaces.enumerated() { result[source] = values[place] }
    return result
  }

  /// For each place in the file the place in θ; empty where the orders are the same.
  private var filePlaces: [Int] {
    if images.allSatisfy({ $0 == nil || $0!.channels == 1 }) { return [] }
    func order(_ dimension: Int) -> [Int] {
      guard dimension < images.count, let image = images[dimension] else { return Array(0..<shape[dimension]) }
      return (0..<image.count).map { $0 % image.pixels * image.channels + $0 / image.pixels }
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

/// All parameters of a network in their order; θ and ∂L/∂θ are flat vectors of this layout.
public struct ParameterLayout: Sendable, Equatable {
  public private(set) var parameters: [Parameter] = []
  /// The length of θ.
  public private(set) var count = 0

  public init() {}

  /// Adds a tensor behind the others.
  ///
  /// - `name`: as in the model file, "encoder.0.weight".
  /// - `shape`: in the model file; the first dimension is that of the layer's units.
  /// - `startBound`: initial values are uniform in ±startBound around `startCentre`.
  /// - `decays`: whether weight decay applies.
  /// - `units`: the layer's units that the first dimension counts, all of them unless named.
  public mutating func add(
    _ name: String, shape: [Int], images: [Volume?] = [], startBound: Double, startCentre: Double = 0, decays: Bool,
    units: Range<Int>? = nil
  ) -> Parameter {
    append(
      Parameter(
        name: name, shape: shape, images: images, offset: count, startBound: startBound, startCentre: startCentre,
        decays: decays, isState: false, units: units ?? 0..<shape[0]))
  }

  /// Adds a tensor that the part with the layer's first unit writes as a whole.
  public mutating func addWhole(_ name: String, shape: [Int], startBound: Double = 0, decays: Bool) -> Parameter {
    append(
      Parameter(
        name: name, shape: shape, images: [], offset: count, startBound: startBound, startCentre: 0, decays: decays,
        isState: false, units: nil))
  }

  /// Adds a state behind the others; it starts at 0.
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

  /// Initial values: each tensor uniform in its ±bound around its centre, from a stream of its own.
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
