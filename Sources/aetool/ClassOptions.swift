import ArgumentParser
import Autoencoders
import Datasets
import Linalg

/// The class that a conditional model decodes codes as.
struct ClassOptions: ParsableArguments {
  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("The class to decode as, for conditional models; counted from 0.", valueName: "n"),
    transform: whole(0...mostUnits))
  var chosen: Int?

  /// Returns a class for each of `count` codes of a conditional model: the chosen one, or else what `usual` makes of
  /// the code's index, modulo the number of classes. Returns nil for other models.
  func labels(_ count: Int, of model: Model, usual: ((Int) -> Int)? = nil) throws -> [Int32]? {
    guard let classes = model.network.classes else {
      if chosen == nil { return nil }
      throw ProgramError(.usage, "--class: the model is not conditional")
    }
    if let chosen {
      if chosen < classes { return Array(repeating: Int32(chosen), count: count) }
      throw ProgramError(.usage, "--class \(chosen): the model knows the classes 0 to \(classes - 1)")
    }
    guard let usual else {
      throw ProgramError(.usage, "the model is conditional: give --class, from 0 to \(classes - 1)")
    }
    return (0..<count).map { Int32(usual($0) % classes) }
  }
}

extension Model {
  /// Decodes `codes`, which lie one after another.
  func decode(codes: [Float], labels: [Int32]?, threads: Int) throws -> Matrix<Float> {
    let d = network.codeSize
    let matrix = Matrix(rows: codes.count / d, columns: d, values: codes)
    return try decode(Dataset(matrix, labels: labels, source: "the codes"), threads: threads)
  }
}
