import ArgumentParser

/// Finds the lines of a text that are nearest to others.
struct NeighborsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbors",
    abstract: "Index the lines of a text, and find those nearest to other texts.",
    discussion: """
      Every line is compared, so that nothing is missed; nearness is the cosine of the vectors.

        mlm neighbors build notes.txt --model corpus.mlm --output notes.index
        echo "a walk by the sea" | mlm neighbors query notes.index --count 3
      """,
    subcommands: [NeighborsBuildCommand.self, NeighborsQueryCommand.self])
}
