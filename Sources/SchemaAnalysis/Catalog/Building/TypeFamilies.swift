extension CatalogBuilder {
  private enum Family { case whole, fraction, text, uuid, boolean, time, bytes, address, enumeration }

  /// Whether a foreign key can go from one type to another; where that is not known, it can.
  func canReference(_ type: ColumnType, _ other: ColumnType) -> Bool {
    guard let one = family(type), let two = family(other) else { return true }
    if type.isArray != other.isArray { return false }
    switch (one, two) {
    case (.whole, .fraction): return !type.isArray
    case (.enumeration, .enumeration): return type.userType == other.userType
    default: return one == two
    }
  }

  private func family(_ type: ColumnType) -> Family? {
    if let name = type.userType {
      switch catalog.typeBook[name]?.kind {
      case .enumeration: return .enumeration
      case .domain(let base, _, _): return base.isArray ? nil : family(base)
      default: return nil
      }
    }
    switch type.base {
    case "smallint", "integer", "bigint": return .whole
    case "numeric", "real", "double precision": return .fraction
    case "text", "character varying", "character": return .text
    case "uuid": return .uuid
    case "boolean": return .boolean
    case "date", "timestamp without time zone", "timestamp with time zone": return .time
    case "bytea": return .bytes
    case "inet", "cidr": return .address
    default: return nil
    }
  }
}
