#if canImport(Glibc)
  import Glibc
#endif

/// Memory for `count` scalars with one owner. It lives through a training run and is written in place.
///
/// The memory is aligned to 64 bytes, a cache line; a buffer of 2 MiB or more is aligned to 2 MiB, so that it can lie
/// in large pages where the system has them. It is filled with zeros and freed with its owner, so a view into it must
/// not outlive the owner. At the edge of an API, `Matrix` holds values instead. Large buffers take no time and no
/// memory before they are written. Where the system does not give the memory, the process ends (`Scarcity`).
@safe
public final class Buffer<S: BLASScalar> {
  public let count: Int
  @usableFromInline let base: UnsafeMutablePointer<S>
  /// The bytes that were mapped for a large buffer; 0 for one of the heap.
  private let mapped: Int

  public init(count: Int) {
    precondition(count >= 0, "Buffer: a count of \(count)")
    self.count = count
    let (size, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<S>.stride)
    if overflow { Scarcity.end("a buffer of \(count) numbers", bytes: nil) }
    let isLarge = size >= Self.largePage
    let bytes = isLarge ? Self.mapZeros(size) : Self.allocateZeros(size)
    guard let bytes else { Scarcity.end("a buffer of \(count) numbers", bytes: size) }
    mapped = isLarge ? size : 0
    base = bytes.bindMemory(to: S.self, capacity: max(count, 1))
  }

  private static var largePage: Int { 1 << 21 }

  private static func allocateZeros(_ size: Int) -> UnsafeMutableRawPointer? {
    var bytes: UnsafeMutableRawPointer?
    if posix_memalign(&bytes, 64, size) != 0 { return nil }
    memset(bytes!, 0, size)
    return bytes
  }

  /// Maps `size` bytes at a multiple of a large page. Fresh pages of the system hold zeros.
  private static func mapZeros(_ size: Int) -> UnsafeMutableRawPointer? {
    let (whole, overflow) = size.addingReportingOverflow(largePage)
    if overflow { return nil }
    guard let start = mmap(nil, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED
    else { return nil }
    // What lies before and behind the aligned part is given back.
    let page = sysconf(Int32(_SC_PAGESIZE))
    let before = (largePage - Int(bitPattern: start) % largePage) % largePage
    let end = (before + size + page - 1) / page * page
    if before > 0 { munmap(start, before) }
    if end < whole { munmap(start + end, whole - end) }
    // Without large pages, the page fault for every 4 KiB costs more than filling the memory.
    madvise(start + before, size, MADV_HUGEPAGE)
    return start + before
  }

  deinit {
    if mapped > 0 { munmap(base, mapped) } else { free(base) }
  }

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
