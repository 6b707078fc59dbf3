import SQLSyntax
public import SchemaAnalysis
import TextFormats

/// What was found in a set of migrations, ready to be shown.
public struct MigrationReport: Sendable {
  public let input: SQLInput
  /// By file and place.
  public let findings: [MigrationFinding]
  /// What could not be parsed, followed or told, by file and place.
  public let unfollowed: [Unfollowed]
  /// Sentences for people: what was assumed, what conflicts.
  public let remarks: [String]
  /// The server's major version that was judged for.
  public let postgres: Int
  /// How many steps were judged, and how many before them followed.
  public let judged: Int
  public let deployed: Int

  public init(
    _ input: SQLInput, findings: [MigrationFinding], unfollowed: [Unfollowed], remarks: [String] = [], postgres: Int,
    deployed: Int = 0
  ) {
    self.input = input
    self.postgres = postgres
    self.remarks = remarks
    self.deployed = min(deployed, input.steps.count)
    judged = input.steps.count - self.deployed
    let order = FileOrder(input)
    self.findings = findings.filter { input.texts.indices.contains($0.place.text) }.sorted {
      let (first, second) = (order.key($0.place), order.key($1.place))
      return first != second
        ? first < second
        : $0.severity != $1.severity ? $0.severity > $1.severity : ($0.rule, $0.message) < ($1.rule, $1.message)
    }
    var seen: Set<Unfollowed> = []
    self.unfollowed = unfollowed.filter { input.texts.indices.contains($0.place.text) && seen.insert($0).inserted }
      .sorted {
        let (first, second) = (order.key($0.place), order.key($1.place))
        return first != second ? first < second : $0.reason < $1.reason
      }
  }

  /// Whether there is something that has to be mended: notes alone are no findings for the exit status.
  public var hasFindings: Bool { findings.contains { $0.severity > .note } }

  func count(_ severity: Severity) -> Int { findings.count { $0.severity == severity } }

  func position(_ place: SQLPlace) -> SQLPosition { input.texts[place.text].position(at: place.offset) }

  /// A file as it was named.
  func file(_ place: SQLPlace) -> String { input.texts[place.text].name }

  /// On one line, with everything that controls a terminal taken out.
  func safeFile(_ place: SQLPlace) -> String { file(place).onOneLine(atMost: 400) }

  /// Texts in the order in which the steps use them.
  private struct FileOrder {
    var ranks: [Int: Int] = [:]

    init(_ input: SQLInput) {
      for step in input.steps {
        for section in step.up + (step.down ?? []) where ranks[section.text] == nil {
          ranks[section.text] = ranks.count
        }
      }
    }

    func key(_ place: SQLPlace) -> Place {
      Place(rank: ranks[place.text] ?? .max, text: place.text, offset: place.offset)
    }
  }

  private struct Place: Equatable, Comparable {
    let rank: Int
    let text: Int
    let offset: Int

    static func < (one: Self, other: Self) -> Bool {
      (one.rank, one.text, one.offset) < (other.rank, other.text, other.offset)
    }
  }
}

extension SQLInput {
  /// The texts' names in order, as they were given.
  public var names: [String] { texts.map(\.name) }
}
