#if canImport(Glibc)
  import Glibc
#endif

/// What kind of content a file has, told by its first bytes, and where these say nothing by its name.
public struct FileKind: Equatable, Sendable, CustomStringConvertible {
  /// The kind with an article, as in "an NPY array".
  public let description: String
  private let endings: [String]

  public static let npy = FileKind("an NPY array", ".npy")
  public static let csv = FileKind("a CSV table", ".csv")
  public static let png = FileKind("a PNG picture", ".png")
  public static let gif = FileKind("a GIF picture", ".gif")
  public static let svg = FileKind("an SVG picture", ".svg")
  public static let model = FileKind("a model", ".safetensors")
  public static let aez = FileKind("compressed data", ".aez")
  public static let log = FileKind("a log of epochs", ".jsonl", ".log", ".ndjson")
  public static let json = FileKind("JSON", ".json")
  public static let html = FileKind("an HTML page", ".html", ".htm")

  /// The kinds that the program writes.
  private static let written = [npy, csv, png, gif, svg, model, aez, log, json, html]

  private init(_ description: String, _ endings: String...) {
    (self.description, self.endings) = (description, endings)
  }

  /// What a path holds.
  public enum Found: Equatable, Sendable {
    /// There is no file, or an empty one, or something that is no file.
    case nothing
    case kind(FileKind)
    /// A file whose first bytes and name say nothing.
    case unknown
  }

  /// Returns what the file `path` holds.
  public static func found(at path: String) -> Found {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      return .nothing
    }
    let descriptor = Descriptor.open(path, O_RDONLY | O_NONBLOCK)
    var start: [UInt8] = []
    if descriptor >= 0 {
      start = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        count = unsafe max(0, read(descriptor, buffer.baseAddress!, buffer.count))
      }
      _ = Descriptor.close(descriptor)
    }
    if let kind = of(start) { return .kind(kind) }
    let name = path.lowercased()
    let named = written.first { $0.endings.contains { name.hasSuffix($0) } }
    return named.map { .kind($0) } ?? .unknown
  }

  /// Returns the kind of content that starts like this; nil where that cannot be told.
  static func of(_ start: [UInt8]) -> FileKind? {
    func begins(_ bytes: [UInt8], at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: bytes) }
    for (bytes, kind) in signatures where begins(bytes) { return kind }
    if begins(Array("RIFF".utf8)) && begins(Array("WEBP".utf8), at: 8) { return FileKind("a WebP picture") }
    // The length of the header of a model file is below 2³², so four of its eight bytes are 0.
    if begins([0, 0, 0, 0, UInt8(ascii: "{")], at: 4) { return .model }
    if begins([0, 0, 8]) && start.count > 3 && 1...5 ~= start[3] { return FileKind("an IDX array") }
    let text = String(decoding: start.prefix { $0 != 0 }, as: UTF8.self)
    return start.contains(0) ? nil : of(text: text)
  }

  private static let signatures: [([UInt8], FileKind)] = [
    ([0x93] + Array("NUMPY".utf8), .npy),
    ([0x89] + Array("PNG".utf8), .png),
    (Array("GIF8".utf8), .gif),
    ([0x89] + Array("AEZ".utf8), .aez),
    (Array("PK".utf8) + [3, 4], FileKind("a ZIP or NPZ archive")),
    ([0x1F, 0x8B], FileKind("gzipped data")),
    ([0xFF, 0xD8, 0xFF], FileKind("a JPEG picture")),
    (Array("%PDF".utf8), FileKind("a PDF document")),
    ([0x7F] + Array("ELF".utf8), FileKind("a program")),
    (Array("#!".utf8), FileKind("a script")),
  ]

  private static func of(text: String) -> FileKind? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).prefix(2)
    guard let first = lines.first.map({ $0.drop { $0 == " " || $0 == "\t" } }) else { return nil }
    if first.lowercased().hasPrefix("<!doctype html") || first.lowercased().hasPrefix("<html") { return .html }
    if first.hasPrefix("<svg") || first.hasPrefix("<?xml") && text.contains("<svg") { return .svg }
    if first.hasPrefix("{") { return first.contains("\"epoch\":") ? .log : .json }
    if first.hasPrefix("[") { return .json }
    // A table has numbers between commas in its first line, or in its second one under names.
    let isTable = lines.contains { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = fields.count { field in
        Double(field.filter { $0 != "\"" && $0 != " " && $0 != "\r" && $0 != "\t" }) != nil
      }
      return 2 * numbers >= fields.count && numbers > 0
    }
    return isTable ? .csv : nil
  }
}
