import Datasets
import Files

extension Dataset {
  /// How many classes a conditional model is told of, by the largest label.
  public func classCount() throws(InvalidArgument) -> Int {
    guard let labels else { throw InvalidArgument("a conditional model needs --labels") }
    let (low, high) = (labels.min()!, labels.max()!)
    guard low >= 0, high < Architecture.mostClasses else {
      throw InvalidArgument("labels from \(low) to \(high); they must be from 0 to \(Architecture.mostClasses - 1)")
    }
    return Int(high) + 1
  }
}

extension Model {
  /// Refuses data without the classes that a conditional model needs.
  func checkClasses(of data: Dataset) throws(FileError) {
    guard let classes = architecture.classes else { return }
    guard let labels = data.labels else {
      throw FileError(
        .malformed, data.source, "no labels, but the model is conditional on \(classes) classes; give --labels")
    }
    if let label = labels.first(where: { !(0..<Int32(classes) ~= $0) }) {
      throw FileError(.malformed, data.source, "label \(label), but the model knows the classes 0 to \(classes - 1)")
    }
  }
}
