import Foundation
import Testing

@testable import Linalg

@Suite struct ProcessorTests {
  /// Makes the files of a control group below a folder, as the kernel shows them, and returns the folder.
  private func system(groups: String, mounts: String, _ files: [String: String]) throws -> String {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("groups-\(UUID().uuidString)")
    for (path, text) in files.merging(
      ["proc/self/cgroup": groups, "proc/self/mountinfo": mounts], uniquingKeysWith: { $1 })
    {
      let url = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return root.path
  }

  @Test func quotaOfVersionTwoIsTheLeastOfAllGroupsAround() throws {
    let root = try system(
      groups: "0::/jobs/mine\n", mounts: "30 20 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw\n",
      [
        "sys/fs/cgroup/jobs/cpu.max": "150000 100000\n", "sys/fs/cgroup/jobs/mine/cpu.max": "max 100000\n",
      ])
    defer { try? FileManager.default.removeItem(atPath: root) }
    #expect(ControlGroups.processorQuota(root: root) == 1.5)
  }

  @Test func quotaOfVersionOneIsReadBelowTheMountsRoot() throws {
    // Docker shows the container's group as the root of the mount.
    let root = try system(
      groups: "4:cpu,cpuacct:/docker/abc\n3:memory:/docker/abc\n",
      mounts: "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n",
      [
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
      ])
    defer { try? FileManager.default.removeItem(atPath: root) }
    #expect(ControlGroups.processorQuota(root: root) == 0.5)
  }

  @Test(arguments: ["-1\n", "nonsense", "0\n"])
  func whatIsNoQuotaLimitsNothing(quota: String) throws {
    let root = try system(
      groups: "4:cpu:/\n", mounts: "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n",
      ["sys/fs/cgroup/cpu/cpu.cfs_quota_us": quota, "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n"])
    defer { try? FileManager.default.removeItem(atPath: root) }
    #expect(ControlGroups.processorQuota(root: root) == nil)
  }

  @Test func poolsHaveAsManyThreadsAsThereAreProcessors() {
    #expect(availableProcessors >= 1)
    #expect(WorkerPool().threads == availableProcessors)
  }

  /// A large buffer is mapped, a small one comes from the heap; both hold zeros and can be written to their ends.
  @Test(arguments: [0, 1, 1000, 1 << 19, 1 << 19 + 1, 3_000_001])
  func buffersHoldZeros(count: Int) {
    let buffer = Buffer<Float>(count: count)
    #expect(buffer.values.allSatisfy { $0 == 0 })
    buffer.values = [Float](repeating: 1, count: count)
    #expect(buffer.values.reduce(0, +) == Float(count))
  }
}
