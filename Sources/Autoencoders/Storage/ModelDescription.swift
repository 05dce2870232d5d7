/// The text under "aetool" in a model file's metadata; it is JSON with keys in snake_case.
struct ModelDescription: Codable {
  static let currentFormat = 3

  /// The version of the format, which is raised when older programs must not read the file. Format 1 names a variant
  /// instead of layers. Up to format 2, weights behind an image with a class beside it are pixel by pixel; in format 3
  /// they are channel by channel, as PyTorch flattens images.
  var formatVersion = currentFormat
  var toolVersion: String
  var blueprint: Blueprint
  /// The activation of the code, for readers that rebuild the network by hand; it follows from the blueprint.
  var codeActivation: Activation?
  var seed: UInt64
  var knowledge: StoredKnowledge
  /// The numbers of a checkpoint; nil in files of models.
  var checkpoint: CheckpointRecord?
}

/// The numbers of a checkpoint that are no tensors.
struct CheckpointRecord: Codable {
  var options: TrainingOptions
  var epoch: Int
  var step: Int
  var seconds: Double
  var bestEpoch: Int
  var bestLoss: Double?
  var trainLoss: Double?
  var firstLoss: Double?
  var partial: PartialEpoch?
  var earlier: [EarlierTraining]?
  var run: RunFingerprint?
}

/// The facts about a model's parameters as a file has them: each stands under its key.
struct StoredKnowledge: Codable {
  /// THE list of facts that files have.
  static let facts: [any ModelFact.Type] = [
    TrainingRecord.self, ErrorDistribution.self, CodeDistribution.self, PCADensity.self,
  ]
  var knowledge: Knowledge

  init(_ knowledge: Knowledge) { self.knowledge = knowledge }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    knowledge = Knowledge()
    for type in Self.facts {
      let key = Key(stringValue: type.key)
      if values.contains(key) { knowledge.remember(try type.init(from: values.superDecoder(forKey: key))) }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    for (key, fact) in knowledge.all { try fact.encode(to: values.superEncoder(forKey: Key(stringValue: key))) }
  }
}
