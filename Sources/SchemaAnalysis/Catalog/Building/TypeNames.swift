import SQLSyntax

/// Type names, resolved and printed as format_type prints them for a reader with the default search path.
extension CatalogBuilder {
  /// - Parameter node: what a `typeName` field holds.
  mutating func columnType(_ node: SyntaxNode) throws(Refusal) -> ColumnType {
    let names = node["names"].names
    guard let name = names.last else { throw Refusal("a column has no type", at: node.offset, isCertain: false) }
    let schema = names.count > 1 ? names[names.count - 2] : nil
    let isArray = !node["arrayBounds"].elements.isEmpty
    let modifiers = node["typmods"].elements.map { modifier($0) }
    if node["setof"].isTrue { throw Refusal("a column cannot be a set", at: node.offset) }

    if schema == nil || schema == "pg_catalog" {
      if let long = BuiltInTypes.longName(name) {
        return Self.builtIn(name, long, modifiers, isArray: isArray)
      }
      if name.hasPrefix("_"), let long = BuiltInTypes.longName(String(name.dropFirst())) {
        return Self.builtIn(String(name.dropFirst()), long, [], isArray: true)
      }
    }
    if let found = userType(schema, name) {
      return Self.userType(found, modifiers, isArray: isArray)
    }
    if name.hasPrefix("_"), let found = userType(schema, String(name.dropFirst())) {
      return Self.userType(found, [], isArray: true)
    }
    if schema == "information_schema" {
      return Self.userType(ObjectName("information_schema", name), modifiers, isArray: isArray)
    }
    // What an extension brings is known by its name even where nothing says that it is installed.
    if let from = BuiltInTypes.ofExtension(name) {
      note("nothing creates the type \(name); it is taken as that of the extension \(from)", at: node.offset)
      return Self.userType(ObjectName(schema ?? "public", name), modifiers, isArray: isArray)
    }
    let shown = names.joined(separator: ".")
    guard doubt.covers(shown) || schema.map({ !catalog.hasSchema($0) }) ?? false else {
      throw Refusal("there is no type \(shown)", at: node.offset)
    }
    note("the type \(shown) is not known", at: node.offset)
    return Self.userType(ObjectName(schema ?? "public", name), modifiers, isArray: isArray)
  }

  /// A type of the user's, or a relation, whose rows are one too.
  func userType(_ schema: String?, _ name: String) -> ObjectName? {
    (schema.map { [$0] } ?? ["pg_temp"] + catalog.searchPath).lazy.map { ObjectName($0, name) }.first {
      catalog.typeBook[$0] != nil || catalog.book[$0] != nil
    }
  }

  private func modifier(_ node: SyntaxNode) -> String {
    let constant = node["A_Const"]
    if constant["ival"].isPresent {
      // The parse tree leaves out what is not positive.
      return "\(constant["ival"]["ival"].integer ?? constant.offset.map { number(at: $0) } ?? 0)"
    }
    return constant["fval"]["fval"].string ?? constant["sval"]["sval"].string ?? node["ColumnRef"]["fields"].names.last
      ?? "…"
  }

  /// The whole number that stands in the text.
  private func number(at offset: Int) -> Int {
    let bytes = text.bytes
    var offset = offset
    let isNegative = offset < bytes.count && bytes[offset] == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    var value = 0
    while offset < bytes.count, value < 1_000_000 {
      if bytes[offset] &- 48 < 10 {
        value = value * 10 + Int(bytes[offset] - 48)
      } else if bytes[offset] > 0x20 {
        break
      }
      offset += 1
    }
    return isNegative ? -value : value
  }

  static func builtIn(_ name: String, _ long: String, _ given: [String], isArray: Bool) -> ColumnType {
    var modifiers = given.compactMap { Int($0) }
    var text = long
    switch name {
    case "time", "timetz", "timestamp", "timestamptz":
      if let precision = modifiers.first {
        modifiers = [min(precision, 6)]
        let word = long.prefix { $0 != " " }
        text = "\(word)(\(min(precision, 6)))\(long.dropFirst(word.count))"
      }
    case "interval":
      let fields = modifiers.first.flatMap { intervals[$0] } ?? ""
      let precision = modifiers.dropFirst().first
      modifiers = precision.map { [min($0, 6)] } ?? []
      text += fields + (precision.map { "(\(min($0, 6)))" } ?? "")
    case "numeric":
      if modifiers.count == 1 { modifiers.append(0) }
      if modifiers.count == 2 { text += "(\(modifiers[0]),\(modifiers[1]))" }
    // Both are written otherwise without a length, which is not the same as a length of 1.
    case "bpchar": text = modifiers.first.map { "character(\($0))" } ?? "bpchar"
    case "bit": text = modifiers.first.map { "bit(\($0))" } ?? "\"bit\""
    case "varchar", "varbit": if let length = modifiers.first { text += "(\(length))" }
    default: modifiers = []
    }
    return ColumnType(text: text + (isArray ? "[]" : ""), base: long, modifiers: modifiers, isArray: isArray)
  }

  private static let intervals = [
    4: " year", 2: " month", 8: " day", 1024: " hour", 2048: " minute", 4096: " second", 6: " year to month",
    1032: " day to hour", 3080: " day to minute", 7176: " day to second", 3072: " hour to minute",
    7168: " hour to second", 6144: " minute to second",
  ]

  static func userType(_ name: ObjectName, _ given: [String], isArray: Bool) -> ColumnType {
    let isShape = name.name == "geometry" || name.name == "geography"
    var modifiers = isShape ? given.map(BuiltInTypes.shape) : given
    if name.name == "geography", modifiers.count == 1 { modifiers.append("4326") }
    if name.name == "geometry", modifiers.count == 2, modifiers[1] == "0" { modifiers.removeLast() }
    let base = formatted(name)
    let list = modifiers.isEmpty ? "" : "(\(modifiers.joined(separator: ",")))"
    return ColumnType(
      text: base + list + (isArray ? "[]" : ""), base: base, modifiers: modifiers.compactMap { Int($0) },
      isArray: isArray, userType: name)
  }

  /// With its schema unless it is found without.
  static func formatted(_ name: ObjectName) -> String {
    let plain = SQLName.quoted(name.name)
    let isVisible = name.schema == "public" && BuiltInTypes.longName(name.name) == nil
    return isVisible ? plain : "\(SQLName.quoted(name.schema)).\(plain)"
  }
}
