import Datasets
import Files
import FoundationEssentials
import Linalg

/// The version of the tool that writes models; `aetool --version` prints it.
public let toolVersion = "0.1.0"

/// The text under "aetool" in a model file's metadata, JSON with keys in snake_case.
struct ModelDescription: Codable, Equatable {
  static let currentFormat = 1

  /// Raised when older programs must not read the file.
  var formatVersion = currentFormat
  var toolVersion: String
  var architecture: Architecture
  var scaling: Scaling
  var seed: UInt64
  var training: TrainingRecord?
  var errorDistribution: ErrorDistribution?
  var codeDistribution: CodeDistribution?
  /// Only with principal components.
  var density: PCADensity?
  /// Only in checkpoints.
  var checkpoint: CheckpointRecord?
}

/// The numbers of a checkpoint that are no tensors.
struct CheckpointRecord: Codable, Equatable {
  var options: TrainingOptions
  var epoch: Int
  var step: Int
  var seconds: Double
  var bestEpoch: Int
  var bestLoss: Double?
  var trainLoss: Double
}

extension Model {
  /// The model as a safetensors file: one F32 tensor per parameter, everything else in the metadata.
  ///
  /// Dense layers are `encoder.0.weight` [out, in], `encoder.0.bias` [out], and so on from the outside in.
  public func encoded() throws -> [UInt8] { try safetensors(checkpoint: nil, more: []).encoded() }

  /// Writes the model to `path` (- for standard output), whole or not at all.
  public func save(to path: String) throws { try AtomicFile.write(try encoded(), to: path) }

  /// Reads a model and rebuilds its network; the tensors must be the network's, name by name.
  public static func load(_ path: String) throws(FileError) -> Model {
    try loadAll(path, bytes: try readFile(path)).model
  }

  /// Whether `path` begins like a model file; false for other content, for standard input and for generated data.
  public static func isModelFile(_ path: String) throws(FileError) -> Bool {
    guard let start = try readStart(of: path, count: 9), start.count == 9 else { return false }
    return start[8] == UInt8(ascii: "{") && start[4..<8].allSatisfy { $0 == 0 }
  }

  func safetensors(checkpoint: CheckpointRecord?, more: [Safetensors.Tensor]) throws -> Safetensors {
    let description = ModelDescription(
      toolVersion: toolVersion, architecture: architecture, scaling: scaling, seed: seed, training: training,
      errorDistribution: errorDistribution, codeDistribution: codeDistribution, density: density,
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
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    struct Version: Decodable { let formatVersion: Int }
    if let version = try? decoder.decode(Version.self, from: Data(text.utf8)).formatVersion,
      version > ModelDescription.currentFormat
    {
      throw bad(
        "model format \(version), but this program reads up to \(ModelDescription.currentFormat); use a newer aetool")
    }
    let description: ModelDescription
    do {
      description = try decoder.decode(ModelDescription.self, from: Data(text.utf8))
      try description.architecture.validate()
    } catch let error as InvalidArgument {
      throw bad("the description of the network is wrong: \(error)")
    } catch {
      throw bad("the description of the network is not complete or of another format")
    }
    let network = description.architecture.network()
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
      parameters += parameter.inMemoryOrder(tensor.values)
    }
    let features = description.architecture.inputSize
    let scaling = description.scaling
    guard scaling.kind == .none || description.architecture.binarisation == nil,
      description.architecture.variational?.hasReconstruction ?? true
    else { throw bad("binarised data with a scaling, or a likelihood without data") }
    guard scaling.kind == .none || (scaling.mean.count == features && scaling.factor.count == features) else {
      throw bad("the scaling has \(scaling.mean.count) means for \(features) features")
    }
    if let density = description.density {
      guard density.explainedVariance.count == description.architecture.latent, density.features == features else {
        throw bad("the density has \(density.explainedVariance.count) variances for \(description.architecture.latent)")
      }
    }
    if let errors = description.errorDistribution, !errors.isValid {
      throw bad("the error distribution is not 101 rising percentiles of some samples")
    }
    if let codes = description.codeDistribution, !codes.isValid(for: network.codeSize) {
      throw bad("the distribution of the codes is not one of \(network.codeSize) numbers")
    }
    let model = Model(
      architecture: description.architecture, network: network, scaling: scaling, parameters: parameters,
      seed: description.seed, training: description.training, errorDistribution: description.errorDistribution,
      codeDistribution: description.codeDistribution, density: description.density)
    let isComplete = description.checkpoint != nil || file.tensors.isEmpty
    if !isComplete { throw bad("tensor '\(file.tensors[0].name)' belongs to no layer of the network") }
    return Loaded(model: model, checkpoint: description.checkpoint, rest: file.tensors)
  }

  /// A file's content: the model, and what a checkpoint adds.
  struct Loaded {
    let model: Model
    let checkpoint: CheckpointRecord?
    let rest: [Safetensors.Tensor]
  }
}
