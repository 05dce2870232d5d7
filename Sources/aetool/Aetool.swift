import ArgumentParser
import Autoencoders
import Files
import Linalg

/// The program: `aetool SUBCOMMAND [options]`.
struct Aetool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aetool",
    abstract: "Trains autoencoders on the CPU, encodes and decodes with them, and measures them.",
    discussion: """
      EXAMPLE
        aetool train --data digits:20000 --variant deep --latent 16 --model digits.safetensors
        aetool reconstruct --model digits.safetensors --data digits:40:2 --out seen.png
        aetool evaluate --model digits.safetensors --data digits:2000:2
      """,
    version: toolVersion,
    subcommands: [
      Train.self, Encode.self, Decode.self, Reconstruct.self, Evaluate.self, PCACompare.self, Compress.self,
      Decompress.self, RateDistortionCommand.self, Filters.self,
      Activations.self, VectorField.self, Sample.self, LatentGrid.self, Traverse.self, Interpolate.self,
      LatentScatter.self, Notes.self, Explore.self, Report.self, LossAblation.self, Curves.self, Info.self,
      GradientCheckCommand.self, Doctor.self,
    ])
}

@main
enum Main {
  static func main() {
    StandardStreams.openClosed()
    Crash.install()
    Interrupt.install()
    ReadingNotes.deliver { Console.note($0.printable()) }
    Scarcity.setHandlers { handlers in
      handlers.endWithoutMemory = { exitReporting(ProgramError(.noMemory, $0)) }
      handlers.noteFewerThreads = { Console.note($0) }
    }
    do {
      var command = try CommandWords.given.parsed()
      try command.run()
      Console.closeLine()
      try StandardOutput.finish()
    } catch {
      exitReporting(error)
    }
  }
}
