/// How much a finding weighs.
public enum Severity: String, Sendable, Comparable, CaseIterable {
  /// Worth knowing; no finding for the exit status.
  case note
  case warning, error

  public static func < (one: Self, other: Self) -> Bool {
    (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
  }
}
