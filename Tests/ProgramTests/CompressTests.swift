import Foundation
import Testing

/// The commands compress, decompress and info as a user meets them.
@Suite struct CompressTests {
  func compressed(_ aetool: Program, _ more: String...) throws {
    _ = try aetool.trainSmall()
    let result = try aetool.run(
      Program.path,
      ["compress", "--model", "m.safetensors", "--data", "digits:50:2", "--out", "x.aez", "--chunk", "20"] + more)
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func thereAndBack() throws {
    let aetool = try Program()
    try compressed(aetool)
    #expect(try aetool("decompress", "--model", "m.safetensors", "--data", "x.aez", "--out", "all.csv").status == 0)
    let part = try aetool(
      "decompress", "--model", "m.safetensors", "--data", "x.aez", "--out", "part.csv", "--samples", "15..<25")
    #expect(part.status == 0, "\(part.errors)")
    let all = String(decoding: try aetool.contents("all.csv"), as: UTF8.self).split(separator: "\n")
    let some = String(decoding: try aetool.contents("part.csv"), as: UTF8.self).split(separator: "\n")
    #expect(all.count == 50 && Array(all[15..<25]) == some)
    #expect(
      try aetool("decompress", "--model", "m.safetensors", "--data", "x.aez", "--out", "x.png").status == 0
        && aetool.exists("x.png"))
    let info = try json(aetool("info", "x.aez", "--json"))
    #expect(info["samples"] as? Int == 50 && info["chunks"] as? Int == 3 && info["model"] as? String == "m.safetensors")
    #expect(try aetool("info", "x.aez").output.contains("chunks       3 of 20 samples"))
  }

  @Test func aFileWithItsModelStandsAlone() throws {
    let aetool = try Program()
    try compressed(aetool, "--embed-model", "--max-error", "3", "--verify")
    try FileManager.default.removeItem(atPath: aetool.path("m.safetensors"))
    #expect(try aetool("decompress", "--data", "x.aez", "--out", "x.npy").status == 0)
    let back = try aetool.contents("x.npy")
    #expect(back.count == 128 + 50 * 784 * 4)
    // Data that go through pipes come out the same.
    let bytes = try aetool.contents("x.aez")
    let piped = try aetool("decompress", "--data", "-", "--out", "-", input: bytes)
    #expect(piped.status == 0 && piped.bytes == back)
  }

  @Test func aDamagedChunkIsNamedAndLeftOut() throws {
    let aetool = try Program()
    try compressed(aetool, "--step", "0.2")
    var bytes = [UInt8](try aetool.contents("x.aez"))
    bytes[bytes.count - 3] ^= 4
    try Data(bytes).write(to: aetool.folder.appendingPathComponent("bad.aez"))
    let words = ["decompress", "--model", "m.safetensors", "--data", "bad.aez", "--out", "bad.csv"]
    let refused = try aetool.run(Program.path, words)
    #expect(refused.status == 65 && !aetool.exists("bad.csv"))
    #expect(refused.errors.contains("chunk 2 of 3 (samples 40..<50) is damaged: its checksum does not fit"))
    let kept = try aetool.run(Program.path, words + ["--keep-going"])
    #expect(kept.status == 65 && kept.errors.contains("1 of 3 chunks are damaged"))
    let rows = String(decoding: try aetool.contents("bad.csv"), as: UTF8.self).split(separator: "\n")
    #expect(rows.count == 50 && !rows[39].contains("nan") && rows[40].hasPrefix("nan,"))
    // The samples that are asked for are in chunks without damage.
    #expect(try aetool.run(Program.path, words + ["--samples", "0..<40"]).status == 0)
  }

  @Test func whatCannotBeIsToldInOneLine() throws {
    let aetool = try Program()
    try compressed(aetool)
    _ = try aetool("train", "--data", "digits:300:1", "--variant", "pca", "--latent", "8", "--model", "p.safetensors")
    let wrong = try aetool("decompress", "--model", "p.safetensors", "--data", "x.aez", "--out", "x.npy")
    #expect(wrong.status == 65 && wrong.errors.contains("was made with the model 'm.safetensors'"))
    let none = try aetool("decompress", "--data", "x.aez", "--out", "x.npy")
    #expect(none.status == 65 && none.errors.contains("holds no model"))
    try (try aetool.contents("x.aez")).prefix(200).write(to: aetool.folder.appendingPathComponent("cut.aez"))
    let cut = try aetool("decompress", "--model", "m.safetensors", "--data", "cut.aez", "--out", "x.npy")
    #expect(cut.status == 65 && cut.errors.contains("the file is cut or damaged"))
    func status(_ words: String...) throws -> Int32 {
      try aetool.run(
        Program.path, ["compress", "--model", "m.safetensors", "--data", "digits:9", "--out", "y.aez"] + words
      )
      .status
    }
    #expect(try status("--step", "0") == 64)
    #expect(try status("--step", "1", "--max-error", "2") == 64)
    #expect(try status("--max-error", "nan") == 64)
    #expect(try status("--bits-per-sample", "1") == 64)
    #expect(try status("--chunk", "0") == 64)
    #expect(
      try aetool("decompress", "--model", "m.safetensors", "--data", "x.aez", "--out", "y.npy", "--samples", "3..<51")
        .status == 64)
    #expect(
      try aetool("decompress", "--model", "m.safetensors", "--data", "x.aez", "--out", "y.npy", "--samples", "5..<5")
        .status == 64)
    #expect(try aetool("decompress", "--model", "m.safetensors", "--data", "none.aez", "--out", "y.npy").status == 66)
    #expect(!aetool.exists("x.npy") && !aetool.exists("y.npy") && !aetool.exists("y.aez"))
  }

  /// A reader that was written from docs/format-aez.md in another language gets the same codes, bit for bit.
  @Test(.enabled(if: PythonTests.python != nil, "no Python with numpy and safetensors"))
  func anotherProgramReadsIt() throws {
    let aetool = try Program()
    try compressed(aetool, "--max-error", "12")
    let python = PythonTests.python!
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("read_aez.py").path
    let read = try aetool.run(
      python, (python == "/usr/bin/env" ? ["python3"] : []) + [script, "x.aez", "codes.npy"])
    #expect(read.status == 0, "\(read.errors)")
    #expect(read.output.contains("\"bound\": 12.0"))
    // The second file has no residuals, so that decode alone makes its samples from the codes.
    _ = try aetool("compress", "--model", "m.safetensors", "--data", "digits:50:2", "--out", "y.aez", "--step", "0.3")
    _ = try aetool.run(python, (python == "/usr/bin/env" ? ["python3"] : []) + [script, "y.aez", "codes.npy"])
    _ = try aetool("decompress", "--model", "m.safetensors", "--data", "y.aez", "--out", "own.npy", "--codes")
    #expect(try aetool.contents("codes.npy") == aetool.contents("own.npy"))
    _ = try aetool("decode", "--model", "m.safetensors", "--data", "codes.npy", "--out", "decoded.npy")
    _ = try aetool("decompress", "--model", "m.safetensors", "--data", "y.aez", "--out", "back.npy")
    #expect(try aetool.contents("decoded.npy") == aetool.contents("back.npy"))
  }

  /// Under another kernel of OpenBLAS a code differs in its last bits, and so may a symbol that is written. But every
  /// kernel reads the same bits from a file, whichever kernel wrote it.
  @Test func allKernelsReadTheSameSymbols() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let kernels = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen"]
    func run(_ kernel: String, _ threads: Int, _ words: [String]) throws {
      let result = try aetool.run(
        "/usr/bin/env",
        ["OPENBLAS_CORETYPE=\(kernel)", Program.path] + words
          + ["--model", "m.safetensors", "--threads", "\(threads)"])
      #expect(result.status == 0, "\(kernel): \(result.errors)")
    }
    for writer in kernels {
      for threads in [1, 2, 4] {
        try run(writer, threads, ["compress", "--data", "digits:50:2", "--out", "x.aez", "--step", "0.2"])
        var (codes, samples) = (Data(), [Float]())
        for (reader, threads) in zip(kernels, [1, 2, 4, 1, 2]) {
          try run(reader, threads, ["decompress", "--data", "x.aez", "--out", "codes.npy", "--codes"])
          try run(reader, threads, ["decompress", "--data", "x.aez", "--out", "samples.npy"])
          let bytes = [UInt8](try aetool.contents("samples.npy").dropFirst(128))
          let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
          if samples.isEmpty { (codes, samples) = (try aetool.contents("codes.npy"), values) }
          #expect(try aetool.contents("codes.npy") == codes, "\(writer), \(threads) read by \(reader)")
          #expect(zip(values, samples).allSatisfy { abs($0 - $1) < 1e-5 }, "\(writer), \(threads) by \(reader)")
        }
      }
    }
  }
}
