import Linalg

/// One named tensor among the parameters: where it lies in θ and how it starts.
public struct Parameter: Sendable, Equatable {
  /// "encoder.0.weight": as in the model file.
  public let name: String
  /// The tensor's shape in the model file: [out, in] of a weight, [out] of a bias.
  public let shape: [Int]
  /// Where it begins in θ.
  public let offset: Int
  /// The initial values are uniform in ±bound.
  public let startBound: Double
  /// Whether weight decay applies: to weights, not to biases.
  public let decays: Bool

  public var count: Int { shape.reduce(1, *) }
  /// As a matrix: the first dimension by all others; a vector is one row.
  public var rows: Int { shape.count < 2 ? 1 : shape[0] }
  public var columns: Int { count / max(rows, 1) }
}

/// A stretch of θ with one treatment.
public struct ParameterRange: Sendable, Equatable {
  public let range: Range<Int>
  public let decays: Bool
}

/// All parameters of a network in their order; θ and ∂L/∂θ are flat vectors of this layout.
public struct ParameterLayout: Sendable, Equatable {
  public private(set) var parameters: [Parameter] = []
  /// The length of θ.
  public private(set) var count = 0

  public init() {}

  /// Adds a tensor behind the others.
  package mutating func add(_ name: String, shape: [Int], startBound: Double, decays: Bool) -> Parameter {
    let parameter = Parameter(name: name, shape: shape, offset: count, startBound: startBound, decays: decays)
    parameters.append(parameter)
    count += parameter.count
    return parameter
  }

  /// Initial values: each tensor uniform in its ±bound, from a stream of its own.
  public func initialValues(seed: UInt64) -> [Float] {
    var values = Matrix<Float>(rows: 1, columns: count)
    values.withMutableView { view in
      for (index, parameter) in parameters.enumerated() where parameter.startBound > 0 {
        var random = RandomStream(seed: seed, purpose: .start, epoch: index)
        let window = view.matrix(at: parameter.offset, rows: 1, columns: parameter.count)
        random.fillUniform(window, -parameter.startBound, parameter.startBound)
      }
    }
    return values.values
  }
}
