import MLMModel
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ModelDirectory {
  /// Writes the directory.
  ///
  /// A new directory appears whole or not at all. In one that exists, every file is written to the disk
  /// first and then takes the place of the one of its name; `config.json` is away meanwhile, so that a
  /// process that ends between two files leaves what no reader takes for a model. Other files stay,
  /// except what a pretraining run keeps beside its model (its state, snapshots and tokens): that
  /// would be taken for this model's.
  ///
  /// - Parameters:
  ///   - path: The directory; its parent must exist.
  ///   - card: The text of its `README.md`; a short one if nil.
  /// - Throws: `FileError`.
  public func write(to path: String, card: String? = nil) throws {
    let writer = try DirectoryWriter(path)
    try write(into: writer, card: card)
    try writer.commit(removing: RunFiles.names(in: path))
  }

  /// Whether a directory has the files without which there is no model; what is in them is not read.
  package static func isWhole(_ path: String) -> Bool {
    ["config.json", "tokenizer.json", "model.safetensors"]
      .allSatisfy { FileSystem.exists(path + "/" + $0) }
  }

  /// Writes the files of the directory into one that may hold others.
  package func write(into writer: DirectoryWriter, card: String? = nil) throws {
    let specials = tokenizer.specialTokens
    let configuration = description.json(
      padding: tokenizer.paddingID, start: tokenizer.startID, end: tokenizer.endID,
      tokenCount: tokenizer.vocabularySize)
    try writer.write("tokenizer.json", tokenizer.json)
    try writer.write("tokenizer_config.json", Array(tokenizerConfiguration(specials).utf8))
    for file in sentencePooling.files(
      width: description.transformer.width, maximumLength: description.transformer.maximumLength,
      lacksPooler: description.lacksPooler)
    {
      try writer.write(file.path, file.bytes)
    }
    for (folder, layer) in sentencePooling.denseFolders {
      try writer.write(folder + "/model.safetensors") { file throws(FileError) in
        try layer.writeWeights { bytes throws(FileError) in try file.write(bytes) }
      }
    }
    try writer.write("README.md", Array((card ?? defaultCard).utf8))
    try writer.write("model.safetensors") { file throws(FileError) in
      try SafetensorsWriter.write(
        parameters.tensors(named: description.tensorNames, withCopies: true)
      ) { bytes throws(FileError) in try file.write(bytes) }
    }
    // The last of them: a directory with a configuration is whole.
    try writer.write("config.json", configuration)
  }

  private var defaultCard: String {
    "---\nlibrary_name: transformers\n---\n\nA language model made by mlm.\n"
  }

  private func tokenizerConfiguration(_ specials: SpecialTokens) -> String {
    struct File: Encodable {
      var tokenizer_class = "PreTrainedTokenizerFast"
      var model_max_length: Int
      var pad_token, cls_token, sep_token, mask_token, unk_token: String?
      // Without this transformers 4 passes token_type_ids, which ModernBERT refuses.
      var model_input_names = ["input_ids", "attention_mask"]
      var clean_up_tokenization_spaces = false
      // transformers 4 takes false for it, whatever tokenizer.json says.
      var add_prefix_space: Bool?
    }
    // A token that the vocabulary does not have would be added to it by its reader.
    func spelling(_ text: String, _ id: Int32) -> String? { id < 0 ? nil : text }
    var file = File(
      model_max_length: description.transformer.maximumLength,
      pad_token: spelling(specials.padding, tokenizer.paddingID),
      cls_token: spelling(specials.start, tokenizer.startID),
      sep_token: spelling(specials.end, tokenizer.endID),
      mask_token: spelling(specials.mask, tokenizer.maskID),
      unk_token: spelling(specials.unknown, tokenizer.unknownID))
    if tokenizer.addsPrefixSpace { file.add_prefix_space = true }
    if description.transformer.tokenTypeCount > 1 {
      file.model_input_names.insert("token_type_ids", at: 1)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(file) else {
      preconditionFailure("strings and numbers are always valid JSON")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
