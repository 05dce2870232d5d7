/// A rule of an optimizer with its options. It is a description without state.
public protocol OptimizerRule: Sendable, Codable, Equatable {
  /// The name of the rule in checkpoints.
  static var name: String { get }
}

extension OptimizerRule {
  func equals(_ other: any OptimizerRule) -> Bool { (other as? Self) == self }
}

/// A rule as it stands in checkpoints: its name and its options.
private struct CodedRule: Codable {
  let rule: any OptimizerRule

  enum CodingKeys: String, CodingKey {
    case name, options
  }

  init(_ rule: any OptimizerRule) { self.rule = rule }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let name = try values.decode(String.self, forKey: .name)
    guard let type = Optimizer.rule(named: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values, debugDescription: "the optimizer's rule '\(name)' is not registered")
    }
    rule = try type.init(from: values.superDecoder(forKey: .options))
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(type(of: rule).name, forKey: .name)
    try rule.encode(to: values.superEncoder(forKey: .options))
  }

  func `as`<T>(_ type: T.Type, _ decoder: any Decoder) throws -> T {
    guard let rule = rule as? T else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a rule of another kind stands there"))
    }
    return rule
  }
}

extension Optimizer: Codable {
  enum CodingKeys: String, CodingKey {
    case name, learningRate, elementwise, matrices, elementwiseRate, pairs
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    defaultLearningRate = try values.decode(Double.self, forKey: .learningRate)
    if let pairs = try values.decodeIfPresent(Int.self, forKey: .pairs) {
      guard 1...1000 ~= pairs else {
        throw DecodingError.dataCorruptedError(forKey: .pairs, in: values, debugDescription: "\(pairs) pairs")
      }
      method = .fullBatch(pairs: pairs)
      return
    }
    let elementwise = try values.decode(CodedRule.self, forKey: .elementwise)
    let matrices = try values.decodeIfPresent(CodedRule.self, forKey: .matrices)
    method = .minibatches(
      StepRules(
        try elementwise.as((any ElementwiseRule).self, decoder),
        matrices: try matrices?.as((any MatrixRule).self, decoder),
        elementwiseRate: try values.decode(Double.self, forKey: .elementwiseRate)))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(defaultLearningRate, forKey: .learningRate)
    switch method {
    case .fullBatch(let pairs): try values.encode(pairs, forKey: .pairs)
    case .minibatches(let rules):
      try values.encode(CodedRule(rules.elementwise), forKey: .elementwise)
      try values.encodeIfPresent(rules.matrices.map { CodedRule($0) }, forKey: .matrices)
      try values.encode(rules.elementwiseRate, forKey: .elementwiseRate)
    }
  }
}
