import Linalg

/// What a codec did to some samples at one setting: the bytes of real files against the error.
public struct RateDistortionPoint: Sendable, Equatable {
  public let codec: String
  /// The setting of the codec, as in "quality 30".
  public let setting: String
  /// The number of bytes of all files, with everything in them.
  public let bytes: Int
  public let samples: Int
  /// The number of numbers per sample.
  public let values: Int
  /// The number of pixels per sample, each of one or three numbers.
  public let pixels: Int
  /// Σ (x̂ − x)² over a sample's numbers, mean over samples, in units in which the largest value is 1.
  public let squaredError: Double
  public let encodeSeconds: Double
  public let decodeSeconds: Double

  public init(
    codec: String, setting: String, bytes: Int, samples: Int, values: Int, pixels: Int, squaredError: Double,
    encodeSeconds: Double, decodeSeconds: Double
  ) {
    precondition(
      samples > 0 && values > 0 && pixels > 0 && bytes >= 0 && squaredError >= 0,
      "RateDistortionPoint: \(bytes) bytes for \(samples) samples of \(values), squared error \(squaredError)")
    self.codec = codec
    self.setting = setting
    self.bytes = bytes
    self.samples = samples
    self.values = values
    self.pixels = pixels
    self.squaredError = squaredError
    self.encodeSeconds = encodeSeconds
    self.decodeSeconds = decodeSeconds
  }

  public var bytesPerSample: Double { Double(bytes) / Double(samples) }
  public var bitsPerPixel: Double { 8 * bytesPerSample / Double(pixels) }

  /// −10 log₁₀ of the mean squared error over all numbers, in dB, for a peak of 1; nil where there is no error.
  public var psnr: Double? { squaredError > 0 ? -10 * Double.log(squaredError / Double(values)) / Double.log(10) : nil }
}
