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
}

/// The number of processors this process may run on.
public var availableProcessors: Int { max(1, Int(openblas_get_num_procs())) }
