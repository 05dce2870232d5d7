import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The memory that the program may take for data, models and work.
///
/// Whoever is about to take memory in an amount that a user's file or option decides asks here first, so that too large
/// a wish ends in one line before the work and not in an abort in the middle of it.
public enum MemoryBudget {
  private static let chosen = Atomic<Int>(0)

  /// The most bytes that one request may name: what `setLimit` said, otherwise three quarters of `available`.
  public static var limit: Int {
    let bytes = chosen.load(ordering: .relaxed)
    return bytes > 0 ? bytes : available / 4 * 3
  }

  /// Sets the limit, in bytes.
  public static func setLimit(_ bytes: Int) { chosen.store(max(1, bytes), ordering: .relaxed) }

  /// The bytes that this process can have at all: the least of the machine's memory, the limits of its control groups,
  /// and what its limits on address space and on data leave beside the address space that it has now.
  public static let available: Int = {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return ([machine] + controlGroupLimits() + [processLimit()].compactMap { $0 }).min()!
  }()

  /// Throws where `bytes` are more than the limit, or nil: a product of sizes that does not fit an integer.
  ///
  /// - `purpose`: what the memory is for, the subject of the message, as in "the optimizer soap for 200,000 features".
  public static func require(_ bytes: Int?, for purpose: String) throws(MemoryError) {
    guard let bytes, bytes <= limit else { throw MemoryError(purpose: purpose, needed: bytes, limit: limit) }
  }

  /// The limits of the control groups that the process is in, and of the groups around them.
  private static func controlGroupLimits() -> [Int] {
    guard let groups = text(of: "/proc/self/cgroup") else { return [] }
    var limits: [Int] = []
    for line in groups.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("memory") else { continue }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let name = isUnified ? "memory.max" : "memory.limit_in_bytes"
      var folders = parts[2].split(separator: "/")
      while true {
        let file = ([root] + folders.map(String.init) + [name]).joined(separator: "/")
        if let value = text(of: file).flatMap({ Int($0.filter { !$0.isWhitespace }) }) { limits.append(value) }
        if folders.popLast() == nil { break }
      }
    }
    return limits
  }

  /// What the limits on address space and data leave; nil where there is no such limit.
  private static func processLimit() -> Int? {
    let pages = text(of: "/proc/self/statm").flatMap { $0.split(separator: " ").first.flatMap { Int($0) } } ?? 0
    let used = pages * sysconf(Int32(_SC_PAGESIZE))
    var least: Int?
    for resource in [RLIMIT_AS, RLIMIT_DATA] {
      var limits = rlimit()
      let isKnown = unsafe getrlimit(Int32(resource.rawValue), &limits) == 0
      guard isKnown, limits.rlim_cur < rlim_t(Int.max) else { continue }
      least = min(least ?? .max, max(1, Int(limits.rlim_cur) - used))
    }
    return least
  }

  private static func text(of path: String) -> String? {
    guard let bytes = try? readFile(path) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// A wish for more memory than the budget has.
public struct MemoryError: Error, Equatable, CustomStringConvertible {
  public let purpose: String
  /// The bytes that are needed; nil where their number does not fit an integer.
  public let needed: Int?
  public let limit: Int

  public init(purpose: String, needed: Int?, limit: Int) {
    self.purpose = purpose
    self.needed = needed
    self.limit = limit
  }

  public var description: String { text { $0 } }

  /// Returns one line, in which `naming` has translated the name of the parameter that raises the limit.
  public func text(naming: (String) -> String) -> String {
    let needed = needed.map(bytesText) ?? "more than a number can say"
    return "\(purpose): needs \(needed) of memory, but the limit is \(bytesText(limit)); take less of it, or raise "
      + "\(naming("maxMemory")) where the machine has more"
  }
}

/// Returns a number of bytes as text, as in "320.0 GB"; a GB has 2³⁰ bytes.
public func bytesText(_ bytes: Int) -> String {
  let units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"]
  var (value, unit) = (Double(bytes), 0)
  while value >= 1024, unit + 1 < units.count { (value, unit) = (value / 1024, unit + 1) }
  if unit == 0 { return "\(bytes) bytes" }
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}
