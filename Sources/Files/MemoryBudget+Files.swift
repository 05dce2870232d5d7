extension MemoryBudget {
  /// Throws where what the file `path` holds, or says that it holds, needs more bytes than the limit; nil is a number
  /// that does not fit an integer.
  package static func require(
    _ bytes: Int?, for what: String, in path: String, at offset: Int? = nil
  ) throws(FileError) {
    do {
      try require(bytes, for: what)
    } catch {
      throw FileError(.tooLarge, path, at: offset, error.text { _ in "the limit (--max-memory)" })
    }
  }
}
