internal import DecisionEngine
internal import Foundation
internal import KnowledgeModel

/// How much depth a document has.
public enum Audience: String, Sendable, CaseIterable, Hashable {
  /// Two pages: what was decided, what it costs, what is open, and who approves.
  case exec
  /// Every section; of decisions with little at stake one line.
  case review
  /// The same, with the full trace of every decision and every practice in an appendix.
  case full
}

/// Which decisions deserve a section of their own.
struct Standing {
  let assessment: Assessment
  let wording: Wording

  /// What hangs on a decision: its weight for each step of effort, and twice more where a threshold is close.
  func stake(_ result: DecisionResult) -> Int {
    let efforts = Decision.Effort.allCases
    let effort = result.option.flatMap { efforts.firstIndex(of: $0.effort) } ?? 0
    return result.decision.weight * (effort + (isClose(result) ? 2 : 0))
  }

  /// Whether the threshold that counts most, of an answer and not of a default, is near.
  func isClose(_ result: DecisionResult) -> Bool { wording.nearest(result).map(wording.isClose) ?? false }

  /// Whether little hangs on it: small effort and nothing close, or no answer behind it. An open decision is quiet
  /// unless much of the architecture waits for it.
  func isQuiet(_ result: DecisionResult) -> Bool {
    switch result.status {
    case .notApplicable: return true
    case .undecided: return result.decision.weight < 3
    case .decided:
      if result.isAssumed { return true }
      // The weightiest are worth a section well before they turn.
      let reach: Decimal = result.decision.weight >= 3 ? 2 : Decimal(15) / 10
      if wording.isClose(toAFlipOf: result, within: reach), result.decision.weight > 1 { return false }
      let effort = result.option?.effort ?? .none
      switch effort {
      case .high: return false
      case .medium: return result.decision.weight < 2 || restsOnDefaults(result)
      case .low, .none: return true
      }
    }
  }
}

extension Standing {
  /// Whether no answer is among what decided, though one could change it.
  private func restsOnDefaults(_ result: DecisionResult) -> Bool {
    let reasons = wording.shortReasons(result)
    return !reasons.isEmpty && reasons.allSatisfy { $0.hasSuffix("(planning default)") }
  }
}

extension Wording {
  /// Whether one answer, changed by less than a factor, would bring another outcome.
  func isClose(toAFlipOf result: DecisionResult, within factor: Decimal) -> Bool {
    result.flips.contains { flip in
      guard flip.outcome != Outcome.notApplicable, case .quantity(let to) = flip.to,
        let reading = assessment.reading(flip.trait), reading.origin != .default,
        case .quantity(let now) = reading.state
      else { return false }
      let from = to > now.high ? now.high : now.low
      return Wording.ratio(from, to, unit: reading.trait.kind.unit).map { $0 < factor } ?? false
    }
  }
}
