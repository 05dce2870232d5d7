import ArgumentParser
import Autoencoders

/// The options that say how principal components are computed.
struct FitOptions: ParsableArguments {
  @Option(help: "How principal components are computed; auto chooses by the data's size.")
  var solver: PCA.Solver = .auto

  @Option(
    help: ArgumentHelp(
      "Memory for data, as in 256M or 2G: larger NPY and IDX files are read in chunks (pca).", valueName: "size"),
    transform: parseMemory)
  var memory: Int = .max
}

/// The code's size as the user gives it: a number, a share of the variance, or `mle`, Minka's choice.
enum CodeSize: ExpressibleByArgument, Equatable, CustomStringConvertible {
  case count(Int)
  case share(Double)
  case mle

  init?(argument: String) {
    if let count = Int(argument), 1...mostUnits ~= count {
      self = .count(count)
    } else if let share = Double(argument), share > 0, share < 1 {
      self = .share(share)
    } else if argument.lowercased() == "mle" {
      self = .mle
    } else {
      return nil
    }
  }

  var description: String {
    switch self {
    case .count(let count): "\(count)"
    case .share(let share): "\(share)"
    case .mle: "mle"
    }
  }

  /// The size as the fit of principal components takes it.
  var componentCount: PCA.Size {
    switch self {
    case .count(let count): .components(count)
    case .share(let share): .share(share)
    case .mle: .minka
    }
  }

  /// Returns the size for a network. A share and `mle` are errors, since the data do not size a network.
  func units(of variant: String) throws -> Int {
    guard case .count(let count) = self else {
      throw ValidationError(
        "--latent \(self): the variant '\(variant)' needs a whole number; shares and mle are for pca")
    }
    return count
  }
}

/// Reads text like "256M" as a number of bytes.
func parseMemory(_ text: String) throws -> Int {
  let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
  let shift = text.uppercased().last.flatMap { units[$0] }
  guard let number = Int(shift == nil ? text : String(text.dropLast())), number > 0, number < 1 << 32 else {
    throw ValidationError("expected a size in bytes, as in 256M or 2G")
  }
  return number << (shift ?? 0)
}

/// Reads text like "512,256" as sizes.
func parseSizes(_ text: String) throws -> [Int] {
  let parts = text.split(separator: ",", omittingEmptySubsequences: false)
  let sizes = parts.compactMap { Int($0) }
  if sizes.count != parts.count || !sizes.allSatisfy((1...mostUnits).contains) {
    throw ValidationError("expected numbers from 1 to \(mostUnits), separated by commas, as in 512,256")
  }
  return sizes
}
