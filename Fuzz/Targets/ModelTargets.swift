import Autoencoders
import Datasets
import Files
import Linalg

/// Reads a safetensors file; what is written of it must read back to the same texts and bits, and again to the same
/// bytes.
func readSafetensors(_ bytes: [UInt8]) -> Bool {
  guard let file = try? Safetensors(bytes, path: "input") else { return false }
  guard let written = try? file.encoded(), let again = try? Safetensors(written, path: "again")
  else {
    preconditionFailure("tensors that are written do not read back")
  }
  func contents(_ file: Safetensors) -> [String: [Int]] {
    var result: [String: [Int]] = [:]
    for tensor in file.tensors {
      result[tensor.name] = tensor.shape + tensor.values.map { Int($0.bitPattern) }
    }
    return result
  }
  precondition(
    file.metadata == again.metadata && contents(file) == contents(again),
    "tensors change when written")
  precondition((try? again.encoded()) == written, "the same tensors are written as other bytes")
  return true
}

/// Reads a model; what is written of it must be a model with the same bits that is written as the same bytes. Small
/// ones encode two samples.
func readModel(_ bytes: [UInt8]) -> Bool {
  guard let model = try? IdentifiedModel(bytes: bytes, path: "input").model else { return false }
  guard let written = try? model.encoded(),
    let again = try? IdentifiedModel(bytes: written, path: "again").model,
    let twice = try? again.encoded()
  else { preconditionFailure("a model that is written does not read back") }
  precondition(
    model.parameters.map(\.bitPattern) == again.parameters.map(\.bitPattern),
    "weights change when written")
  precondition(written == twice, "the same model is written as other bytes")
  let features = model.inputShape.reduce(1, *)
  if features <= 1024 && model.parameters.count <= 1 << 14 {
    let samples = Matrix(
      rows: 2, columns: features, values: [Float](repeating: 0.5, count: 2 * features))
    _ = try? model.encode(Dataset(samples, shape: model.inputShape), threads: 1)
  }
  return true
}

/// Reads a checkpoint; what is written of it must be one with the same state that is written as the same bytes.
func readCheckpoint(_ bytes: [UInt8]) -> Bool {
  guard let checkpoint = try? Checkpoint.load("input", bytes: bytes) else { return false }
  guard let written = try? checkpoint.encoded(),
    let again = try? Checkpoint.load("again", bytes: written),
    let twice = try? again.encoded()
  else { preconditionFailure("a checkpoint that is written does not read back") }
  let (a, b) = (checkpoint.state, again.state)
  precondition(
    a.parameters.map(\.bitPattern) == b.parameters.map(\.bitPattern), "weights change when written")
  precondition(
    a.optimizerState.map(\.bitPattern) == b.optimizerState.map(\.bitPattern),
    "the optimizer's memory changes")
  precondition(
    a.epoch == b.epoch && a.step == b.step && written == twice, "counters change when written")
  return true
}

/// Reads the text form of layers, and of a loss; what is written of it must read back to the same text.
func readLayers(_ bytes: [UInt8]) -> Bool {
  guard let text = String(validating: bytes, as: UTF8.self) else { return false }
  if let loss = LossSpec(text) {
    precondition(LossSpec(loss.description) == loss, "a loss changes when written")
  }
  guard let layers = try? LayerSpec.list(text) else { return false }
  for layer in layers {
    let again = try? LayerSpec(layer.description)
    precondition(again?.description == layer.description, "a layer changes when written")
  }
  // Whether the layers go together, and in which sizes, is found out without memory for their numbers.
  for shape in [[6], [4, 4]] {
    _ = try? Blueprint(inputShape: shape, encoder: layers, decoder: [.dense()], loss: .squaredError)
      .network()
  }
  return true
}
