#if canImport(Glibc)
  import Glibc
#endif

/// An output that appears whole or not at all: written into a temporary file beside its place, brought to the disk and
/// renamed by `commit`, removed if that never comes.
///
/// A file that is replaced passes on its mode and, where this process may do that, its owner; of a symbolic link the
/// file is replaced that it leads to. Standard output ("-"), devices and pipes are written to directly: there nothing
/// can be taken back.
public final class AtomicFile {
  private let path: String
  private let place: OutputPlace?
  private var temporary: TemporaryFile?
  /// The device or pipe that is written to directly; −1 where there is none.
  private var direct: Int32 = -1

  public init(_ path: String) throws(FileError) {
    self.path = path
    if path == "-" {
      place = nil
      return
    }
    let place = try OutputPlace(path)
    self.place = place
    if place.isDirect {
      direct = Descriptor.open(place.path, O_WRONLY)
      if direct < 0 { throw OutputPlace.cannotCreate(path, place.path, errno) }
    } else {
      temporary = try TemporaryFile(for: place, named: path)
    }
  }

  deinit { if direct >= 0 { _ = Descriptor.close(direct) } }

  public func write(_ bytes: [UInt8]) throws(FileError) {
    if path == "-" { return try StandardOutput.write(bytes) }
    let descriptor = temporary?.descriptor ?? direct
    let number = unsafe bytes.withUnsafeBytes { unsafe Descriptor.write($0, to: descriptor) }
    if number != 0 { throw FileError(.inputOutput, path, "writing failed: \(Descriptor.reason(number))") }
  }

  /// The numbers' bytes, little-endian.
  public func write(_ numbers: [Float]) throws(FileError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 4)
    appendLittleEndian(numbers, to: &bytes)
    try write(bytes)
  }

  /// Puts the file in its place; it is on the disk when this returns.
  public func commit() throws(FileError) {
    var number: Int32 = 0
    var trouble = "could not be put in place"
    if direct >= 0 {
      number = Descriptor.close(direct)
      direct = -1
    } else if let place, let temporary {
      number = temporary.rename(to: place)
      if temporary.isInPlace { trouble = "is in place, but may not be on the disk" }
      self.temporary = nil
    }
    if number != 0 { throw FileError(.inputOutput, path, "\(trouble): \(Descriptor.reason(number))") }
  }

  /// Writes a whole file.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write([(path, bytes)])
  }

  /// Writes several files that belong together: none is put in its place before all are written.
  public static func write(_ files: [(path: String, bytes: [UInt8])]) throws(FileError) {
    var open: [AtomicFile] = []
    for (path, bytes) in files {
      let file = try AtomicFile(path)
      try file.write(bytes)
      open.append(file)
    }
    for file in open { try file.commit() }
  }

  /// Finds out whether a file can be written at `path`, and changes nothing; a pipe is not opened.
  ///
  /// - Parameter inPlace: whether a file that is there is written itself, so that its folder does not matter.
  public static func check(_ path: String, inPlace: Bool = false) throws(FileError) {
    if path == "-" { return }
    let place = try OutputPlace(path)
    if !place.isDirect && !(inPlace && place.present != nil) { _ = try TemporaryFile(for: place, named: path) }
  }
}

package func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
