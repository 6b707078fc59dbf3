import TestSupport
import Testing

@testable import SchemaAnalysis

@Suite("Ledgers go back to what they held")
struct LedgerTests {
  /// What a ledger is compared with: a whole copy for each level.
  private struct Copies {
    var entries: [Int: Int] = [:]
    var levels: [[Int: Int]] = []

    mutating func end(keeping: Bool) {
      guard let level = levels.popLast() else { return }
      if !keeping { entries = level }
    }
  }

  @Test("Levels, most of which change nothing, are kept and undone as copies would be", arguments: 0..<200)
  func levels(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var ledger = Ledger<Int, Int>()
    var copies = Copies()
    for _ in 0..<120 {
      switch random.next() % 8 {
      case 0, 1:
        ledger.begin()
        copies.levels.append(copies.entries)
      case 2:
        ledger.commit()
        copies.end(keeping: true)
      case 3:
        ledger.rollBack()
        copies.end(keeping: false)
      case 4, 5:
        let (key, value) = (Int(random.next() % 5), Int(random.next() % 100))
        ledger[key] = value
        copies.entries[key] = value
      case 6:
        let key = Int(random.next() % 5)
        ledger[key] = nil
        copies.entries[key] = nil
      default:
        let key = Int(random.next() % 5)
        let found: Void? = ledger.change(key) { $0 += 1 }
        #expect((found == nil) == (copies.entries[key] == nil))
        copies.entries[key]? += 1
      }
      #expect(ledger.entries == copies.entries)
    }
  }
}
