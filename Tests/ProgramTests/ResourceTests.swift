import Foundation
import Testing

/// What the system does not give, memory or threads, ends in a result all the same or in one line and status 71.
@Suite struct ResourceTests {
  private static let training = [
    "train", "--data", "digits:200:1", "--hidden", "32", "--latent", "4", "--epochs", "1", "--threads", "2", "--model",
    "m.safetensors",
  ]

  /// Runs a command of the shell in which "$@" is the program with `arguments`.
  private func shell(_ script: String, _ aetool: Program, _ arguments: [String]) throws -> Program.Result {
    try aetool.run("/bin/sh", ["-c", script, "sh", Program.path] + arguments)
  }

  /// OpenBLAS asks for ever for memory that it does not get, so without a look at the limit the program never ended. It
  /// wants 128 MB for each thread.
  @Test(arguments: [100, 200, 300, 400, 700, 2000])
  func aLimitOnAddressSpaceEndsInAResultOrOneLine(megabytes: Int) throws {
    let aetool = try Program()
    let free = try aetool.run(Program.path, Self.training)
    #expect(free.status == 0)
    let model = try aetool.contents("m.safetensors")
    let limited = try shell("ulimit -v \(megabytes * 1024); exec timeout 60 \"$@\"", aetool, Self.training)
    if limited.status == 0 {
      #expect(try aetool.contents("m.safetensors") == model, "fewer threads gave another model")
    } else {
      #expect(limited.status == 71, "\(limited.errors)")
      #expect(limited.errors.split(separator: "\n").count == 1 && limited.errors.hasPrefix("error: "))
    }
    #expect(megabytes < 700 || limited.status == 0, "\(limited.errors)")
  }

  @Test func oneThreadIsEnough() throws {
    let aetool = try Program()
    let limited = try shell("ulimit -v 300000; exec timeout 60 \"$@\"", aetool, Self.training)
    #expect(limited.status == 0, "\(limited.errors)")
    let processors = try json(try aetool("doctor", "--json"))["processors"] as? Int
    #expect(processors == 1 || limited.errors.hasPrefix("note: computing on 1 thread instead of 2: there is no memory"))
  }

  /// The sizes are those of 10 samples with 200,000 features, of which SVD, SOAP and K-FAC want hundreds of gigabytes.
  @Test(arguments: [
    ["--variant", "pca", "--latent", "3", "--solver", "svd"],
    ["--variant", "pca", "--latent", "0.9", "--solver", "gram"],
    ["--hidden", "16", "--latent", "4", "--epochs", "1", "--optimizer", "soap"],
    ["--hidden", "16", "--latent", "4", "--epochs", "1", "--optimizer", "kfac"],
  ])
  func memoryThatThereIsNotIsRefusedBeforeTheWork(options: [String]) throws {
    let aetool = try Program()
    let row = Data((0..<200_000).map { "\($0 % 7)" }.joined(separator: ",").utf8) + Data("\n".utf8)
    try (0..<10).reduce(into: Data()) { data, _ in data += row }.write(
      to: aetool.folder.appendingPathComponent("wide.csv"))
    let result = try aetool.run(
      Program.path, ["train", "--data", "wide.csv", "--scaling", "none", "--model", "m.safetensors"] + options)
    #expect(result.status == 71, "\(result.errors)")
    let line = try #require(result.errors.split(separator: "\n").last)
    #expect(line.hasPrefix("error: ") && line.contains("of memory, but the limit is"), "\(line)")
    #expect(!aetool.exists("m.safetensors"))
  }

  @Test(arguments: [
    ["--hidden", "1000000000"], ["--latent", "1000000000"], ["--batch", "1000000000"],
    ["--hidden", "16777216", "--latent", "16777216"],
  ])
  func sizesThatCannotBeMeantAreRefused(options: [String]) throws {
    let aetool = try Program()
    let result = try aetool.run(
      Program.path, ["train", "--data", "digits:20", "--epochs", "1", "--model", "m.safetensors"] + options)
    #expect(result.status == 64 || result.status == 71, "\(result.status)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  /// The limit on processes does not hold for root, who becomes another user for this.
  @Test func withoutMoreThreadsOneThreadComputes() throws {
    let aetool = try Program()
    _ = try aetool.run(Program.path, Self.training)
    let model = try aetool.contents("m.safetensors")
    let isRoot = getuid() == 0
    if isRoot {
      try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: aetool.folder.path)
      try FileManager.default.removeItem(atPath: aetool.path("m.safetensors"))
      // The other user may not see the folder of the build.
      try FileManager.default.copyItem(atPath: Program.path, toPath: aetool.path("aetool"))
    }
    let program = isRoot ? "./aetool" : "\"$1\""
    let become = isRoot ? "setpriv --reuid=65534 --clear-groups " : ""
    let limited = try shell(
      "program=\(program); shift; exec \(become)sh -c 'ulimit -u 1; exec \"$@\"' sh \"$program\" \"$@\"", aetool,
      Self.training)
    #expect(limited.status == 0, "\(limited.errors)")
    #expect(try aetool.contents("m.safetensors") == model)
  }

  @Test func moreThreadsThanProcessorsGiveTheSameModel() throws {
    let aetool = try Program()
    #expect(try aetool.run(Program.path, Self.training).status == 0)
    let model = try aetool.contents("m.safetensors")
    let many = Self.training.map { $0 == "2" ? "256" : $0 }
    #expect(try aetool.run(Program.path, many).status == 0)
    #expect(try aetool.contents("m.safetensors") == model)
  }

  @Test func theAffinityMaskSetsTheDefaultOfThreads() throws {
    let aetool = try Program()
    let result = try shell(
      "exec taskset -c \"$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')\" \"$@\"", aetool, ["doctor", "--json"])
    #expect(try json(result)["processors"] as? Int == 1)
  }
}
