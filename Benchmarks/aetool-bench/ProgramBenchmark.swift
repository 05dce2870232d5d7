#if canImport(Glibc)
  import Glibc
#endif

/// Measures a command of the program from cold start: the wall-clock time and the peak memory of whole processes.
struct ProgramBenchmark: Encodable {
  let command: String
  let milliseconds: Double
  let peak_memory_mb: Double

  init(_ command: String, program: String, _ arguments: [String], runs: Int) throws {
    self.command = command
    // One run before is not counted; it brings the files into the system's cache.
    var results: [(seconds: Double, kilobytes: Int)] = []
    for run in 0...runs {
      let result = try Self.run(program, arguments)
      if run > 0 { results.append(result) }
    }
    milliseconds = median(results.map(\.seconds)) * 1e3
    peak_memory_mb = median(results.map { Double($0.kilobytes) }) / 1024
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> (seconds: Double, kilobytes: Int) {
    var words = ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { for word in unsafe words { unsafe free(word) } }
    var files = posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&files)
    defer { unsafe posix_spawn_file_actions_destroy(&files) }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      unsafe posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_WRONLY, 0)
    }
    var usage = rusage()
    var status: Int32 = 0
    var failure: Int32 = 0
    let spent = seconds {
      var process = pid_t()
      failure = unsafe posix_spawn(&process, program, &files, nil, &words, environ)
      if failure == 0 { unsafe wait4(process, &status, 0, &usage) }
    }
    guard failure == 0, status == 0 else {
      throw BenchmarkError(
        description: "\(program) \(arguments.joined(separator: " ")): failed (\(failure), \(status))")
    }
    return (spent, usage.ru_maxrss)
  }
}

struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
}
