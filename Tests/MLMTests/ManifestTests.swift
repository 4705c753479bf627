import MLM
import Testing

/// The manifest says which modules import which, and is right.
///
/// The compiler finds every module that was built before, declared or not, so this is what keeps the
/// direction of imports.
@Suite struct ManifestTests {
  private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    .dropLast(3).joined(separator: "/")

  /// Modules of the system and the toolchain.
  private static let system: Set = [
    "Accelerate", "Darwin", "Foundation", "FoundationEssentials", "Glibc", "Musl",
    "Synchronization",
    "Testing",
  ]

  /// Targets below Tests/ that are no tests themselves.
  private static let helpers: Set = [
    "ArchitectureProbe", "EncoderBenchmark", "MLMFuzz", "MLMTestSupport", "MLMTileEmulation",
    "TokenizerBenchmark",
  ]

  private static func isTest(_ name: String) -> Bool {
    name.hasSuffix("Tests") || helpers.contains(name)
  }

  @Test func everyTargetImportsWhatItDeclares() throws {
    let targets = try Self.targets()
    #expect(targets.count > 15)
    for (name, declared) in targets {
      let folder = Self.isTest(name) ? "Tests" : "Sources"
      let imported = try Self.imports(below: "\(Self.root)/\(folder)/\(name)")
      // A target of C has headers of its own only.
      guard let imported else { continue }
      #expect(
        imported.subtracting(Self.system).sorted() == declared.sorted(),
        "\(name): expected the imports that Package.swift declares")
    }
  }

  @Test func importsPointDownTheListOfModules() throws {
    let order = try Self.text("Sources/ARCHITECTURE.md").split(separator: "\n")
      .filter { $0.hasPrefix("| `") }
      .flatMap { row in row.split(separator: "|")[0].matches(of: /`(\w+)`/).map { String($0.1) } }
    let targets = try Self.targets()
    #expect(order.first == "MLMCommand" && order.contains("MLMNumerics"))
    for (name, declared) in targets where !Self.isTest(name) {
      let place = try #require(order.firstIndex(of: name), "\(name) is not in ARCHITECTURE.md")
      for dependency in declared {
        guard let other = order.firstIndex(of: dependency) else { continue }
        #expect(place < other, "\(name) must not import \(dependency)")
      }
    }
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try FileContents.read("\(root)/\(path)"), as: UTF8.self)
  }

  /// The dependencies of each target of Package.swift.
  private static func targets() throws -> [String: Set<String>] {
    let manifest = try text("Package.swift")
    var targets: [String: Set<String>] = [:]
    for start in manifest.ranges(of: /\.(target|executableTarget|testTarget)\(/) {
      let block = inside(manifest[start.upperBound...], "(", ")")
      let name = try #require(block.firstMatch(of: /name: "(\w+)"/)?.1)
      var dependencies: Set<String> = []
      if let list = block.firstRange(of: "dependencies: [") {
        let list = inside(block[list.upperBound...], "[", "]")
        dependencies.formUnion(list.matches(of: /\.product\(name: "(\w+)"/).map { String($0.1) })
        let rest = list.replacing(/\.product\([^)]*\)/, with: "")
        dependencies.formUnion(rest.matches(of: /"(\w+)"/).map { String($0.1) })
      }
      targets[String(name)] = dependencies
    }
    return targets
  }

  /// What stands before the bracket that closes one opened before `text`.
  private static func inside(
    _ text: Substring, _ opening: Character, _ closing: Character
  ) -> Substring {
    var depth = 1
    for place in text.indices {
      depth += text[place] == opening ? 1 : text[place] == closing ? -1 : 0
      if depth == 0 { return text[..<place] }
    }
    return text
  }

  /// The modules that the Swift files below a folder import; nil where there are none.
  private static func imports(below folder: String) throws -> Set<String>? {
    var found: Set<String>?
    for name in FileSystem.names(in: folder) {
      let path = "\(folder)/\(name)"
      if FileSystem.isDirectory(path) {
        if let inner = try imports(below: path) { found = (found ?? []).union(inner) }
      } else if name.hasSuffix(".swift") {
        let text = String(decoding: try FileContents.read(path), as: UTF8.self)
        let modules = text.split(separator: "\n").compactMap { line in
          line.prefixMatch(
            of:
              /\s*(@\w+\s+)*((package|public|internal|fileprivate|private)\s+)?import\s+((struct|class|enum|protocol|func|var|let|typealias)\s+)?(?<module>\w+)/
          ).map { String($0.module) }
        }
        found = (found ?? []).union(modules)
      }
    }
    return found
  }
}
