import ArgumentParser

/// Returns the function that reads an option's value as a whole number in `range`, for `@Option(transform:)`.
///
/// Every whole number on the command line has a range where its option is declared, so that no sum or product of sizes
/// that comes of it can overflow.
func whole(_ range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
  { text in
    guard let value = Int(text) else {
      throw ValidationError("expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    if !range.contains(value) { throw ValidationError("must be from \(range.lowerBound) to \(range.upperBound)") }
    return value
  }
}

/// The largest number of samples that an option may name.
let mostSamples = 1 << 40

/// The largest size of a layer, and the largest number of anything that is counted within a sample.
let mostUnits = 1 << 24

/// Returns the function that reads an option's value as a number from `least` to `most`, for `@Option(transform:)`.
///
/// The range keeps what is computed from the number within that of Float.
func number(from least: Double, to most: Double) -> @Sendable (String) throws -> Double {
  { text in
    guard let value = Double(text) else {
      throw ValidationError("expected a number from \(least.short) to \(most.short)")
    }
    if !(least <= value && value <= most) { throw ValidationError("must be from \(least.short) to \(most.short)") }
    return value
  }
}

extension Double {
  /// The number as the user would write it: 0.5, 1000, 1e-06.
  fileprivate var short: String { self == rounded() && magnitude < 1e15 ? "\(Int(self))" : "\(self)" }
}
