import Datasets
import Files
import Linalg

/// Reads a file of data by its content. What is written in our own formats must come back to the same bits, also as
/// text, and a part must be what it is of the whole.
func readData(_ bytes: [UInt8]) -> Bool {
  guard let data = try? Dataset(reading: bytes, path: "input") else { return false }
  if data.count * data.featureCount > 1 << 14 { return true }
  let again = try? Dataset(reading: data.encoded(), path: "again")
  precondition(isSame(data, again), "data that are written do not read back")
  if case .numbers(let numbers) = data.storage {
    let text = CSVWriter.text(Matrix(rows: data.count, columns: data.featureCount, values: numbers))
    let table = try? Dataset(reading: Array(text.utf8), path: "text")
    precondition(
      table.map { isSame($0.storage, data.storage) } ?? false, "data do not come back from CSV")
  }
  let middle = data.count / 2
  let part = try? Dataset(reading: bytes, path: "input", part: "[\(middle):]")
  precondition(isSame(data.subset(middle..<data.count), part), "a part is not that of the whole")
  return true
}

private func isSame(_ a: Dataset, _ b: Dataset?) -> Bool {
  guard let b else { return false }
  return a.count == b.count && a.shape == b.shape && isSame(a.storage, b.storage)
}

private func isSame(_ a: Dataset.Storage, _ b: Dataset.Storage) -> Bool {
  switch (a, b) {
  case (.bytes(let a), .bytes(let b)): a == b
  case (.numbers(let a), .numbers(let b)): a.map(\.bitPattern) == b.map(\.bitPattern)
  default: false
  }
}

/// Reads a text as the argument `--data` is read, of a file that is never there, and as a part of seven samples.
func readArgument(_ bytes: [UInt8]) -> Bool {
  guard let text = String(validating: bytes, as: UTF8.self) else { return false }
  // Small data that are drawn are the only ones that there are.
  if text.utf8.count > 24 { return false }
  let data = try? Dataset(
    reading: Array("1\n2\n3\n4\n5\n6\n7\n".utf8), path: "input", part: text[...])
  precondition(data.map { 1...7 ~= $0.count } ?? true, "a part of more samples than there are")
  return data != nil
}
