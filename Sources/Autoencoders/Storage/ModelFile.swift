import Datasets
import Files
import FoundationEssentials
import Linalg

/// The version of the tool that writes models; `aetool --version` prints it.
public let toolVersion = "0.1.0"

extension Model {
  /// Returns the model as a safetensors file: one F32 tensor per parameter, and everything else in the metadata.
  ///
  /// Dense layers are `encoder.0.weight` [out, in], `encoder.0.bias` [out], and so on from the outside in.
  /// - Throws: `InvalidArgument` for a layer or a loss that a file cannot name.
  public func encoded() throws -> [UInt8] { try safetensors(checkpoint: nil, more: []).encoded() }

  /// Writes the model to `path` (- for standard output), whole or not at all.
  /// - Throws: `InvalidArgument` for a layer or a loss that a file cannot name, `FileError` where the file cannot be
  ///   written.
  public func save(to path: String) throws { try AtomicFile.write(try encoded(), to: path) }

  /// Reads a model and rebuilds its network, whose tensors the file must have name by name.
  ///
  /// - `note`: called with a sentence on what is unusual but no error, as in a file without a hash of its content.
  /// - Throws: `FileError` with the path and what is wrong in the file.
  public static func load(_ path: String, note: (String) -> Void = { _ in }) throws(FileError) -> Model {
    let loaded = try loadAll(path, bytes: try Safetensors.bytes(of: path))
    loaded.notes.forEach(note)
    return loaded.model
  }

  /// Returns whether `path` begins like a model file; false for other content, for standard input and for generated
  /// data.
  public static func isModelFile(_ path: String) throws(FileError) -> Bool {
    guard let start = try readStart(of: path, count: 9), start.count == 9 else { return false }
    return start[8] == UInt8(ascii: "{") && start[4..<8].allSatisfy { $0 == 0 }
  }

  func safetensors(checkpoint: CheckpointRecord?, more: [Safetensors.Tensor]) throws -> Safetensors {
    for (part, layers) in [("encoder", blueprint.encoder), ("decoder", blueprint.decoder)] {
      for (place, spec) in layers.enumerated() where !spec.isKnown {
        throw InvalidArgument(
          "\(part), layer \(place + 1) (\(spec)): a file can hold only layers that are known by their names",
          advice: "call LayerSpec.register with its kind before saving and loading")
      }
    }
    guard blueprint.loss.isListed, LossSpec(blueprint.loss.description) == blueprint.loss else {
      throw InvalidArgument("the loss '\(blueprint.loss)' has no text form that a file could hold")
    }
    var knowledge = knowledge
    // A model is its layers and numbers: what cannot be read again of how it was trained is left out.
    if let training, !training.options.optimizer.isKnown { knowledge[TrainingRecord.self] = nil }
    if let checkpoint, !checkpoint.options.optimizer.isKnown {
      throw InvalidArgument(
        "the optimizer '\(checkpoint.options.optimizer.name)': a checkpoint can hold only rules that are known by "
          + "their names",
        advice: "call Optimizer.register with the rule before saving and loading")
    }
    let description = ModelDescription(
      toolVersion: toolVersion, blueprint: blueprint, codeActivation: network.codeActivation, seed: seed,
      knowledge: StoredKnowledge(knowledge),
      checkpoint: checkpoint)
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(description), as: UTF8.self)
    let tensors = network.layout.parameters.map {
      Safetensors.Tensor(
        name: $0.name, shape: $0.shape, values: $0.inFileOrder(parameters[$0.offset..<$0.offset + $0.count]))
    }
    return Safetensors(metadata: ["aetool": text, "format": "pt"], tensors: tensors + more)
  }

  static func loadAll(_ path: String, bytes: [UInt8]) throws(FileError) -> Loaded {
    func bad(_ message: String) -> FileError { FileError(.malformed, path, message) }
    var file = try Safetensors(bytes, path: path)
    guard let text = file.metadata["aetool"] else {
      throw bad("a safetensors file, but not of aetool: its metadata have no 'aetool'")
    }
    try JSONScanner.check(text, "the description of the network", path: path)
    let description: ModelDescription
    let network: Autoencoder
    do {
      description = try Self.description(text)
      network = try description.blueprint.network()
    } catch let error as FormatError {
      throw bad(error.message)
    } catch let error as InvalidArgument {
      throw bad("the description of the network is wrong: \(error)")
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      throw bad("the description of the network is wrong: \(context.debugDescription)")
    } catch {
      throw bad("the description of the network is not complete or of another format")
    }
    var parameters = [Float](repeating: 0, count: 0)
    parameters.reserveCapacity(file.tensors.reduce(0) { $0 + $1.values.count })
    for parameter in network.layout.parameters {
      guard let index = file.tensors.firstIndex(where: { $0.name == parameter.name }) else {
        throw bad("tensor '\(parameter.name)' of shape \(parameter.shape) is missing")
      }
      let tensor = file.tensors.remove(at: index)
      guard tensor.shape == parameter.shape else {
        throw bad("tensor '\(tensor.name)' has shape \(tensor.shape), but the network needs \(parameter.shape)")
      }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw bad("tensor '\(tensor.name)' holds NaN or infinite numbers")
      }
      parameters += parameter.inMemoryOrder(tensor.values, format: description.formatVersion)
    }
    var model = Model(description.blueprint, network, parameters: parameters, seed: description.seed)
    for fact in description.knowledge.knowledge.all.values {
      if let problem = fact.problem(in: model) { throw bad(problem) }
    }
    model.knowledge = description.knowledge.knowledge
    let isComplete = description.checkpoint != nil || file.tensors.isEmpty
    if !isComplete { throw bad("tensor '\(file.tensors[0].name)' belongs to no layer of the network") }
    return Loaded(
      model: model, checkpoint: description.checkpoint, rest: file.tensors,
      notes: file.isHashed
        ? [] : ["\(path): has no hash of its content, as files of older programs; damage would go unnoticed"])
  }

  /// The content of a file: the model, and what a checkpoint adds.
  struct Loaded {
    let model: Model
    let checkpoint: CheckpointRecord?
    let rest: [Safetensors.Tensor]
    /// Sentences on what is unusual.
    let notes: [String]
  }

  private struct FormatError: Error {
    let message: String
  }

  /// Returns the description in the text of a file of any format up to the present one.
  private static func description(_ text: String) throws -> ModelDescription {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = Data(text.utf8)
    struct Version: Decodable { let formatVersion: Int }
    switch try decoder.decode(Version.self, from: data).formatVersion {
    case 1: return try decoder.decode(DescriptionOne.self, from: data).upgraded()
    case 2...ModelDescription.currentFormat: return try decoder.decode(ModelDescription.self, from: data)
    case let version:
      throw FormatError(
        message: "model format \(version), but this program reads up to \(ModelDescription.currentFormat); "
          + "use a newer aetool")
    }
  }
}
