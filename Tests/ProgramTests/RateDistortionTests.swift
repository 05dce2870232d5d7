import Foundation
import Testing

@Suite struct RateDistortionProgramTests {
  struct Report: Decodable {
    struct Point: Decodable {
      let codec, setting: String
      let bytes, model_bytes: Int
      let bytes_per_sample, bits_per_pixel, squared_error_per_sample, encode_seconds, decode_seconds: Double
      let psnr_db: Double?
    }
    struct Rates: Decodable {
      struct Pair: Decodable {
        let codec, reference: String
        let percent, from_db, to_db: Double
      }
      let interpolation: String
      let pairs: [Pair]
    }
    struct Pictured: Decodable {
      let codec: String
      let bytes_per_sample: Double
    }
    let samples: Int
    let shape: [Int]
    let points: [Point]
    let bd_rate: Rates
    let same_bytes: [Pictured]
    let notes: [String]
  }

  static let names = ["jpeg", "jpeg-stripped", "jpeg-montage", "webp", "webp-montage", "png", "png-montage"]

  @Test func imageCodecsAreMeasured() throws {
    let aetool = try Program()
    let result = try aetool(
      "rate-distortion", "--data", "digits:300:1", "--samples", "200", "--out", "rd", "--bytes", "40", "--count", "6",
      "--columns", "3", "--json")
    #expect(result.status == 0, "\(result.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: aetool.path("rd")).sorted()
    #expect(files == ["rate-distortion.csv", "rate-distortion.json", "rate-distortion.svg", "same-bytes.png"])
    #expect(try aetool.files() == ["rd"])
    #expect(try aetool.contents("rd/rate-distortion.json") == result.bytes)
    let report = try JSONDecoder().decode(Report.self, from: result.bytes)
    #expect(report.samples == 200 && report.shape == [28, 28] && !report.notes.isEmpty)
    #expect(report.bd_rate.interpolation == "ln(bytes) over PSNR, piecewise cubic Hermite (PCHIP, Fritsch-Carlson)")
    let csv = String(decoding: try aetool.contents("rd/rate-distortion.csv"), as: UTF8.self).split(separator: "\n")
    #expect(csv.count == report.points.count + 1)
    #expect(
      csv[0] == "codec,setting,bytes,bytes_per_sample,bits_per_pixel,squared_error_per_sample,psnr_db,encode_seconds,"
        + "decode_seconds,model_bytes,best_without_model,samples_that_pay")
    for name in Self.names {
      let points = report.points.filter { $0.codec == name }
      #expect(name.hasPrefix("png") ? points.count == 1 : points.count >= 8)
      // Each point has no fewer bytes and no more error than the one before.
      for (one, next) in zip(points, points.dropFirst()) {
        #expect(one.bytes <= next.bytes && one.squared_error_per_sample >= next.squared_error_per_sample)
      }
      for point in points {
        #expect(point.bytes_per_sample == Double(point.bytes) / 200 && point.model_bytes == 0)
        #expect(abs(point.bits_per_pixel - point.bytes_per_sample * 8 / 784) < 1e-12)
        if let psnr = point.psnr_db { #expect(abs(point.squared_error_per_sample - 784 * pow(10, -psnr / 10)) < 1e-9) }
      }
    }
    // Sharing tables changes no pixel, and makes the files smaller.
    func points(_ name: String) -> [Report.Point] { report.points.filter { $0.codec == name } }
    for (file, short) in zip(points("jpeg"), points("jpeg-stripped")) {
      #expect(file.squared_error_per_sample == short.squared_error_per_sample && short.bytes < file.bytes)
    }
    let delta = try #require(report.bd_rate.pairs.first { $0.codec == "webp" && $0.reference == "webp-montage" })
    #expect(delta.percent > 50 && delta.from_db < delta.to_db)
    #expect(report.same_bytes.map(\.codec).contains("webp-montage") && !report.same_bytes.map(\.codec).contains("jpeg"))
    for row in report.same_bytes { #expect((20..<80).contains(row.bytes_per_sample)) }
  }

  /// PNG keeps drawn digits, which are bytes. Numbers from an NPY file are rounded, and the report says so.
  @Test func losslessIsWithoutErrorWherePixelsAreBytes() throws {
    let aetool = try Program()
    let table = try aetool("rate-distortion", "--data", "digits:20:1", "--out", "rd", "--reference", "jpeg-montage")
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output.split(separator: "\n").count { $0.hasPrefix("png") && $0.contains(" exact ") } == 2)
    #expect(table.output.contains("BD-rate against jpeg-montage; ln(bytes) over PSNR"))
    #expect(!table.output.contains("rounded to 8 bits"))
    let trained = try aetool.trainSmall()
    #expect(trained.status == 0)
    let seen = try aetool("reconstruct", "--model", "m.safetensors", "--data", "digits:9:2", "--out", "r.npy")
    #expect(seen.status == 0)
    let rounded = try aetool("rate-distortion", "--data", "r.npy", "--out", "rd")
    #expect(rounded.status == 0, "\(rounded.errors)")
    #expect(rounded.output.contains("rounded to 8 bits"))
  }

  @Test func whatCannotBeCodedIsNamed() throws {
    let aetool = try Program()
    func refused(_ status: Int32, _ words: String...) throws -> String {
      let result = try aetool.run(Program.path, ["rate-distortion"] + words)
      #expect(result.status == status, "\(words): \(result.errors)")
      return result.errors
    }
    try Data("1,0.2\n0.3,0.4\n0.5,0.7\n".utf8).write(to: aetool.folder.appendingPathComponent("t.csv"))
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 2), }"
    let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
    bytes += Array(padded.utf8)
    for value: Float in [0, 1, 2, 7] { bytes += withUnsafeBytes(of: value) { Array($0) } }
    try Data(bytes).write(to: aetool.folder.appendingPathComponent("images.npy"))
    try Data("1,2\n3,4\n5,7\n".utf8).write(to: aetool.folder.appendingPathComponent("large.csv"))
    #expect(
      try refused(64, "--data", "t.csv", "--out", "rd")
        == "error: t.csv: samples of shape [2] are no images, so there is no codec without --model\n")
    #expect(
      try refused(64, "--data", "large.csv", "--out", "rd")
        == "error: large.csv: samples of shape [2] are no images, so there is no codec without --model\n")
    #expect(
      try refused(65, "--data", "images.npy", "--out", "rd")
        == "error: images.npy: images with values from 0.0 to 7.0; expected pixels, or numbers from 0 to 1\n")
    #expect(
      try refused(64, "--data", "digits:9", "--out", "rd", "--reference", "gif")
        == "error: --reference gif: expected one of \(Self.names.joined(separator: ", "))\n")
    #expect(try refused(64, "--data", "digits:9", "--out", "rd", "--samples", "0").contains("--samples 0"))
    #expect(try refused(64, "--data", "digits:9", "--out", "rd", "--bytes", "0").contains("--bytes 0"))
    #expect(try refused(64, "--data", "digits:9").contains("--out"))
    #expect(try refused(66, "--data", "none", "--out", "rd").contains("none"))
    #expect(try refused(73, "--data", "digits:9", "--out", "t.csv").contains("t.csv"))
    #expect(try aetool.files() == ["images.npy", "large.csv", "t.csv"])
  }

  /// Models and principal components are measured on tables, whose values leave [0, 1], and on images beside the codecs
  /// of images.
  @Test func modelsAreHeldAgainstComponents() throws {
    let aetool = try Program()
    let rows = (0..<300).map { i in "\(i % 7 * 10),\(i % 7 * 5 + i % 3),\(i % 5 * 100),\(i % 5 + i % 7)" }
    try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: aetool.folder.appendingPathComponent("t.csv"))
    _ = try aetool(
      "train", "--data", "t.csv", "--hidden", "8", "--latent", "2", "--epochs", "3", "--model", "t.safetensors")
    let table = try json(
      aetool(
        "rate-distortion", "--data", "t.csv", "--train", "t.csv", "--model", "t.safetensors", "--out", "table", "--json"
      ))
    #expect(try curves(table).map(\.name) == ["t", "klt"])
    #expect((table["notes"] as? [String])?.first?.contains("standard deviation") == true)
    #expect(!aetool.exists("table/same-bytes.png"))
    _ = try aetool.trainSmall()
    let images = try json(
      aetool(
        "rate-distortion", "--data", "digits:200:2", "--train", "digits:300:1", "--model", "m.safetensors", "--model",
        "m.safetensors", "--out", "images", "--json"))
    let names = try curves(images).map(\.name)
    #expect(names.starts(with: ["m", "m#2", "klt"]) && names.contains("webp-montage"))
    // Finer steps cost more bytes and leave less error.
    let klt = try #require(try curves(images).first { $0.name == "klt" }).points
    #expect(zip(klt, klt.dropFirst()).allSatisfy { $0.bytes < $1.bytes && $0.error > $1.error }, "\(klt)")
    #expect(aetool.exists("images/same-bytes.png"))
  }

  private func curves(
    _ report: [String: Any]
  ) throws -> [(name: String, points: [(bytes: Double, error: Double)])] {
    let points = try #require(report["points"] as? [[String: Any]])
    var result: [(name: String, points: [(bytes: Double, error: Double)])] = []
    for point in points {
      let name = try #require(point["codec"] as? String)
      let pair = (
        bytes: try #require(point["bytes_per_sample"] as? Double),
        error: try #require(point["squared_error_per_sample"] as? Double)
      )
      if result.last?.name == name {
        result[result.count - 1].points.append(pair)
      } else {
        result.append((name, [pair]))
      }
    }
    return result
  }
}
