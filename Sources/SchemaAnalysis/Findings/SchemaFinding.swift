/// A flaw of a schema.
public struct SchemaFinding: Sendable, Hashable {
  /// The id of the rule that found it.
  public let rule: String
  public let severity: Severity
  public let table: ObjectName
  /// The columns that it is about, where it is about some.
  public let columns: [String]
  /// Where what is at fault was declared.
  public let place: SQLPlace
  public let message: String
  /// SQL to copy, its remarks as comments; a line each.
  public let remedy: String

  public init(
    rule: String, severity: Severity, table: ObjectName, columns: [String] = [], place: SQLPlace, message: String,
    remedy: String
  ) {
    self.rule = rule
    self.severity = severity
    self.table = table
    self.columns = columns
    self.place = place
    self.message = message.withoutSlack
    self.remedy = remedy.withoutSlack
  }
}

extension String {
  /// In no more memory than it needs: what is put together from parts has up to twice of it.
  fileprivate var withoutSlack: String {
    utf8.withContiguousStorageIfAvailable { String(decoding: $0, as: UTF8.self) } ?? self
  }
}
