import Files

/// A part of the samples, as a data argument names it: `[a:b]` is the samples from a up to but without b, counted from
/// 0. A number below 0 counts from the end; a number that is left out is the start or the end. As NumPy slices are, but
/// a part that the data do not have is an error.
struct SamplePart: Equatable, Sendable {
  let lower: Int?
  let upper: Int?

  /// Reads text such as "[0:100]", "[-10:]"; nil where it has no such form.
  init?(_ text: Substring) {
    guard text.hasPrefix("["), text.hasSuffix("]") else { return nil }
    let bounds = text.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
    guard bounds.count == 2 else { return nil }
    let numbers = bounds.map { Int($0) }
    guard zip(bounds, numbers).allSatisfy({ $0.isEmpty || $1 != nil }) else { return nil }
    (lower, upper) = (numbers[0], numbers[1])
  }

  /// Returns the samples of the part among `count`.
  func range(of count: Int, in path: String) throws(FileError) -> Range<Int> {
    func place(_ bound: Int) -> Int? { bound >= 0 ? bound : bound.magnitude <= count ? count + bound : nil }
    guard let first = place(lower ?? 0), let last = place(upper ?? count), first < last, last <= count else {
      throw FileError(.malformed, path, "the part \(self) does not lie within its \(count) samples, or is empty")
    }
    return first..<last
  }
}

extension SamplePart: CustomStringConvertible {
  var description: String { "[\(lower.map { "\($0)" } ?? ""):\(upper.map { "\($0)" } ?? "")]" }
}
