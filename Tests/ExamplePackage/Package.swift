// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Example",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "mlm", path: "../..")],
  targets: [
    .executableTarget(name: "Example", dependencies: [.product(name: "MLM", package: "mlm")])
  ]
)
