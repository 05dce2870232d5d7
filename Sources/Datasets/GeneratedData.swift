import Files

/// A kind of data that are drawn on the spot. `GeneratedData.all` is the list that opening, messages and help go by.
///
/// A data argument names N samples of the kind as `name:N[:SEED]`. Sample i of a seed is the same for any N.
public struct GeneratedData: Sendable {
  public let name: String
  public let summary: String
  /// Draws `count` samples from `seed`.
  public let generate: @Sendable (_ count: Int, _ seed: UInt64) -> Dataset

  public static let all: [GeneratedData] =
    [
      GeneratedData(name: "digits", summary: "handwritten-looking digits of 28 × 28 pixels") { count, seed in
        Digits.generate(count: count, seed: seed)
      },
      GeneratedData(name: "shapes", summary: "discs, rectangles, triangles and rings, 28 × 28") { count, seed in
        Shapes.generate(count: count, seed: seed)
      },
    ]
    + PlanarCurve.allCases.map { curve in
      GeneratedData(name: curve.rawValue, summary: curve.summary) { count, seed in
        curve.generate(count: count, seed: seed)
      }
    }

  /// The largest number of samples that an argument may ask for.
  static let mostSamples = 10_000_000

  /// Returns the kind whose name, followed by a colon, `argument` starts with, or nil where it is a file.
  static func named(by argument: String) -> GeneratedData? {
    all.first { argument.hasPrefix($0.name + ":") }
  }

  /// Draws what `argument` asks for in the form `name:N[:SEED]`; the seed is 1 where none is given.
  func open(_ argument: String) throws(FileError) -> Dataset {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let count = Int(parts[1]), 1...Self.mostSamples ~= count,
      let seed = parts.count == 3 ? UInt64(parts[2]) : 1
    else {
      throw FileError(
        .malformed, argument,
        "expected \(name):N or \(name):N:SEED, N from 1 to \(Self.mostSamples), SEED a whole number; "
          + "as in \(name):1000:2")
    }
    return generate(count, seed)
  }
}
