import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files

struct RateDistortionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate-distortion",
    abstract: "Holds codecs against one another: bytes of real files against error.",
    discussion: """
      Writes the samples of --data as files and reads them back: as JPEG, WebP and PNG, one file a sample, as one \
      montage, and JPEG with its tables shared. Counts all bytes, and takes the squared error per sample. Writes \
      rate-distortion.csv, .json and .svg into the folder --out, and for images same-bytes.png: the first samples, and \
      under them what each codec makes of them at nearly --bytes a sample. A --model codes as compress does; with --train \
      principal components do too (klt). Samples that are no images are coded by these alone; where they leave [0, 1] \
      errors are in units of each number's standard deviation. BD-rate: how many \
      per cent more bytes a codec takes than another for the same error, on average (Bjøntegaard 2001).

      EXAMPLE
        aetool rate-distortion --data digits:1000:2 --out rd
        aetool rate-distortion --data t10k-images-idx3-ubyte.gz --train train-images-idx3-ubyte.gz \
          --model m.safetensors --samples 2000 --bytes 15 --out rd --json
      """)

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp("Data to fit principal components on, which are then coded as well.", valueName: "file"))
  var train: String?

  @Option(
    name: .customLong("model"),
    help: ArgumentHelp("A trained model to code with; may be given again.", valueName: "file")
  )
  var models: [String] = []

  @Option(help: ArgumentHelp("Take the first n samples alone.", valueName: "n"), transform: whole(1...mostSamples))
  var samples: Int?

  @Option(
    help: ArgumentHelp("Bytes a sample in same-bytes.png.", valueName: "b"), transform: number(from: 1e-3, to: 1e9))
  var bytes = 18.0

  @Option(
    help: ArgumentHelp("The codec that the printed BD-rates are against; webp-montage by default.", valueName: "name"))
  var reference: String?

  @Option(help: ArgumentHelp("Folder for table and pictures; made where it is missing.", valueName: "folder"))
  var out: String

  @OptionGroup var picture: PictureOptions
  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions
  @OptionGroup var result: ResultOptions

  func run() throws {
    var files = FileRoles()
    files.reads(data)
    files.readsData("--train", train)
    for model in models { files.reads("--model", model) }
    let folder = OutputFolder(
      path: out, table: ("rate-distortion.csv", "codec,setting,"),
      names: [
        ("rate-distortion.csv", .csv), ("rate-distortion.json", .json), ("rate-distortion.svg", .svg),
        ("same-bytes.png", .png),
      ])
    folder.add(to: &files)
    try files.check(force: overwriting.force)
    try folder.check(force: overwriting.force)
    let all = try data.open()
    let test = samples.map { all.subset(0..<min($0, all.count)) } ?? all
    let image = ImageShape(test.shape)
    guard test.hasFractions || image == nil else {
      throw FileError(
        .malformed, test.source,
        "images with values from \(test.range.lowerBound) to \(test.range.upperBound); expected pixels, or numbers from 0 to 1"
      )
    }
    let codecs = try codecs(for: test, image)
    let reference = try referenceName(codecs.map(\.name))
    try makeFolder(out)
    let study = RateDistortionStudy(test, pixels: image.map { $0.width * $0.height } ?? test.featureCount)
    var curves: [[RateDistortionStudy.Measurement]] = []
    for codec in codecs {
      Console.say("\(codec.name): \(codec.ladder.count) \(codec.ladder.count == 1 ? "setting" : "settings")")
      curves.append(try study.curve(codec))
    }
    let pictured = try image.map { try drawSameBytes(study, codecs, curves, $0) } ?? []
    let report = RateDistortionReport(
      data: test.source, samples: test.count, shape: test.shape,
      curves: zip(codecs, curves).map { ($0.modelBytes, $1.map(\.point)) }, pictured: pictured,
      notes: image.map { ImageSampleCodec.notes($0, isPixels: test.isPixels) } ?? study.notes)
    try write(report)
    if result.json { return try Console.json(report) }
    report.table(reference: reference).forEach(Console.result)
    Console.say("\(out): tables and pictures; look at \(out)/rate-distortion.svg first")
  }

  private func codecs(for test: Dataset, _ image: ImageShape?) throws -> [any SampleCodec] {
    let learned = try learnedCodecs(models: models, train: train, threads: threads.threads)
    guard let image else {
      if learned.isEmpty {
        throw ProgramError(
          .usage, "\(test.source): samples of shape \(test.shape) are no images, so there is no codec without --model")
      }
      Console.say("\(test.source): samples of shape \(test.shape) are no images; JPEG, WebP and PNG are left out")
      return learned
    }
    let codecs = learned + ImageSampleCodec.all(image)
    if codecs.isEmpty {
      throw ProgramError(
        .usage,
        "\(test.source): images of \(image.width)×\(image.height) are too large for JPEG, WebP and PNG, which take 2²⁸ "
          + "pixels at most, so there is no codec without --model")
    }
    return codecs
  }

  private func referenceName(_ names: [String]) throws -> String {
    guard let reference else { return names.contains("webp-montage") ? "webp-montage" : names[0] }
    if names.contains(reference) { return reference }
    throw ProgramError(.usage, "--reference \(reference): expected one of \(names.joined(separator: ", "))")
  }

  /// Writes same-bytes.png and returns the points of its rows. Codecs that take at least twice `bytes` even at their
  /// smallest are left out.
  private func drawSameBytes(
    _ study: RateDistortionStudy, _ codecs: [any SampleCodec], _ curves: [[RateDistortionStudy.Measurement]],
    _ image: ImageShape
  ) throws -> [RateDistortionPoint] {
    let count = try picture.count(of: study.data.count, isPicture: true)
    var layers = [study.firstOriginals(count)]
    var pictured: [RateDistortionPoint] = []
    Console.say("same-bytes.png: the samples as they are, and under them")
    for (codec, curve) in zip(codecs, curves) {
      let least = curve[0].point.bytesPerSample
      if least >= 2 * bytes {
        Console.say("  not \(codec.name): takes at least \(least.formatted(1)) bytes")
        continue
      }
      let near = try study.nearest(codec, curve, bytes: bytes, count: count)
      layers.append(near.reconstruction)
      pictured.append(near.point)
      Console.say(
        "  \(codec.name), \(near.point.setting): \(near.point.bytesPerSample.formatted(1)) bytes, error "
          + near.point.squaredError.significant(4))
    }
    let labels = pictured.map { "\($0.codec)\n\($0.setting)\n\($0.bytesPerSample.formatted(1)) bytes" }
    try picture.write(layers, labels: ["original"] + labels, image, to: "\(out)/same-bytes.png")
    return pictured
  }

  private func write(_ report: RateDistortionReport) throws {
    func put(_ ending: String, _ text: String) throws {
      try AtomicFile.write(Array(text.utf8), to: "\(out)/rate-distortion.\(ending)")
    }
    try put("csv", report.csv)
    try put("json", try Console.text(ofJSON: report) + "\n")
    try put("svg", report.chart.svg(width: 820, height: 520))
  }
}
