import CBLASShim
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// cos x.
public func cosine(_ x: Double) -> Double { Glibc.cos(x) }
/// sin x.
public func sine(_ x: Double) -> Double { Glibc.sin(x) }

/// Returns the angle in [0, π] whose cosine is x.
public func arccosine(_ x: Double) -> Double { Glibc.acos(x) }
/// Returns the angle in [−π/2, π/2] whose sine is x.
public func arcsine(_ x: Double) -> Double { Glibc.asin(x) }

/// The BLAS that the program is linked to, and how many threads it may use.
public enum BLASLibrary {
  /// The version and build options of OpenBLAS, as it prints them.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The name of the processor type whose kernels run.
  public static var core: String { String(cString: openblas_get_corename()) }

  public static var threads: Int { Int(openblas_get_num_threads()) }

  /// Runs `body` with BLAS on `threads` threads and restores the number before.
  ///
  /// The setting belongs to the whole process. Where several calls overlap, the least number that any of them asks for
  /// holds, so that a body which relies on one thread has one.
  public static func withThreads<R, E>(_ threads: Int, _ body: () throws(E) -> R) throws(E) -> R {
    precondition(threads > 0, "BLAS on \(threads) threads")
    scopes.withLock { scopes in
      if scopes.wanted.isEmpty { scopes.before = Self.threads }
      scopes.wanted.append(threads)
      openblas_set_num_threads(Int32(scopes.wanted.min()!))
    }
    defer {
      scopes.withLock { scopes in
        scopes.wanted.remove(at: scopes.wanted.lastIndex(of: threads)!)
        openblas_set_num_threads(Int32(scopes.wanted.min() ?? scopes.before))
      }
    }
    return try body()
  }

  private static let scopes = Mutex<(before: Int, wanted: [Int])>((1, []))

  // MARK: - OpenBLAS's own memory

  /// Makes sure that OpenBLAS has its working memory for `threads` threads that compute at the same time, and returns
  /// for how many of them there is enough.
  ///
  /// OpenBLAS maps a block for each thread at its first product, keeps it, and tries for ever where it gets none. So
  /// the blocks are mapped here, after a look at whether the system gives them.
  static func reserve(threads: Int) -> Int {
    reserved.withLock { reserved in
      while reserved < threads && canMap(block + (reserved == 0 ? 0 : beside)) {
        guard let allocate, let free else { return threads }
        // Blocks in use cannot be had again, so all are taken before all are given back.
        let blocks = (0...reserved).map { allocate(Int32($0)) }
        for block in blocks { free(block) }
        reserved += 1
      }
      return min(reserved, threads)
    }
  }

  /// The bytes that OpenBLAS maps for a thread on the processors of today, with some room to go on.
  private static var block: Int { 132 << 20 }
  /// The bytes that must be left beside the block of a further thread: for its stack, and for the data and the model,
  /// which are worth more than the thread.
  private static var beside: Int { 268 << 20 }
  private static let reserved = Mutex(0)

  /// Says what is missing where not one thread can compute.
  static func endWithoutMemory() -> Never { Scarcity.end("working memory of OpenBLAS", bytes: block) }

  private static func canMap(_ bytes: Int) -> Bool {
    guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED
    else { return false }
    munmap(start, bytes)
    return true
  }

  // OpenBLAS has these functions for its own routines; a build without them reserves nothing.
  private static let allocate = symbol("blas_memory_alloc").map {
    unsafeBitCast($0, to: (@convention(c) (Int32) -> UnsafeMutableRawPointer?).self)
  }
  private static let free = symbol("blas_memory_free").map {
    unsafeBitCast($0, to: (@convention(c) (UnsafeMutableRawPointer?) -> Void).self)
  }

  private static func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(nil, name) }
}
