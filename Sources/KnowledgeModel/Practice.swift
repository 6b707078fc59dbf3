/// A habit to follow where its condition holds.
public struct Practice: Sendable, Hashable {
  public var entry: Entry
  public var applies: RuleCondition?
  public var reason: String
  public var level: Level
  public var checks: [String]

  public var id: String { entry.id }

  public init(entry: Entry, applies: RuleCondition?, reason: String, level: Level, checks: [String]) {
    self.entry = entry
    self.applies = applies
    self.reason = reason
    self.level = level
    self.checks = checks
  }
}

public enum Level: String, Sendable, CaseIterable, Hashable { case must, should }

/// Something to verify, with the evidence that shows it.
public struct Check: Sendable, Hashable {
  public var entry: Entry
  public var applies: RuleCondition?
  public var reason: String
  public var phase: Phase
  public var level: Level
  /// The step of the self-verification protocol, `SV-1` to `SV-6`.
  public var step: String?
  public var evidence: String
  /// The command that proves it, where one exists.
  public var command: String?
  /// The kinds of change that call for it; none where no diff does.
  public var changes: [String]

  public var id: String { entry.id }

  public enum Phase: String, Sendable, CaseIterable, Hashable {
    case design, change
    case beforeProduction = "before-production"
    case operating

    public var title: String {
      switch self {
      case .design: "Design"
      case .change: "Each change"
      case .beforeProduction: "Before production"
      case .operating: "Operating"
      }
    }
  }

  public init(
    entry: Entry, applies: RuleCondition?, reason: String, phase: Phase, level: Level, step: String?, evidence: String,
    command: String?, changes: [String] = []
  ) {
    self.changes = changes
    self.entry = entry
    self.applies = applies
    self.reason = reason
    self.phase = phase
    self.level = level
    self.step = step
    self.evidence = evidence
    self.command = command
  }
}
