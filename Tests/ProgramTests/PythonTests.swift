import Foundation
import Testing

/// Others can read the model file: the safetensors package does, and NumPy computes what our network computes.
@Suite struct PythonTests {
  /// A Python that has numpy and safetensors: the one that AETOOL_PYTHON names, or python3; nil where neither has them.
  static let python: String? = {
    let candidates = [ProcessInfo.processInfo.environment["AETOOL_PYTHON"], "/usr/bin/env"].compactMap { $0 }
    for candidate in candidates {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: candidate)
      process.arguments = (candidate == "/usr/bin/env" ? ["python3"] : []) + ["-c", "import numpy, safetensors.numpy"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { continue }
      process.waitUntilExit()
      if process.terminationStatus == 0 { return candidate }
    }
    return nil
  }()

  @Test(.enabled(if: python != nil, "no Python with numpy and safetensors"))
  func numpyReproducesEncode() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall("--activation", "elu")
    _ = try aetool("encode", "--model", "m.safetensors", "--data", "digits:30:4", "--out", "codes.npy")
    _ = try aetool("reconstruct", "--model", "m.safetensors", "--data", "digits:30:4", "--out", "x.npy")
    let script = """
      import json, numpy as np
      from safetensors import safe_open
      from safetensors.numpy import load_file
      w = load_file("m.safetensors")
      meta = json.loads(safe_open("m.safetensors", "numpy").metadata()["aetool"])
      assert meta["blueprint"]["encoder"][-1] == "dense:8" and meta["format_version"] == 3, meta
      x, codes = np.load("x.npy").reshape(30, 784), np.load("codes.npy")
      layer = lambda x, n: x @ w[n + ".weight"].T + w[n + ".bias"]
      elu = lambda z: np.where(z > 0, z, np.expm1(z))
      y = 1 / (1 + np.exp(-layer(elu(layer(codes, "decoder.0")), "decoder.1")))
      assert np.abs(y - x).max() < 1e-5, np.abs(y - x).max()
      np.save("y.npy", x)
      """
    try Data(script.utf8).write(to: aetool.folder.appendingPathComponent("check.py"))
    func python(_ file: String) throws -> Program.Result {
      try aetool.run(Self.python!, (Self.python! == "/usr/bin/env" ? ["python3"] : []) + [file])
    }
    let decoding = try python("check.py")
    #expect(decoding.status == 0, "\(decoding.errors)")
    // NumPy repeats the encoder too, on data that it wrote itself.
    _ = try aetool("encode", "--model", "m.safetensors", "--data", "y.npy", "--out", "again.npy")
    let encoder = """
      import numpy as np
      from safetensors.numpy import load_file
      w = load_file("m.safetensors")
      x, codes = np.load("y.npy"), np.load("again.npy")
      layer = lambda x, n: x @ w[n + ".weight"].T + w[n + ".bias"]
      z = layer(x, "encoder.0")
      c = layer(np.where(z > 0, z, np.expm1(z)), "encoder.1")
      assert np.abs(c - codes).max() < 1e-5 * max(1, np.abs(c).max()), np.abs(c - codes).max()
      """
    try Data(encoder.utf8).write(to: aetool.folder.appendingPathComponent("encoder.py"))
    let encoding = try python("encoder.py")
    #expect(encoding.status == 0, "\(encoding.errors)")
  }
}
