// swift-tools-version:6.2
import PackageDescription

// Built by `make fuzz` with the sanitizer's flags; apart from the package, which stays without unsafe ones.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "aetool", path: "..")],
  targets: [
    .executableTarget(
      name: "fuzz-aez", dependencies: [.product(name: "Autoencoders", package: "aetool")], path: "Sources",
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
  ]
)
