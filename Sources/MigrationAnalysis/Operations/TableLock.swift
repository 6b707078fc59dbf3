/// A lock that PostgreSQL takes on a table, from weak to strong.
public enum TableLock: String, Sendable, Comparable, CaseIterable {
  case accessShare = "ACCESS SHARE"
  case rowExclusive = "ROW EXCLUSIVE"
  case shareUpdateExclusive = "SHARE UPDATE EXCLUSIVE"
  case share = "SHARE"
  case shareRowExclusive = "SHARE ROW EXCLUSIVE"
  case accessExclusive = "ACCESS EXCLUSIVE"

  /// What waits while it is held; nil where neither reads nor writes do.
  public var blocked: String? {
    switch self {
    case .accessExclusive: "reads and writes"
    case .share, .shareRowExclusive: "writes"
    case .accessShare, .rowExclusive, .shareUpdateExclusive: nil
    }
  }

  public static func < (one: Self, other: Self) -> Bool {
    (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
  }
}
