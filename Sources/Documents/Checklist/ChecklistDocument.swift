public import DecisionEngine
public import KnowledgeModel
internal import Markdown

/// A checklist by phase and area: for a system, or for a diff.
public struct ChecklistDocument: Sendable {
  public var items: [ChecklistItem]
  /// Plain text.
  public var title: String
  /// A sentence that says what the items are for.
  public var lead: String
  /// What the reader has to know besides, such as what could not be seen; Markdown, a line each.
  public var remarks: [String]
  let assessment: Assessment
  let knowledge: Knowledge

  /// - Parameters:
  ///   - items: those of the system, unless others are given.
  ///   - title: plain text; made of the system's name where nil.
  ///   - lead: Markdown; how many items there are where nil.
  public init(
    _ assessment: Assessment, _ knowledge: Knowledge, items: [ChecklistItem]? = nil, title: String? = nil,
    lead: String? = nil, remarks: [String] = []
  ) {
    let items = items ?? ChecklistItem.all(assessment, knowledge)
    self.items = Check.Phase.allCases.flatMap { phase in
      items.filter { $0.phase == phase }.sorted { ($0.area, $0.id) < ($1.area, $1.id) }
    }
    let name = MarkdownText.plain(assessment.sheet.system ?? "")
    self.title = title ?? (name.isEmpty ? "Checklist" : "\(name): checklist")
    self.lead = lead ?? ChecklistDocument.count(items)
    self.remarks = remarks
    self.assessment = assessment
    self.knowledge = knowledge
  }

  /// `12 items, 9 of them a must.`
  private static func count(_ items: [ChecklistItem]) -> String {
    guard !items.isEmpty else { return "Nothing to check." }
    let must = items.count { $0.level == .must }
    return "\(Wording.count(items.count, "item", "items")), \(must) of them a must."
  }

  /// - Parameter templates: by file name; see docs/templates.md.
  /// - Throws: `TemplateProblem` where a template is missing or names something it is not given.
  public func markdown(templates: [String: String]) throws -> String {
    try markdown(try TemplateSet(templates, shapes: Shapes.all))
  }

  /// The same to be pasted into a pull request: without the comments that tell generated parts from a person's text.
  /// - Throws: as `markdown`.
  public func pasted(templates: [String: String]) throws -> String {
    TemplateSet.tidied(Markers.stripped(try markdown(templates: templates)))
  }

  /// One HTML file that fetches nothing, and is a form.
  /// - Throws: as `markdown`.
  public func html(templates: [String: String]) throws -> String {
    let set = try TemplateSet(templates, shapes: Shapes.all)
    return try html(of: try markdown(set), set, templates)
  }

  func markdown(_ set: TemplateSet) throws(TemplateProblem) -> String {
    try set.document("checklist.md.mustache", value)
  }

  /// - Parameter markdown: the checklist as it was generated, or with what a person wrote into it.
  func html(of markdown: String, _ set: TemplateSet, _ templates: [String: String]) throws -> String {
    let form = try ChecklistForm(self, markdown, set: set, templates: templates)
    return try Page(set, templates, assessment, knowledge).html(of: form.markdown, title: title, form: form)
  }

  private var value: TemplateValue {
    .record([
      "title": .text(MarkdownText.escape(title)), "house": .optional(HouseRules(wording).text), "lead": .text(lead),
      "remarks": .section(remarks), "isEmpty": .flag(items.isEmpty), "phases": .list(phases),
    ])
  }

  private var wording: Wording { Wording(assessment: assessment, knowledge: knowledge, style: .markdown) }

  private var phases: [TemplateValue] {
    Check.Phase.allCases.compactMap { phase in
      let own = items.filter { $0.phase == phase }
      guard !own.isEmpty else { return nil }
      return .record([
        "id": .text(phase.rawValue), "phase": .text(phase.title),
        "areas": .list(
          own.map(\.area).uniqued().map { area in
            .record([
              "area": .text(area.title), "items": .texts(own.filter { $0.area == area }.map(\.markdown)),
            ])
          }),
      ])
    }
  }
}
