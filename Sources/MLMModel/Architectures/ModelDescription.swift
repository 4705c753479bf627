/// What a model directory's `config.json` says: the shape, the head, and what they are for.
package struct ModelDescription: Hashable, Sendable {
  package var transformer: TransformerConfiguration
  package var head: Head
  /// What a classification head's scores mean.
  package var task: ClassificationTask
  /// How a classification head pools.
  package var pooling: Pooling
  /// Names of the classes, in the order of the head's scores.
  package var labels: [String]
  /// What the model was pretrained on: `mlm`, `hybrid`, `clm` and so on.
  package var objective: String?

  package init(
    transformer: TransformerConfiguration, head: Head, task: ClassificationTask = .single,
    pooling: Pooling = .mean, labels: [String] = [], objective: String? = nil
  ) {
    self.transformer = transformer
    self.head = head
    self.task = task
    self.pooling = pooling
    self.labels = labels
    self.objective = objective
  }

  package var layout: ParameterLayout { ParameterLayout(transformer, head: head) }
}
