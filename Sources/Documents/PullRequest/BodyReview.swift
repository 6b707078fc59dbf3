internal import KnowledgeModel
internal import Markdown
public import Review

/// Whether the body of a pull request answers the checks that it has to.
public struct BodyReview: Sendable {
  /// What the body is called in messages.
  let name: String
  /// What was read from the body or is required of it, those of the body first.
  let entries: [Entry]
  public let findings: [Finding]
  public let remarks: [Remark]
  /// Whether only what a diff needs is required.
  let isOfDiff: Bool
  /// What of the diff was not looked into.
  let unseen: [Unseen]

  struct Entry: Sendable, Hashable {
    var item: ChecklistItem
    var answer: ChecklistBody.Item?
    var isRequired: Bool
  }

  public struct Finding: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
      case unticked, contradiction
      case noEvidence = "no-evidence"
      case notApplicableWithoutReason = "not-applicable-without-reason"
      case missingItem = "missing-item"
      case noItems = "no-items"
    }

    public var kind: Kind
    /// Nil where the body has no item at all.
    var item: ChecklistItem?
    /// In the body, from 1.
    public var line: Int?
    /// What is wrong.
    public var message: String
    /// What to write.
    public var remedy: String
    /// Lines of Markdown for the body.
    public var paste: String?
  }

  /// What is worth a word and no finding.
  public struct Remark: Sendable, Hashable {
    public var id: String
    public var line: Int?
    public var text: String
  }

  /// - Parameters:
  ///   - name: what the body is called in messages.
  ///   - needed: the checks that a diff calls for; nil to require what stands in the body.
  ///   - unseen: what of the diff was not looked into.
  public init(
    _ body: ChecklistBody, name: String, needed: [CalledCheck]?, unseen: [Unseen] = [], _ reference: ItemReference
  ) {
    self.name = name
    self.unseen = unseen
    isOfDiff = needed != nil
    let called = needed.map { ChecklistItem.called($0, reference.assessment, reference.knowledge) }
    let byID = Dictionary((called ?? []).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var entries: [Entry] = []
    var findings: [Finding] = []
    var remarks: [Remark] = []
    let contradictions = Dictionary(
      body.contradictions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for answer in body.items {
      guard let item = byID[answer.id] ?? reference.items[answer.id] else {
        remarks.append(.init(id: answer.id, line: answer.line, text: "does not apply to this system, and may go"))
        continue
      }
      let isNeeded = called == nil || byID[answer.id] != nil
      let entry = Entry(item: item, answer: answer, isRequired: isNeeded && item.level == .must)
      entries.append(entry)
      if entry.isRequired {
        findings += contradictions[answer.id].map { [Finding($0, item)] } ?? Finding(answer, item).map { [$0] } ?? []
      } else if !isNeeded {
        remarks.append(.init(id: answer.id, line: answer.line, text: "is not needed by this diff"))
      } else if answer.state == .unticked {
        remarks.append(.init(id: answer.id, line: answer.line, text: "is not ticked; it is a should, so nothing fails"))
      } else if answer.state == .notApplicable(reason: nil) {
        remarks.append(.init(id: answer.id, line: answer.line, text: "has no reason; it is a should, so nothing fails"))
      }
    }
    for item in called ?? [] where body.item(item.id) == nil {
      entries.append(.init(item: item, answer: nil, isRequired: item.level == .must))
      if item.level == .must {
        findings.append(Finding(missing: item))
      } else {
        remarks.append(.init(id: item.id, line: nil, text: "is missing; it is a should, so nothing fails"))
      }
    }
    if called == nil, body.items.isEmpty { findings.append(.noItems) }
    self.entries = entries
    self.findings = findings
    self.remarks = remarks
  }

  var required: [Entry] { entries.filter(\.isRequired) }
  /// How many of the required items are answered as they should.
  var answered: Int {
    let open = Set(findings.compactMap(\.item?.id))
    return required.count { !open.contains($0.item.id) }
  }
}

extension BodyReview.Finding {
  fileprivate static let sayWhyNot = "write behind the bold text “N/A: ” and why it does not apply here"

  /// What is wrong with an answer; nil where nothing is.
  fileprivate init?(_ answer: ChecklistBody.Item, _ item: ChecklistItem) {
    let wanted = MarkdownText.unmarked(item.evidence)
    switch answer.state {
    case .unticked:
      kind = .unticked
      message = "not ticked"
      remedy =
        answer.evidence == nil
        ? "When it is done, tick it and give the evidence; else \(Self.sayWhyNot)."
        : "The evidence is there: tick it, or \(Self.sayWhyNot)."
    case .notApplicable(nil):
      kind = .notApplicableWithoutReason
      message = "marked as not applicable, without a reason"
      remedy = "Say why in a few words, as in “N/A: no query changed”."
    case .ticked where answer.evidence == nil:
      kind = .noEvidence
      message = "ticked without evidence"
      remedy = "Below it, write behind “Evidence:” or attach as link, picture or block of code: \(wanted)"
    case .ticked, .notApplicable: return nil
    }
    self.item = item
    line = answer.line
  }

  fileprivate init(_ contradiction: ChecklistBody.Contradiction, _ item: ChecklistItem) {
    let answers = contradiction.answers.prefix(4).map { "\($0.state.words) in line \($0.line)" }
    let more = contradiction.answers.count - answers.count
    self.init(
      kind: .contradiction, item: item, line: contradiction.answers.last?.line,
      message: "answered differently: " + Wording.list(answers + (more > 0 ? ["\(more) more"] : [])),
      remedy: "Leave one of the items in the body.", paste: nil)
  }

  fileprivate init(missing item: ChecklistItem) {
    self.init(
      kind: .missingItem, item: item, line: nil, message: "missing from the body",
      remedy: "Paste this into the body and answer it:", paste: "- [ ] \(item.markdown)")
  }

  fileprivate static let noItems = Self(
    kind: .noItems, item: nil, line: nil, message: "the body holds no checklist item",
    remedy: "Begin it with the repository's template (plumbline pr-template makes one), or paste what plumbline "
      + "checklist --base REV prints for this diff.", paste: nil)
}

extension ChecklistBody.State {
  fileprivate var words: String {
    switch self {
    case .ticked: "ticked"
    case .unticked: "not ticked"
    case .notApplicable: "not applicable"
    }
  }
}
