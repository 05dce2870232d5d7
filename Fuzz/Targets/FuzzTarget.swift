/// A reader, and what must hold for any bytes that it is fed with: it either refuses them by an error, or what it
/// reads, written and read again, is the same.
///
/// `make fuzz` lets libFuzzer make the bytes up; the tests feed the corpus through the same code.
public struct FuzzTarget: Sendable {
  /// The name, which is also that of the folder of the corpus and of the dictionary.
  public let name: String
  /// The longest input that is worth trying, in bytes.
  public let longest: Int
  /// Returns whether the bytes are accepted; stops the program where a reader breaks its promise.
  public let accepts: @Sendable ([UInt8]) -> Bool

  /// THE list of targets.
  public static let all: [FuzzTarget] = [
    FuzzTarget(name: "idx", longest: 512, accepts: readData),
    FuzzTarget(name: "npy", longest: 1024, accepts: readData),
    FuzzTarget(name: "npz", longest: 2048, accepts: readData),
    FuzzTarget(name: "csv", longest: 512, accepts: readData),
    FuzzTarget(name: "gzip", longest: 1024, accepts: readGzip),
    FuzzTarget(name: "argument", longest: 128, accepts: readArgument),
    FuzzTarget(name: "safetensors", longest: 2048, accepts: readSafetensors),
    FuzzTarget(name: "model", longest: 8192, accepts: readModel),
    FuzzTarget(name: "checkpoint", longest: 16384, accepts: readCheckpoint),
    FuzzTarget(name: "layers", longest: 256, accepts: readLayers),
    FuzzTarget(name: "aez", longest: 4096, accepts: readAEZ),
  ]
}
