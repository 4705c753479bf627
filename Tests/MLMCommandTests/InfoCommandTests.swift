import Foundation
import Testing

@Suite struct InfoCommandTests {
  @Test func aModelTellsItsShape() throws {
    let fixtures = try Fixtures.get()
    let scratch = try Scratch()
    let json = try Program.run(["info", fixtures.classifier.path + "/", "--json"], in: scratch)
    #expect(json.code == 0)
    #expect(json.json["architecture"] as? String == "ModernBertForSequenceClassification")
    #expect(json.json["layers"] as? Int == 1)
    #expect(json.json["width"] as? Int == 32)
    #expect(json.json["vocabulary"] as? Int == 300)
    #expect(json.json["labels"] as? [String] == ["good", "poor"])
    #expect(json.json["objective"] as? String == "hybrid")
    let files = try #require(json.json["files"] as? [[String: Any]])
    #expect(files.contains { $0["name"] as? String == "model.safetensors" })
    let text = try Program.run(["info", fixtures.causal.path], in: scratch)
    #expect(text.text.contains("ModernBertDecoderForCausalLM"))
    #expect(try Program.run("info none", in: scratch).code == 66)
  }

  @Test func theMachineTellsItsKernels() throws {
    let scratch = try Scratch()
    let json = try Program.run("info --machine --json", in: scratch)
    #expect(json.code == 0)
    for key in ["version", "unicode", "cpu_level", "blas", "blas_core"] {
      #expect(json.json[key] is String, "\(key)")
    }
    #expect(json.json["rows_are_exact"] is Bool)
    #expect(["none", "refused", "usable"].contains(json.json["matrix_tiles"] as? String))
    #expect(["none", "slow", "usable"].contains(json.json["dot_products"] as? String))
    #expect(["plain", "dotProducts", "tiles"].contains(json.json["bfloat16_path"] as? String))
    let speeds = try #require(json.json["float32_gflops"] as? [String: Double])
    #expect(speeds["one_thread"] ?? 0 > 0 && speeds["all_threads"] ?? 0 > 0)
    #expect(json.json["processors"] as? Int ?? 0 >= 1)
    let text = try Program.run("info", in: scratch)
    #expect(text.text.contains("CPU level: ") && text.text.contains("embeddings: "))
  }
}
