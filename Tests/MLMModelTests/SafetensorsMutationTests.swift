import MLMModel
import MLMNumerics
import Testing

/// Random changes to a good file: it is read or refused with an error, and never more than that.
@Suite struct SafetensorsMutationTests {
  @Test func mutationsAreReadOrRefused() throws {
    let description = ModelDescription.small(.classification(classCount: 3))
    let parameters = Parameters(description.layout)
    parameters.fillWidely(seed: 1)
    let good = SafetensorsWriter.bytes(
      of: parameters.tensors(named: description.tensorNames))
    let headerEnd = 8 + (0..<8).reduce(0) { $0 | Int(good[$1]) << (8 * $1) }
    let folder = try TemporaryFolder()
    var codes: [ModelError.Code: Int] = [:]
    var accepted = 0
    for round in 0..<2000 {
      var bytes = good
      mutate(&bytes, headerEnd: headerEnd, round: round)
      let path = try folder.write(bytes)
      do throws(ModelError) {
        let read = try Parameters.open(
          description, from: WeightFiles(SafetensorsFile(path: path))
        ).parameters
        #expect(read.layout == parameters.layout)
        accepted += 1
      } catch {
        codes[error.code, default: 0] += 1
        #expect(error.place == path && !error.reason.isEmpty)
      }
    }
    // Changed numbers and spaces are still a good file; the rest is found out in several ways.
    #expect(accepted > 200 && accepted < 1800, "\(accepted)")
    #expect(codes[.malformed, default: 0] > 200 && codes[.mismatch, default: 0] > 50, "\(codes)")
  }

  private func mutate(_ bytes: inout [UInt8], headerEnd: Int, round: Int) {
    let random = RandomStream(seed: 2, stream: 6)
    var position: UInt64 = 0
    func below(_ n: Int) -> Int {
      position += 1
      return random.below(n, step: UInt64(round), position: position)
    }
    func header(_ among: ClosedRange<UInt8>) -> Int? {
      let places = (8..<min(headerEnd, bytes.count)).filter { among.contains(bytes[$0]) }
      return places.isEmpty ? nil : places[below(places.count)]
    }
    // Mostly one change, so that what it breaks is what is seen.
    for _ in 0..<max(1, below(8) - 4) where bytes.count > 16 {
      switch below(10) {
      case 0, 1: bytes[bytes.count - 1 - below(bytes.count * 2 / 3)] = UInt8(below(256))
      case 2: bytes[below(min(headerEnd, bytes.count))] ^= UInt8(1 << below(8))
      case 3: bytes[below(8)] = UInt8(below(256))
      case 4, 5: if let place = header(48...57) { bytes[place] = UInt8(48 + below(10)) }
      case 6: if let place = header(97...122) { bytes[place] = UInt8(97 + below(26)) }
      case 7: bytes.removeLast(below(bytes.count))
      case 8: bytes.remove(at: below(bytes.count))
      default: bytes.insert(UInt8(below(256)), at: below(bytes.count))
      }
    }
  }
}
