import SchemaAnalysis

/// Names as SQL takes them.
enum Identifier {
  /// As it is where PostgreSQL reads it back unchanged, else in quotes.
  static func quoted(_ name: String) -> String { SQLName.quoted(name) }

  /// Without the schema public.
  static func quoted(_ name: ObjectName) -> String {
    name.schema == "public" ? quoted(name.name) : "\(quoted(name.schema)).\(quoted(name.name))"
  }
}
