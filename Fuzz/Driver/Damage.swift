import FuzzTargets

#if canImport(Glibc)
  import Glibc
#endif

/// Feeds a target with a file that is cut at every length, and with `flips` copies in which one to four random bits are
/// turned around; prints what became of them. A reader that breaks its promise stops the program.
func damage(_ target: FuzzTarget, _ bytes: [UInt8], flips: Int, name: String) {
  var (accepted, refused, slowest) = (0, 0, 0.0)
  func feed(_ damaged: [UInt8]) {
    let start = seconds()
    if target.accepts(damaged) { accepted += 1 } else { refused += 1 }
    slowest = max(slowest, seconds() - start)
  }
  for length in bytes.indices { feed(Array(bytes[..<length])) }
  // The numbers are those of a linear congruential generator, so that every run tries the same damage.
  var state: UInt64 = 1
  func draw(below limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
  for _ in 0..<flips {
    var damaged = bytes
    for _ in 0...draw(below: 4) {
      let bit = draw(below: 8 * bytes.count)
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
    }
    feed(damaged)
  }
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  let milliseconds = Int((slowest * 1000).rounded(.up))
  print(
    "\(target.name)/\(name): \(bytes.count) truncations, \(flips) with bits turned; \(accepted) accepted, "
      + "\(refused) refused, the slowest \(milliseconds) ms, at most \(usage.ru_maxrss / 1024) MB")
}

private func seconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}

/// Returns the content of a file, or ends the program.
func content(of path: String) -> [UInt8] {
  guard let file = fopen(path, "rb") else {
    print("\(path): cannot be read")
    exit(66)
  }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var block = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let got = fread(&block, 1, block.count, file)
    if got == 0 { return bytes }
    bytes += block[..<got]
  }
}
