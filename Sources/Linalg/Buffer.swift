#if canImport(Glibc)
  import Glibc
#endif

/// Memory for `count` scalars with one owner. It lives through a training run and is written in place.
///
/// The memory is aligned to 64 bytes, a cache line; a buffer of 2 MiB or more is aligned to 2 MiB, so that it can lie
/// in large pages where the system has them. It is filled with zeros and freed with its owner, so a view into it must
/// not outlive the owner. At the edge of an API, `Matrix` holds values instead.
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
    // Without large pages, the page fault for every 4 KiB costs more than filling the memory.
    if size >= Self.largePage { madvise(bytes, size, MADV_HUGEPAGE) }
    base = bytes.bindMemory(to: S.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: count)
  }

  private static var largePage: Int { 1 << 21 }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// Views the `rows` × `columns` scalars from `offset` on as a matrix whose rows follow one another without gaps.
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

  /// A copy of the buffer's content. Setting it overwrites the content and needs `count` numbers.
  public var values: [S] {
    get { Array(UnsafeBufferPointer(start: base, count: count)) }
    set {
      precondition(newValue.count == count, "Buffer: \(newValue.count) values for \(count) places")
      newValue.withUnsafeBufferPointer { base.update(from: $0.baseAddress!, count: count) }
    }
  }
}
