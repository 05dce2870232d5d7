extension Dataset {
  /// Returns the paths that a data argument reads: its file, and the labels that lie beside it. What is drawn reads
  /// none.
  public static func files(of argument: String) -> [String] {
    guard case .file(let file) = DataArgument(argument) else { return [] }
    return [file.path] + [labelsPath(beside: file.path)].compactMap { $0 }
  }
}
