extension JSONWriter {
  /// Writes a member that is true or false.
  mutating func flag(_ name: String, _ value: Bool) {
    self.name(name)
    bool(value)
  }

  /// Writes a component: an object with its type first.
  mutating func component(
    _ name: String, _ type: String, _ members: (inout JSONWriter) -> Void
  ) {
    self.name(name)
    object { writer in
      writer.name("type")
      writer.string(type)
      members(&writer)
    }
  }

  /// A special token as post-processors name it: its spelling and its identifier.
  mutating func special(_ name: String, _ token: String, _ id: Int) {
    self.name(name)
    array { writer in
      writer.element()
      writer.string(token)
      writer.element()
      writer.number(id)
    }
  }

  /// Writes special tokens as added tokens that are not normalized.
  mutating func addedTokens(_ tokens: [(token: String, id: Int)]) {
    name("added_tokens")
    array { writer in
      for (token, id) in tokens {
        writer.element()
        writer.object { writer in
          writer.name("id")
          writer.number(id)
          writer.name("content")
          writer.string(token)
          writer.flag("normalized", false)
          writer.flag("special", true)
        }
      }
    }
  }
}
