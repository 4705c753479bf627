// swift-tools-version: 6.1
import PackageDescription

// Debian's libutf8proc.pc carries a -D flag that SwiftPM refuses with a warning at every build;
// its header lies on the default search path there.
#if os(macOS)
  let utf8procPackage: String? = "libutf8proc"
#else
  let utf8procPackage: String? = nil
#endif

let package = Package(
  name: "mlm",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "MLM", targets: ["MLM"]),
    .library(name: "MLMTraining", targets: ["MLMTraining"]),
    .executable(name: "mlm", targets: ["MLMCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CUTF8Proc", pkgConfig: utf8procPackage,
      providers: [.apt(["libutf8proc-dev"]), .brew(["utf8proc"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CPCRE2", pkgConfig: "libpcre2-8",
      providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd",
      providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .target(name: "CMLMKernels"),
    .target(
      name: "MLMText",
      dependencies: [
        "CUTF8Proc", "CPCRE2", .product(name: "HeapModule", package: "swift-collections"),
      ]),
    .target(
      name: "MLMNumerics",
      dependencies: [
        "CMLMKernels",
        // On macOS Accelerate multiplies.
        .target(name: "COpenBLAS", condition: .when(platforms: [.linux])),
      ]),
    .target(name: "MLMModel", dependencies: ["MLMNumerics"]),
    .target(name: "MLM", dependencies: ["MLMText", "MLMModel", "MLMNumerics"]),
    .target(name: "MLMData", dependencies: ["CZlib", "CZstd", "MLMText"]),
    .target(
      name: "MLMTraining", dependencies: ["MLM", "MLMData", "MLMModel", "MLMNumerics", "MLMText"]),
    .target(name: "MLMReporting"),
    .executableTarget(
      name: "MLMCommand",
      dependencies: [
        "MLM", "MLMData", "MLMModel", "MLMNumerics", "MLMReporting", "MLMText", "MLMTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "TokenizerBenchmark", dependencies: ["MLMText"],
      path: "Tests/Benchmarks/TokenizerBenchmark"),
    .executableTarget(
      name: "EncoderBenchmark", dependencies: ["MLM", "MLMModel", "MLMNumerics"],
      path: "Tests/Benchmarks/EncoderBenchmark"),
    .executableTarget(
      name: "ArchitectureProbe", dependencies: ["MLM", "MLMModel", "MLMNumerics"],
      path: "Tests/Interop/ArchitectureProbe"),
    .target(name: "MLMTestSupport", path: "Tests/MLMTestSupport"),
    .target(name: "MLMTileEmulation", path: "Tests/MLMTileEmulation"),
    .executableTarget(
      name: "MLMFuzz", dependencies: ["MLMModel", "MLMNumerics", "MLMText"], path: "Tests/MLMFuzz"),
    .testTarget(name: "MLMTextTests", dependencies: ["MLMFuzz", "MLMText"]),
    .testTarget(
      name: "MLMNumericsTests", dependencies: ["MLMNumerics", "MLMTestSupport", "MLMTileEmulation"]),
    .testTarget(
      name: "MLMModelTests", dependencies: ["MLMModel", "MLMNumerics", "MLMTestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(name: "MLMTests", dependencies: ["MLM", "MLMNumerics", "MLMTestSupport"]),
    .testTarget(name: "MLMDataTests", dependencies: ["MLMData", "MLMText"]),
    .testTarget(
      name: "MLMTrainingTests",
      dependencies: ["MLMData", "MLMModel", "MLMNumerics", "MLMTestSupport", "MLMTraining"]),
    .testTarget(name: "MLMReportingTests", dependencies: ["MLMReporting"]),
    .testTarget(name: "MLMCommandTests", dependencies: ["MLMCommand", "MLMTraining"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
