public import TextFormats

/// Findings in the Static Analysis Results Interchange Format, version 2.1.0, which code hosts read.
public struct SARIF: Sendable {
  public struct Rule: Sendable {
    public let id: String
    public let summary: String
    public let help: String

    public init(id: String, summary: String, help: String) {
      self.id = id
      self.summary = summary
      self.help = help
    }
  }

  public struct Result: Sendable {
    public let rule: String
    public let severity: Severity
    public let message: String
    public let file: String
    /// Both from 1; the column in characters (Unicode scalars).
    public let line: Int
    public let column: Int

    public init(rule: String, severity: Severity, message: String, file: String, line: Int, column: Int) {
      self.rule = rule
      self.severity = severity
      self.message = message
      self.file = file
      self.line = line
      self.column = column
    }
  }

  public let version: String
  public let rules: [Rule]
  public let count: Int
  private let result: @Sendable (Int) -> Result

  /// - Parameters:
  ///   - version: the program's.
  ///   - count: of the results.
  ///   - result: makes the result of a number from 0.
  public init(version: String, rules: [Rule], count: Int, result: @escaping @Sendable (Int) -> Result) {
    self.version = version
    self.rules = rules
    self.count = count
    self.result = result
  }

  public init(version: String, rules: [Rule], results: [Result]) {
    self.init(version: version, rules: rules, count: results.count) { results[$0] }
  }

  public var json: JSON { streamed.whole }

  /// To be written or read once.
  public var streamed: StreamedJSON {
    let numbers = Dictionary(
      rules.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
    var seen: [String: Int] = [:]
    let item = { (index: Int) -> JSON in
      let result = result(index)
      // Without the line, so that a finding stays the same one when the file grows above it.
      var fingerprint = Fingerprint()
      for part in [result.rule, result.file, result.message] { fingerprint.mix(part) }
      let count = seen[fingerprint.text, default: 0]
      seen[fingerprint.text] = count + 1
      return json(result, rule: numbers[result.rule], fingerprint: "\(fingerprint.text):\(count + 1)")
    }
    let tool = JSON.object([
      "driver": .object([
        "name": .string("plumbline"), "version": .string(version), "semanticVersion": .string(version),
        "rules": .array(rules.map(Self.json)),
      ])
    ])
    return .object([
      ("$schema", .value(.string("https://json.schemastore.org/sarif-2.1.0.json"))),
      ("version", .value(.string("2.1.0"))),
      (
        "runs",
        .list(
          .object([
            ("tool", .value(tool)), ("columnKind", .value(.string("unicodeCodePoints"))),
            ("results", .items(count: count, item: item)),
          ]))
      ),
    ])
  }

  private static func json(_ rule: Rule) -> JSON {
    .object([
      "id": .string(rule.id), "shortDescription": .object(["text": .string(rule.summary)]),
      "fullDescription": .object(["text": .string(rule.summary)]),
      "help": .object(["text": .string(rule.help)]),
    ])
  }

  private func json(_ result: Result, rule: Int?, fingerprint: String) -> JSON {
    var members: [JSON.Member] = [.init("ruleId", .string(result.rule))]
    if let rule { members.append(.init("ruleIndex", .init(rule))) }
    members += [
      .init("level", .string(result.severity.rawValue)),
      .init("message", .object(["text": .string(result.message)])),
      .init(
        "locations",
        .array([
          .object([
            "physicalLocation": .object([
              "artifactLocation": .object(["uri": .string(Self.uri(result.file))]),
              "region": .object([
                "startLine": .init(max(1, result.line)), "startColumn": .init(max(1, result.column)),
              ]),
            ])
          ])
        ])),
      .init("partialFingerprints", .object(["plumbline/v1": .string(fingerprint)])),
    ]
    return .object(members)
  }

  /// A path as a reference: absolute ones get their scheme; relative ones stay relative.
  static func uri(_ path: String) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    let kept = Set("-_.~/".utf8)
    var path = path[...]
    while path.hasPrefix("./") { path = path.dropFirst(2) }
    var out: [UInt8] = []
    for byte in path.utf8 {
      let isPlain = (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || kept.contains(byte)
      if isPlain { out.append(byte) } else { out += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]] }
    }
    let text = String(decoding: out, as: UTF8.self)
    return text.hasPrefix("/") ? "file://" + text : text
  }
}

extension SchemaReport {
  /// - Parameter version: the program's.
  public func sarif(version: String) -> SARIF {
    SARIF(
      version: version, rules: SchemaRules.list.map { .init(id: $0.id, summary: $0.summary, help: $0.summary) },
      count: findings.count
    ) { number in
      let finding = findings[number]
      let place = position(of: finding.place)
      return .init(
        rule: finding.rule, severity: finding.severity, message: "\(finding.message)\n\n\(finding.remedy)",
        file: place.file, line: place.line, column: place.column)
    }
  }
}
