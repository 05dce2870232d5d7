// swift-tools-version:6.2
import PackageDescription

// `make fuzz` builds this with the sanitizer's flags. It is apart from the main package, which has no unsafe flags.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "aetool", path: "..")],
  targets: [
    .executableTarget(
      name: "fuzz-aez", dependencies: [.product(name: "Autoencoders", package: "aetool")], path: "Sources",
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
  ]
)
