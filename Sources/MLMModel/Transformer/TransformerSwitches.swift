import MLMNumerics

extension TransformerConfiguration {
  /// Where layer norms are.
  package enum NormPlacement: Hashable, Sendable {
    /// Before each sublayer, except the first of all, and after the last layer: x + f(norm(x)).
    case before
    /// After each sublayer: norm(x + f(x)).
    case after
  }

  /// How a place is told from another.
  package enum Positions: Hashable, Sendable {
    /// Queries and keys are rotated by angles that grow with the place.
    case rotary
    /// A vector for each of `count` positions is added to the token's.
    ///
    /// Without a padding token positions are places from 0. With padding token p they start at p + 1;
    /// a p inside a text has position p and does not count, as in RoBERTa.
    case learned(count: Int, padding: Int32?)
  }

  /// Layers whose places see only places nearby.
  package struct LocalAttention: Hashable, Sendable {
    /// How many places to either side a place sees; to the left only where attention is causal.
    package var reach: Int
    /// Base of the rotary frequencies in these layers.
    package var rotaryBase: Float
    /// For each layer, whether it is one of them.
    package var layers: [Bool]

    package init(reach: Int, rotaryBase: Float, layers: [Bool]) {
      self.reach = reach
      self.rotaryBase = rotaryBase
      self.layers = layers
    }

    /// The distance from the first layer to the next that sees everything.
    package var period: Int { layers.dropFirst().firstIndex(of: false) ?? layers.count }

    /// Whether every layer whose number is a multiple of the period sees everything, and no other.
    package var isPeriodic: Bool {
      layers.indices.allSatisfy { layers[$0] == ($0 % period != 0) }
    }
  }

  /// Whether a layer sees only places nearby.
  package func isLocal(_ layer: Int) -> Bool { localAttention?.layers[layer] ?? false }

  /// What the places of a layer see.
  ///
  /// - Parameter attention: Which places a place may attend to; the configuration's if nil.
  package func pattern(ofLayer layer: Int, _ attention: Attention?) -> AttentionPattern {
    AttentionPattern(
      isCausal: (attention ?? self.attention) == .causal,
      reach: isLocal(layer) ? localAttention?.reach : nil)
  }

  /// Numbers that come out of the first linear layer of the feed-forward network.
  package var feedForwardInputWidth: Int {
    feedForwardIsGated ? 2 * feedForwardWidth : feedForwardWidth
  }
}
