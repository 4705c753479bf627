#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The weights of a model directory: `model.safetensors`, or the files that
/// `model.safetensors.index.json` names.
package final class WeightFiles {
  /// What errors call the weights: the file, or the index of several.
  package let path: String
  private let files: [SafetensorsFile]
  /// The file of each tensor.
  private let places: [String: Int]

  /// Opens the weights of a directory; no number is read yet.
  ///
  /// - Throws: ``ModelError`` with code `missingFile`, `unreadable` or `malformed`.
  package convenience init(directory: String) throws(ModelError) {
    let (single, index) = (
      directory + "/model.safetensors", directory + "/model.safetensors.index.json"
    )
    if access(single, F_OK) != 0 && access(index, F_OK) == 0 {
      try self.init(index: index, directory: directory)
    } else if access(single, F_OK) != 0 && access(directory + "/pytorch_model.bin", F_OK) == 0 {
      throw ModelError(
        .missingFile, single,
        "expected weights as safetensors, found pytorch_model.bin, which cannot be read safely")
    } else {
      try self.init(SafetensorsFile(path: single))
    }
  }

  /// The weights of one file.
  package init(_ file: SafetensorsFile) {
    path = file.path
    files = [file]
    places = file.entries.mapValues { _ in 0 }
  }

  private struct Index: Decodable {
    let weight_map: [String: String]
  }

  private init(index path: String, directory: String) throws(ModelError) {
    self.path = path
    let map: [String: String]
    do {
      let data = Data(try SafetensorsFile.bytes(ofFileAt: path, limit: 100_000_000))
      map = try JSONDecoder().decode(Index.self, from: data).weight_map
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(.malformed, path, "expected weight_map, an object of file names")
    }
    let names = Set(map.values).sorted()
    var files: [SafetensorsFile] = []
    var places: [String: Int] = [:]
    for (number, name) in names.enumerated() {
      guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0) else {
        throw ModelError(.malformed, path, "expected a file in the same folder, found \(name)")
      }
      let file = try SafetensorsFile(path: directory + "/" + name)
      for tensor in file.entries.keys {
        guard map[tensor] == name else {
          throw ModelError(
            .malformed, file.path, "tensor \(tensor) is not where \(path) says")
        }
        places[tensor] = number
      }
      files.append(file)
    }
    if let lost = map.keys.filter({ places[$0] == nil }).min() {
      throw ModelError(.malformed, path, "tensor \(lost) is not in \(map[lost] ?? "")")
    }
    (self.files, self.places) = (files, places)
  }

  /// The names of all tensors.
  package var names: some Sequence<String> { places.keys }

  /// Bytes of all numbers.
  var byteCount: Int { files.reduce(0) { $0 + $1.dataCount } }

  /// The name that a tensor has in the file; nil where there is none.
  func name(of tensor: TensorName, prefix: String) -> String? {
    tensor.candidates(prefix: prefix).first { places[$0] != nil }
  }

  /// The names of the tensors that a model does not use, sorted.
  package func unusedNames(by description: ModelDescription) -> [String] {
    let used = description.layout.slots.flatMap { slot in
      description.tensorNames(of: slot).compactMap { name(of: $0, prefix: description.prefix) }
    }
    return Set(places.keys).subtracting(used).sorted()
  }

  /// Whether two tensors are the same, number for number.
  func haveSameBytes(_ first: String, _ second: String) -> Bool {
    guard let one = file(of: first)?.rawBytes(first),
      let other = file(of: second)?.rawBytes(second),
      let start = one.baseAddress, let otherStart = other.baseAddress
    else { return false }
    return one.count == other.count && memcmp(start, otherStart, one.count) == 0
  }

  /// The file that holds a tensor.
  func file(of name: String) -> SafetensorsFile? { places[name].map { files[$0] } }
}
