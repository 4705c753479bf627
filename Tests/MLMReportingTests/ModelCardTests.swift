import MLMReporting
import Testing

@Suite struct ModelCardTests {
  private var card: ModelCard {
    var card = ModelCard(
      name: "my_model", kind: .maskedLanguageModel, summary: "It fills masked tokens.")
    card.tags = ["mlm", "on"]
    card.maskToken = "[MASK]"
    card.data = [.init("files", "a|b.txt"), .init("bytes", "1,000")]
    card.command = "mlm pretrain 'a|b.txt'"
    card.limits = ["It is small."]
    return card
  }

  @Test func theHeadIsYAML() {
    let lines = card.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.prefix(9) == [
        "---", "library_name: transformers", "pipeline_tag: fill-mask", "tags:", "- mlm",
        // A bare word `on` is a Boolean in YAML 1.1, and `[` begins a list.
        "- \"on\"", "mask_token: \"[MASK]\"", "---", "",
      ])
    #expect(!card.text.contains("license") && !card.text.contains("language:"))
    var german = card
    german.language = "de"
    #expect(german.text.contains("\nlanguage: de\n"))
  }

  @Test func kindsHaveTheirTags() {
    #expect(ModelCard.Kind.maskedLanguageModel.pipelineTag == "fill-mask")
    #expect(ModelCard.Kind.causalLanguageModel.pipelineTag == "text-generation")
    #expect(ModelCard.Kind.classifier.pipelineTag == "text-classification")
    #expect(ModelCard.Kind.encoder.pipelineTag == "feature-extraction")
  }

  @Test func theBodyHasASectionForWhatIsKnown() {
    let text = card.text
    #expect(text.contains("\n# my\\_model\n\nIt fills masked tokens.\n"))
    #expect(
      text.contains("\n## Data\n\n| | |\n|---|---|\n| files | a\\|b.txt |\n| bytes | 1,000 |\n"))
    #expect(text.contains("\n## How it was made\n\n```\nmlm pretrain 'a|b.txt'\n```\n"))
    #expect(text.contains("\n## Limits\n\n- It is small.\n"))
    #expect(!text.contains("## Results") && !text.contains("## Model\n"))
  }

  @Test func commandsCannotEndTheirBlock() {
    var card = card
    card.command = "mlm pretrain '````'"
    #expect(card.text.contains("\n`````\nmlm pretrain '````'\n`````\n"))
  }

  @Test func stringsAreQuotedWhereYAMLNeedsIt() {
    var card = card
    card.maskToken = "a\"b\\c\n\u{2028}"
    #expect(card.text.contains("mask_token: \"a\\\"b\\\\c\\n\\u2028\"\n"))
  }

  @Test func theSourcesCardIsCarriedOn() {
    var card = card
    card.baseModel = "bert-base"
    card.source = SourceCard(
      """
      ---
      language:
      - en
      license: apache-2.0
      library_name: sentence-transformers
      tags:
      - on
      - "mlm"
      model-index:
        - name: x
      ---

      # Its name

      ```
      # no heading
      ```

      ## Figures

      """)
    #expect(
      card.text.hasPrefix(
        """
        ---
        library_name: transformers
        pipeline_tag: fill-mask
        tags:
        - "on"
        - mlm
        base_model: bert-base
        mask_token: "[MASK]"
        language:
        - en
        license: apache-2.0
        model-index:
          - name: x
        ---

        # my\\_model

        """))
    #expect(
      card.text.hasSuffix(
        """

        ## What its source says of itself

        ### Its name

        ```
        # no heading
        ```

        #### Figures

        """))
  }

  @Test(arguments: ["", "\n\n", "---\nlicense: mit\n---\n"])
  func aSourceWithoutTextHasNoSection(_ text: String) {
    var card = card
    card.source = SourceCard(text)
    #expect(!card.text.contains("## What its source"))
    #expect(card.text.contains("license: mit") == text.contains("mit"))
  }

  @Test(arguments: ["--- no head\nText.\n", "---\nopen: 1\nText.\n", "Text.\r\n"])
  func aSourceWithoutAHeadIsText(_ text: String) {
    var card = card
    card.source = SourceCard(text)
    #expect(card.text.hasSuffix("Text.\n"))
  }

  @Test func tagsInOneLineAreTags() {
    var card = card
    card.source = SourceCard("---\ntags: [a, b-c]\n---\n")
    #expect(card.text.contains("tags:\n- a\n- b-c\n- mlm\n"))
  }
}
