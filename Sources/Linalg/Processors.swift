import CBLASShim

#if canImport(Glibc)
  import Glibc
#endif

/// The number of processors that this process may compute on at the same time: those of its affinity mask, and no more
/// than the quotas of its control groups are worth, rounded up.
public let availableProcessors: Int = {
  let quota = ControlGroups.processorQuota().map { Int(min($0.rounded(.up), 0x1p20)) } ?? Int.max
  let mask = Int(aetool_processors_of_mask())
  return max(1, min(mask > 0 ? mask : sysconf(Int32(_SC_NPROCESSORS_ONLN)), quota))
}()

/// The control groups that this process is in, of version 1 or 2, by which a container gets its share of a machine.
enum ControlGroups {
  /// Returns the least number of processors that a group of this process, or a group around it, may use; nil where none
  /// is limited.
  static func processorQuota(root: String = "") -> Double? {
    guard let groups = text(root + "/proc/self/cgroup"), let mounts = text(root + "/proc/self/mountinfo") else {
      return nil
    }
    var least: Double?
    for (folder, group, isUnified) in folders(groups: groups, mounts: mounts) {
      var parts = group.split(separator: "/")
      while true {
        let place = ([root + folder] + parts.map(String.init)).joined(separator: "/")
        if let quota = isUnified ? unified(place) : divided(place) { least = min(least ?? quota, quota) }
        if parts.popLast() == nil { break }
      }
    }
    return least
  }

  /// Returns where the groups that limit processors are mounted, and the process's group below each mount.
  static func folders(groups: String, mounts: String) -> [(mount: String, group: String, isUnified: Bool)] {
    var found: [(mount: String, group: String, isUnified: Bool)] = []
    for line in groups.split(separator: "\n") {
      // A line has the form "hierarchy:controllers:path"; version 2 has no controllers.
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let isUnified = parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("cpu") else { continue }
      for mount in mounts.split(separator: "\n") {
        // The fields are numbers, root and place of the mount, …, "-", type, source, options.
        let fields = mount.split(separator: " ")
        guard fields.count > 4, let dash = fields.firstIndex(of: "-"), fields.count > dash + 3 else { continue }
        let isRight =
          isUnified
          ? fields[dash + 1] == "cgroup2"
          : fields[dash + 1] == "cgroup" && fields[dash + 3].split(separator: ",").contains("cpu")
        guard isRight else { continue }
        // In a container the mount's root may be the group itself.
        let (path, root) = (String(parts[2]), String(fields[3]))
        let isBelow = root == "/" || path == root || path.hasPrefix(root + "/")
        let below = root == "/" ? path : isBelow ? String(path.dropFirst(root.count)) : ""
        found.append((String(fields[4]), below, isUnified))
      }
    }
    return found
  }

  /// Reads `cpu.max`, which has "quota period" or "max period", in microseconds.
  private static func unified(_ folder: String) -> Double? {
    guard let parts = text(folder + "/cpu.max")?.split(whereSeparator: \.isWhitespace), parts.count == 2 else {
      return nil
    }
    return ratio(Double(parts[0]), Double(parts[1]))
  }

  /// Reads the two files of version 1; a quota of −1 is none.
  private static func divided(_ folder: String) -> Double? {
    func number(_ name: String) -> Double? {
      text(folder + "/" + name).flatMap { Double($0.filter { !$0.isWhitespace }) }
    }
    return ratio(number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"))
  }

  private static func ratio(_ quota: Double?, _ period: Double?) -> Double? {
    guard let quota, let period, quota > 0, period > 0, (quota / period).isFinite else { return nil }
    return quota / period
  }

  /// Returns the beginning of a small file; nil where it cannot be read.
  private static func text(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + count, $0.count - count) }
      if got <= 0 { break }
      count += got
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
