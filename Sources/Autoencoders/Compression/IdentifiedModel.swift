import AEZ
import Datasets
import Files

/// A model and the file that holds it, by which an .aez file names the model.
public struct IdentifiedModel: Sendable {
  public let model: Model
  /// The name of the file without folders.
  public let name: String
  let bytes: [UInt8]
  /// The SHA-256 of the file.
  public let hash: [UInt8]

  public var size: Int { bytes.count }

  /// Reads the model of a file.
  /// - Throws: `FileError` with the path and what is wrong in the file.
  public init(_ path: String) throws(FileError) {
    try self.init(bytes: try Safetensors.bytes(of: path), path: path)
  }

  /// Reads the model from the content of a file.
  /// - Throws: `FileError` with the path and what is wrong in the content.
  public init(bytes: [UInt8], path: String) throws(FileError) {
    model = try Model.loadAll(path, bytes: bytes).model
    name = String(path.split(separator: "/").last ?? "-")
    self.bytes = bytes
    hash = sha256(bytes)
  }

  /// Takes a model that no file holds yet; its file would be `encoded()`.
  /// - Throws: the errors of `encoded()`.
  public init(_ model: Model, name: String) throws {
    self.model = model
    self.name = name
    bytes = try model.encoded()
    hash = sha256(bytes)
  }
}
