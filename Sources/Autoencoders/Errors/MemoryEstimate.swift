import Files

/// The bytes that some work will take, counted before anything is allocated.
struct MemoryEstimate {
  /// The bytes; nil where their number does not fit an integer.
  private(set) var bytes: Int? = 0

  /// Adds an array of `sizes.reduce(1, *)` numbers of type `S`.
  mutating func add<S>(_ sizes: Int..., of type: S.Type) {
    var product = (partialValue: MemoryLayout<S>.stride, overflow: false)
    for size in sizes where !product.overflow { product = product.partialValue.multipliedReportingOverflow(by: size) }
    add(product.overflow ? nil : product.partialValue)
  }

  mutating func add(_ more: MemoryEstimate) { add(more.bytes) }

  private mutating func add(_ more: Int?) {
    guard let known = bytes, let more else { return bytes = nil }
    let (sum, overflow) = known.addingReportingOverflow(more)
    bytes = overflow ? nil : sum
  }

  /// Refuses what the budget does not have; `purpose` is the subject of the message.
  func require(for purpose: String) throws(MemoryError) { try MemoryBudget.require(bytes, for: purpose) }
}
