import ArgumentParser
import Autoencoders
import Figures
import Files
import Linalg

/// The options for the output of a command whose picture may also be an animation.
struct AnimationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where to write the picture (.png), or the animation (.gif).", valueName: "file"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "How long an animation shows each picture, in hundredths of a second; 10 by default.", valueName: "n"),
    transform: whole(2...1000))
  var delay: Int?

  @OptionGroup var overwriting: OverwriteOptions

  func validate() throws {
    if !isAnimation && !out.lowercased().hasSuffix(".png") {
      throw ValidationError("--out \(out): let the name end in .png for a picture, in .gif for an animation")
    }
    if let delay, !isAnimation {
      throw ValidationError("--delay \(delay): is for animations, whose names end in .gif")
    }
  }

  var isAnimation: Bool { out.lowercased().hasSuffix(".gif") }

  /// Checks what `command` writes before it begins, with `files` that it reads. Returns the files beside a picture, or
  /// nil for an animation, which is alone.
  func check(_ files: FileRoles, for command: String) throws -> SideFiles? {
    var files = files
    if isAnimation {
      files.writes("--out", out, .gif)
      try files.check(force: overwriting.force)
      return nil
    }
    let beside = SideFiles(command: command, picture: out)
    beside.add(to: &files)
    try files.check(force: overwriting.force)
    try beside.check(force: overwriting.force)
    return beside
  }

  /// Writes an animation that runs through the frames forward and back, over and over; each is a grid of images of
  /// `shape`.
  func writeAnimation(_ frames: [Matrix<Float>], shape: [Int], columns: Int) throws {
    let image = ImageShape(shape)!
    let grid = ImageGrid(
      height: image.height, width: image.width, channels: image.channels, columns: min(columns, frames[0].rows))
    let back = frames.dropFirst().dropLast().reversed()
    let bytes: [UInt8]
    do {
      bytes = try grid.gif((frames + back).map(\.values), delay: delay ?? 10)
    } catch {
      throw ProgramError(.usage, "--out \(out): \(error); choose fewer images")
    }
    try AtomicFile.write(bytes, to: out)
  }
}

/// Refuses models whose samples cannot be drawn.
func checkImages(of model: Model) throws {
  if ImageShape(model.inputShape) == nil {
    throw ProgramError(.usage, "--model: its samples, of shape \(model.inputShape), are no images")
  }
}

extension Matrix where S == Float {
  /// Returns the rows `indices` in that order.
  func rows(_ indices: [Int]) -> Matrix {
    Matrix(rows: indices.count, columns: columns, values: indices.flatMap { rows($0..<$0 + 1).values })
  }
}
