import Foundation
import Testing

/// The commands that write pages: explore and report.
@Suite struct PageTests {
  private let aetool: Program

  init() throws {
    aetool = try Program()
    for (name, latent) in [("deep", "3"), ("<b>&\"x\"", "2")] {
      let result = try aetool(
        "train", "--data", "digits:60", "--hidden", "8", "--latent", latent, "--epochs", "1", "--model",
        "\(name).safetensors", "--log", "\(name).jsonl")
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  private func text(_ name: String) throws -> String { String(decoding: try aetool.contents(name), as: UTF8.self) }

  @Test func theSameCommandWritesTheSameBytes() throws {
    for name in ["a.html", "b.html"] {
      let words = ["--model", "deep.safetensors", "--data", "digits:30:2", "--out"]
      #expect(try aetool.run(Program.path, ["explore"] + words + [name]).status == 0)
      #expect(try aetool.run(Program.path, ["report"] + words + ["r" + name]).status == 0)
    }
    #expect(try aetool.contents("a.html") == aetool.contents("b.html"))
    #expect(try aetool.contents("ra.html") == aetool.contents("rb.html"))
    for name in ["a.html", "ra.html"] { #expect(try text(name).hasPrefix("<!DOCTYPE html>")) }
  }

  @Test func aNameIsNoMarkup() throws {
    let models = ["--model", "deep.safetensors", "--model", "<b>&\"x\".safetensors", "--data", "digits:30:2"]
    for command in ["explore", "report"] {
      let result = try aetool.run(Program.path, [command] + models + ["--out", "p.html"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try text("p.html").contains("&lt;b&gt;&amp;&quot;x&quot;"))
      #expect(try !text("p.html").contains("<b>&"))
    }
  }

  @Test func reportSaysTheNumbersToo() throws {
    let result = try aetool(
      "report", "--model", "deep.safetensors", "--data", "digits:30:2", "--log", "deep.jsonl", "--out", "p.html",
      "--json")
    #expect(result.status == 0, "\(result.errors)")
    let list = try #require(try JSONSerialization.jsonObject(with: result.bytes) as? [[String: Any]])
    let numbers = try #require(list.first?["numbers"] as? [String: Any])
    #expect(numbers["samples"] as? Int == 30)
    #expect(try text("p.html").contains("loss over training"))
  }

  /// Every line is the whole standard error.
  @Test func whatCannotBeIsRefused() throws {
    let table = try aetool(
      "train", "--data", "moons:60", "--latent", "2", "--epochs", "1", "--model", "table.safetensors")
    #expect(table.status == 0)
    let deep = ["--model", "deep.safetensors"]
    let cases: [([String], Int32, String)] = [
      (
        ["explore"] + deep + ["--out", "p.txt"], 64, "--out p.txt: the page is HTML; let the name end in .html"
      ),
      (
        ["explore"] + deep + ["--out", "p.html"], 64,
        "--model deep.safetensors: the codes of the variant 'deep' have no known range; give --data"
      ),
      (
        ["explore"] + deep + ["--labels", "l.npy", "--out", "p.html"], 64, "--labels: of which --data?"
      ),
      (
        ["explore"] + deep + ["--model", "table.safetensors", "--data", "digits:30", "--out", "p.html"], 64,
        "--model table.safetensors: its samples have the shape [2], those of deep.safetensors [28, 28]; one page is for "
          + "samples of one shape"
      ),
      (
        ["report"] + deep + ["--data", "digits:30", "--log", "a", "--log", "b", "--out", "p.html"], 64,
        "--log: 2 for 1 --model; give one for each, in the same order"
      ),
    ]
    for (words, status, message) in cases {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == status, "\(words)")
      #expect(result.errors.contains(message), "\(result.errors)")
      #expect(!aetool.exists("p.html"))
    }
  }
}
