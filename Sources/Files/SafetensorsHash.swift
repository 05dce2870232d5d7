/// The hash that files of this program carry in the metadata, beside the format.
extension Safetensors {
  static let hashKey = "sha256"

  /// Takes the hash out of the metadata of a file that was read, and compares it with that of the content.
  /// - Throws: `FileError` where they differ.
  mutating func checkHash(path: String) throws(FileError) {
    if let hash = metadata.removeValue(forKey: Self.hashKey) {
      isHashed = true
      guard hash == contentHash() else {
        throw FileError(
          .malformed, path,
          "the file is damaged: its content does not have the SHA-256 that stands in it; take another copy of it. If "
            + "another program changed it on purpose, remove the entry '\(Self.hashKey)' of its metadata")
      }
    } else if let other = metadata.first(where: { $0.value.utf8.count == 64 && $0.key.utf8.count == 6 }) {
      // A damaged name would make the file look like one of an older program, which had no hash.
      throw FileError(
        .malformed, path,
        "the file is damaged: expected the entry '\(Self.hashKey)' in its metadata, found '\(other.key)'")
    }
  }

  /// Returns the SHA-256, as hexadecimal digits, of the metadata and of all tensors by their names, shapes and numbers.
  /// It depends on neither the order of the tensors nor on how the header is written.
  package func contentHash() -> String {
    var hash = SHA256Stream()
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) where key != Self.hashKey {
      hash.add(key)
      hash.add(text)
    }
    for tensor in tensors.sorted(by: { $0.name < $1.name }) {
      hash.add(tensor.name)
      hash.add(tensor.shape.count)
      for size in tensor.shape { hash.add(size) }
      hash.add(tensor.values[...])
    }
    return hash.value().hexadecimal
  }
}
