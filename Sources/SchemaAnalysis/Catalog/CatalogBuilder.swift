public import SQLSyntax

/// Follows statements one after another, as PostgreSQL would, without a database.
public struct CatalogBuilder: Sendable {
  public private(set) var catalog: Catalog

  public init(_ catalog: Catalog = Catalog()) { self.catalog = catalog }

  /// Applies a statement.
  /// - Parameter file: the index of the text in the input.
  /// - Returns: what could not be followed; the catalogue is then as if that part had not been there.
  public mutating func apply(_ parsed: ParsedStatement, of text: SQLText, file: Int) -> [Unfollowed] { [] }
}

/// A statement, or part of one, that was passed over.
public struct Unfollowed: Sendable, Hashable {
  /// As: a DO block runs code that is not followed.
  public let reason: String
  public let place: SQLPlace

  public init(_ reason: String, at place: SQLPlace) {
    self.reason = reason
    self.place = place
  }
}
