// swift-tools-version:6.2
import PackageDescription

// A package outside aetool names it by its address instead: .package(url: "…/aetool", from: "0.1.0").
let package = Package(
  name: "train-and-resume",
  dependencies: [.package(name: "aetool", path: "../..")],
  targets: [
    .executableTarget(
      name: "train-and-resume", dependencies: [.product(name: "Autoencoders", package: "aetool")], path: "Sources")
  ]
)
