/// What a pretraining run keeps in its output directory beside the model, by name.
package enum RunFiles {
  /// Where a run stands.
  package static let state = "trainer_state.json"
  /// The optimizer's moments, in a snapshot.
  package static let optimizer = "optimizer.safetensors"
  /// The folder of the tokens, while a run lasts.
  package static let tokens = "tokens"
  /// The documents held out, in the folder of the tokens.
  package static let heldOut = "held-out.jsonl"

  /// The name of a step's snapshot.
  package static func snapshot(ofStep step: Int) -> String { "checkpoint-\(step)" }

  /// The step of the snapshot that has this name; nil for other names.
  package static func step(ofSnapshot name: String) -> Int? {
    guard let dash = name.lastIndex(of: "-"), let step = Int(name[name.index(after: dash)...]),
      step >= 0, name == snapshot(ofStep: step)
    else { return nil }
    return step
  }

  /// Whether a directory holds the folder in which a run keeps its tokens, and not another of its name.
  package static func hasTokens(_ directory: String) -> Bool {
    let path = directory + "/" + tokens
    return FileSystem.isDirectory(path)
      && FileSystem.names(in: path).allSatisfy { name in
        ["shard-", "manifest.json", heldOut].contains { name.hasPrefix($0) }
      }
  }

  /// Names in a directory that belong to a run and not to its model.
  ///
  /// Snapshots of other programs, which keep their optimizer in other files, are not among them.
  package static func names(in directory: String) -> [String] {
    FileSystem.names(in: directory).filter { name in
      switch name {
      case state, optimizer: true
      case tokens: hasTokens(directory)
      default:
        step(ofSnapshot: name) != nil && FileSystem.exists("\(directory)/\(name)/\(optimizer)")
      }
    }
  }
}
