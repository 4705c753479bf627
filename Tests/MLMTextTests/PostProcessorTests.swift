import MLMText
import Testing

@Suite struct PostProcessorTests {
  @Test func processorsEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.postProcessors)
  }

  @Test(arguments: [
    (#"{"type":"BertProcessing","sep":["[SEP]",1]}"#, "post_processor"),
    (#"{"type":"BertProcessing","sep":["[SEP]",1],"cls":["[CLS]"]}"#, "post_processor.cls"),
    (
      #"{"type":"BertProcessing","sep":["[SEP]",1],"cls":["[CLS]",99999]}"#, "post_processor.cls[1]"
    ),
    (
      #"{"type":"RobertaProcessing","sep":["s",1],"cls":["c",1],"trim":true}"#,
      "post_processor.trim"
    ),
    (
      #"{"type":"Sequence","processors":[{"type":"Sequences"}]}"#,
      "post_processor.processors[0].type"
    ),
    (
      #"{"type":"TemplateProcessing","single":[],"pair":[],"special_tokens":{}}"#,
      "post_processor.single"
    ),
  ])
  func badProcessorsHaveTheirPlace(_ processor: String, _ place: String) throws {
    let reference = try #require(ComponentReference.shared)
    let document = try reference.document("words", ["post_processor": processor])
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(json: document, name: "file") }
    #expect(error?.place == place)
  }
}
