import AEZ
import Datasets
import Files

/// A model and the file that it is: what an .aez file names.
public struct IdentifiedModel: Sendable {
  public let model: Model
  /// The file's name without folders.
  public let name: String
  let bytes: [UInt8]
  /// SHA-256 of the file.
  public let hash: [UInt8]

  public var size: Int { bytes.count }

  /// The model of a file.
  public init(_ path: String) throws(FileError) { try self.init(bytes: try readFile(path), path: path) }

  /// The model of a file's content.
  public init(bytes: [UInt8], path: String) throws(FileError) {
    model = try Model.loadAll(path, bytes: bytes).model
    name = String(path.split(separator: "/").last ?? "-")
    self.bytes = bytes
    hash = sha256(bytes)
  }

  /// A model that no file holds yet; its file would be `encoded()`.
  public init(_ model: Model, name: String) throws {
    self.model = model
    self.name = name
    bytes = try model.encoded()
    hash = sha256(bytes)
  }
}
