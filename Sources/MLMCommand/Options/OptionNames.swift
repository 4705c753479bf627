/// Tells errors of the library in the words of the command line.
package enum OptionNames {
  /// The fields of training options, as the library's errors call them, and their options.
  private static let names = [
    "batch size": "--batch-size", "batch tokens": "--batch-tokens", "budget": "--budget",
    "dimensions": "--dimensions", "dropout": "--dropout", "epochs": "--epochs", "heads": "--heads",
    "layers": "--layers",
    "learning rate": "--learning-rate", "mask rate": "--mask-rate",
    "maximum length": "--max-length", "prompt": "--prompt-name",
    "sequence length": "--sequence-length",
    "snapshot interval": "--snapshot-every", "steps": "--steps", "threads": "--threads",
    "vocabulary size": "--vocab-size", "warmup": "--warmup", "weight decay": "--weight-decay",
    "width": "--width",
  ]

  /// An error's text with the option in place of the field that it starts with.
  package static func naming(_ description: String) -> String {
    guard let colon = description.firstIndex(of: ":"),
      let name = names[String(description[..<colon])]
    else { return description }
    return name + description[colon...]
  }
}
