import MLMFuzz
import MLMText
import Testing

/// A small part of what scripts/fuzz runs.
@Suite struct FuzzTests {
  @Test func damagedDocumentsAreErrorsOrTokenizers() throws {
    var opened = 0
    for number in 0..<2000 {
      var (document, random) = TokenizerTrial.document(seed: 20_261_121, case: number)
      do {
        opened += try TokenizerTrial.use(document, &random) ? 1 : 0
      } catch {
        Issue.record("case \(number): \(error.reason)")
      }
    }
    // Both happen, or little would be tested.
    #expect(opened > 200 && opened < 1800)
  }

  @Test func textComesBackFromByteLevelTokenizers() {
    var trip = RoundTrip(seed: 20_261_121)
    for number in 0..<20_000 {
      do {
        try trip.run(case: number)
      } catch {
        Issue.record("case \(number): \(error.reason)")
      }
    }
  }
}
