/// What a model directory's `config.json` says: the shape, the head, and what they are for.
package struct ModelDescription: Hashable, Sendable {
  package var transformer: TransformerConfiguration
  package var head: Head
  /// How the model is stored: names of keys and tensors.
  package var family: ModelFamily
  /// What a classification head's scores mean.
  package var task: ClassificationTask
  /// How a classification head pools.
  package var pooling: Pooling
  /// Names of the classes, in the order of the head's scores.
  package var labels: [String]
  /// What the model was pretrained on: `mlm`, `hybrid`, `clm` and so on.
  package var objective: String?
  /// Tokens of the tokenizer, where the directory says that they are fewer than the embeddings.
  package var tokenCount: Int?

  package init(
    transformer: TransformerConfiguration, head: Head, family: ModelFamily = .modernBERT,
    task: ClassificationTask = .single, pooling: Pooling = .mean, labels: [String] = [],
    objective: String? = nil
  ) {
    self.transformer = transformer
    self.head = head
    self.family = family
    self.task = task
    self.pooling = pooling
    self.labels = labels
    self.objective = objective
  }

  package var layout: ParameterLayout { ParameterLayout(transformer, head: head) }

  /// The class of transformers that opens the model.
  package var className: String {
    let kind = HeadKind(head)
    let classes = family.architecture.classes.filter { $0.head == kind }
    let isDecoder = transformer.attention == .causal
    let fitting = classes.first { ModelDescription.isDecoder($0.name) == isDecoder }
    return (fitting ?? classes.first)?.name ?? ""
  }

  /// Whether a class of transformers reads from left to right.
  static func isDecoder(_ className: String) -> Bool {
    ["Decoder", "CausalLM", "LMHead"].contains { className.contains($0) }
  }

  /// The names that a parameter of ours has in `model.safetensors`.
  package func tensorNames(of slot: ParameterLayout.Slot) -> [TensorName] {
    family.architecture.tensorNames(of: slot, in: self)
  }

  /// Whether a file may hold a tensor that the part asked for does not use.
  package func isIgnorable(_ name: String) -> Bool {
    let architecture = family.architecture
    let unused = architecture.unusedTensors + (head == .none ? architecture.headTensors : [])
    return name.hasSuffix("position_ids") || name.hasSuffix("token_type_ids")
      || unused.contains { name.hasPrefix($0) || (prefix + name).hasPrefix($0) }
  }

  /// Whether transformers expects a pooler above the transformer alone that the model does not have.
  package var lacksPooler: Bool {
    guard let name = family.architecture.poolerName else { return false }
    return !layout.slots.contains { slot in
      tensorNames(of: slot).contains { $0.name.hasPrefix(name) }
    }
  }

  /// What the tensors of the transformer begin with.
  package var prefix: String { family.architecture.prefix + "." }

  /// The same model, with what its weights say and its configuration does not.
  ///
  /// That is a pooler, although no head uses it, and a matrix of scores that is not the token
  /// embeddings although the two are said to be tied: as in transformers 5, it is then used.
  package func adapted(to weights: WeightFiles) -> ModelDescription {
    var description = self
    if head == .none, let name = family.architecture.poolerName,
      weights.name(of: TensorName(name + ".weight"), prefix: prefix) != nil
    {
      description.transformer.hasPooler = true
    }
    guard head == .languageModel, transformer.languageModelHead.isTied else { return description }
    description.transformer.languageModelHead.isTied = false
    let names = description.layout.slots
      .filter { ["embedding.token", "head.vocabulary"].contains($0.name) }
      .compactMap { description.tensorNames(of: $0).first }
      .compactMap { weights.name(of: $0, prefix: prefix) }
    if names.count < 2 || weights.haveSameBytes(names[0], names[1]) {
      description.transformer.languageModelHead.isTied = true
    }
    return description
  }
}
