/// Whether a claim was seen in the numbers, and what the numbers say.
public struct Verdict: Sendable, Equatable, Codable {
  public var isSeen: Bool
  public var text: String

  public init(isSeen: Bool, text: String) {
    self.isSeen = isSeen
    self.text = text
  }
}
