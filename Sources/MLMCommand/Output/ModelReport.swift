import MLM
import MLMModel

/// What a model directory holds.
struct ModelReport {
  /// Figures by name, in the order they are shown.
  private let facts: [(key: String, title: String, value: JSON)]
  private let files: [(name: String, bytes: Int)]

  init(_ model: ModelDirectory, path: String) {
    let shape = model.configuration
    var facts: [(key: String, title: String, value: JSON)] = [
      ("directory", "directory", .string(path)),
      ("architecture", "architecture", .string(model.architectureName)),
      ("parameters", "parameters", .integer(model.parameterCount)),
      ("layers", "layers", .integer(shape.layerCount)),
      ("width", "width", .integer(shape.width)),
      ("feed_forward_width", "feed-forward width", .integer(shape.feedForwardWidth)),
      ("heads", "heads", .integer(shape.headCount)),
      ("attention", "attention", .string(shape.attention.rawValue)),
      ("maximum_length", "longest text in tokens", .integer(shape.maximumLength)),
      ("vocabulary", "vocabulary", .integer(model.tokenizer.vocabularySize)),
      ("objective", "pretrained on", JSON(model.objective)),
      (
        "pooling", "embedding pooling",
        .string(model.sentencePooling.poolings.map(\.rawValue).joined(separator: ", "))
      ),
      (
        "normalizes", "embeddings of length 1", .bool(model.sentencePooling.normalizesLength)
      ),
    ]
    if case .classification = model.head {
      facts += [
        ("task", "task", .string(model.task.rawValue)),
        ("classifier_pooling", "classifier pooling", .string(model.description.pooling.rawValue)),
        ("labels", "labels", .array(model.labels.map(JSON.string))),
      ]
    }
    let ignored = model.ignoredTensors(path: path)
    if !ignored.isEmpty {
      facts.append(("ignored_tensors", "ignored tensors", .array(ignored.map(JSON.string))))
    }
    self.facts = facts
    files = Self.files(in: path)
  }

  var json: JSON {
    .object(
      facts.map { ($0.key, $0.value) } + [
        (
          "files",
          .array(
            files.map { .object([("name", .string($0.name)), ("bytes", .integer($0.bytes))]) })
        )
      ])
  }

  var text: String {
    let width = facts.map(\.title.count).max() ?? 0
    let lines = facts.map { fact in
      fact.title + String(repeating: " ", count: width + 2 - fact.title.count)
        + Self.text(fact.value) + "\n"
    }
    var table = Table(["files", ""])
    for file in files { table.add(["  " + file.name, Numbers.bytes(file.bytes)]) }
    return lines.joined() + table.text
  }

  private static func text(_ value: JSON) -> String {
    switch value {
    case .integer(let number): Numbers.grouped(number)
    case .string(let text): text
    case .bool(let flag): flag ? "yes" : "no"
    case .array(let elements): elements.map(text).joined(separator: ", ")
    case .null: "unknown"
    default: value.text
    }
  }

  private static func files(in path: String) -> [(name: String, bytes: Int)] {
    FileSystem.names(in: path).flatMap { name -> [(name: String, bytes: Int)] in
      let file = path + "/" + name
      if FileSystem.isDirectory(file) {
        return files(in: file).map { (name + "/" + $0.name, $0.bytes) }
      }
      return [(name, (try? FileSystem.size(file)) ?? 0)]
    }
  }
}

extension ModelDirectory {
  /// What a classifier's labels are.
  var task: ClassificationTask { description.task }

  /// The class of transformers that the directory opens as.
  var architectureName: String { description.className }

  /// Tensors of the weights files that are not used.
  func ignoredTensors(path: String) -> [String] {
    guard let files = try? ModelDirectory.weightFiles(of: path) else { return [] }
    return files.unusedNames(by: description)
  }
}
