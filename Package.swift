// swift-tools-version:6.2
import PackageDescription

let strict: [SwiftSetting] = [.strictMemorySafety()]

// Only `make docs` needs the plugin that makes the pages; who depends on this package does not get it.
let documentation: [Package.Dependency] =
  Context.environment["AETOOL_DOCS"] == nil
  ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")]

// Only `make fuzz` builds the program that libFuzzer drives, since it needs code that tells libFuzzer where it has been.
let fuzzing: [Target] =
  Context.environment["AETOOL_FUZZ"] == nil
  ? [] : [.executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Driver")]

let package = Package(
  name: "aetool",
  products: [
    .library(name: "Autoencoders", targets: ["AEZ", "Autoencoders", "Datasets", "Files", "Linalg"]),
    .library(name: "Figures", targets: ["Figures"]),
    .executable(name: "aetool", targets: ["aetool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ] + documentation,
  targets: [
    .systemLibrary(
      name: "CBLASShim", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),
    .systemLibrary(name: "CZlibShim", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZipShim", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CPNGShim", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CGIFShim", providers: [.apt(["libgif-dev"])]),
    .systemLibrary(name: "CChecksumShim", providers: [.apt(["libisal-dev", "libssl-dev"])]),
    .systemLibrary(name: "CJPEGShim", pkgConfig: "libjpeg", providers: [.apt(["libjpeg62-turbo-dev"])]),
    .systemLibrary(name: "CWebPShim", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
    .target(name: "CImageCodecs", dependencies: ["CJPEGShim", "CPNGShim", "CWebPShim"]),
    .target(name: "CPUCheck"),
    .target(name: "Linalg", dependencies: ["CBLASShim"]),
    .target(name: "Files", dependencies: ["CChecksumShim", "CZipShim", "CZlibShim"], swiftSettings: strict),
    .target(name: "Datasets", dependencies: ["Files", "Linalg"], swiftSettings: strict),
    .target(name: "AEZ", dependencies: ["CChecksumShim", "Files"], swiftSettings: strict),
    .target(name: "Autoencoders", dependencies: ["AEZ", "Datasets", "Files", "Linalg"], swiftSettings: strict),
    .target(name: "Figures", dependencies: ["CGIFShim", "CPNGShim", "CZlibShim"], swiftSettings: strict),
    .target(name: "CPageAssets"),
    .target(
      name: "Pages",
      dependencies: ["Autoencoders", "CPageAssets", "Datasets", "Figures", "Linalg"], exclude: ["Assets"],
      swiftSettings: strict),
    .target(name: "ImageCodecs", dependencies: ["CImageCodecs"], swiftSettings: strict),
    .executableTarget(
      name: "aetool",
      dependencies: [
        "AEZ", "Autoencoders", "CPUCheck", "Datasets", "Figures", "Files", "ImageCodecs", "Linalg", "Pages",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "FuzzTargets", dependencies: ["AEZ", "Autoencoders", "Datasets", "Files", "Linalg"], path: "Fuzz/Targets"),
    .target(name: "AllocationCounter", path: "Benchmarks/AllocationCounter"),
    .executableTarget(
      name: "aetool-bench",
      dependencies: [
        "AllocationCounter", "Autoencoders", "Datasets", "Linalg",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Benchmarks/aetool-bench"),
    .testTarget(name: "LinalgTests", dependencies: ["Linalg"]),
    .testTarget(name: "FilesTests", dependencies: ["Files"], exclude: ["Golden"]),
    .testTarget(
      name: "DatasetsTests", dependencies: ["CZlibShim", "Datasets", "Files", "Linalg"],
      exclude: ["Golden"]),
    .testTarget(
      name: "AutoencodersTests", dependencies: ["Autoencoders", "Datasets", "Files", "Linalg"],
      exclude: ["Golden"]),
    .testTarget(name: "AEZTests", dependencies: ["AEZ", "Files", "Linalg"]),
    .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets"]),
    .testTarget(name: "FiguresTests", dependencies: ["CGIFShim", "Figures"]),
    .testTarget(name: "PagesTests", dependencies: ["Autoencoders", "Datasets", "Figures", "Linalg", "Pages"]),
    .testTarget(name: "ImageCodecsTests", dependencies: ["ImageCodecs"]),
    .testTarget(
      name: "ProgramTests", dependencies: ["aetool", "Autoencoders", "Datasets", "Linalg"], exclude: ["read_aez.py"]),
  ] + fuzzing,
  swiftLanguageModes: [.v6]
)
