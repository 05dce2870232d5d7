#if canImport(Glibc)
  import Glibc
#endif

/// Memory for `count` scalars with one owner: what lives through a training run and is written in place.
///
/// Aligned to 64 bytes (a cache line; large ones to pages of 2 MiB, where the system has them), filled with zeros, freed with the owner. A view into it must not outlive it.
/// For values at the edge of an API there is `Matrix`.
@safe
public final class Buffer<S: BLASScalar> {
  public let count: Int
  @usableFromInline let base: UnsafeMutablePointer<S>

  public init(count: Int) {
    precondition(count >= 0, "Buffer: a count of \(count)")
    self.count = count
    let size = max(count, 1) * MemoryLayout<S>.stride
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: size, alignment: size >= Self.largePage ? Self.largePage : 64)
    // A fault for every 4 KiB costs more than filling them.
    if size >= Self.largePage { madvise(bytes, size, MADV_HUGEPAGE) }
    base = bytes.bindMemory(to: S.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: count)
  }

  private static var largePage: Int { 1 << 21 }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// The window of `rows` × `columns` from `offset` on, rows one after another.
  @inlinable
  public func view(rows: Int, columns: Int, offset: Int = 0) -> MutableMatrixView<S> {
    precondition(
      rows >= 0 && columns >= 0 && offset >= 0 && offset + rows * columns <= count,
      "Buffer: a \(rows)×\(columns) view at \(offset) of \(count) scalars")
    return MutableMatrixView(base: base + offset, rows: rows, columns: columns, stride: columns)
  }

  /// The whole buffer as one row.
  @inlinable
  public var row: MutableMatrixView<S> { view(rows: 1, columns: count) }

  /// A copy of the content.
  public var values: [S] {
    get { Array(UnsafeBufferPointer(start: base, count: count)) }
    set {
      precondition(newValue.count == count, "Buffer: \(newValue.count) values for \(count) places")
      newValue.withUnsafeBufferPointer { base.update(from: $0.baseAddress!, count: count) }
    }
  }
}
