import FuzzTargets

#if canImport(Glibc)
  import Glibc
#endif

// Usage: fuzz TARGET [options of libFuzzer] [folders of inputs]
//        fuzz TARGET damage COUNT FILE...   feeds the target with damaged copies of files
// Without a target it prints the list of them, each with the longest input.

/// libFuzzer's own loop. It is called from here, since libFuzzer's `main` gives way to the one of this file.
@_silgen_name("LLVMFuzzerRunDriver")
private func fuzz(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

private nonisolated(unsafe) var target = FuzzTarget.all[0]

guard CommandLine.arguments.count > 1 else {
  for target in FuzzTarget.all { print(target.name, target.longest) }
  exit(0)
}
guard let named = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] }) else {
  print("there is no target '\(CommandLine.arguments[1])'")
  exit(64)
}
target = named
if CommandLine.arguments.count > 4, CommandLine.arguments[2] == "damage", let flips = Int(CommandLine.arguments[3]) {
  for path in CommandLine.arguments[4...] {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    damage(named, content(of: path), flips: flips, name: name)
  }
  exit(0)
}
// libFuzzer must not see the name of the target among its arguments.
var arguments = CommandLine.unsafeArgv
arguments[1] = arguments[0]
var count = CommandLine.argc - 1
arguments += 1
exit(
  fuzz(&count, &arguments) { start, count in
    _ = target.accepts(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
  })
