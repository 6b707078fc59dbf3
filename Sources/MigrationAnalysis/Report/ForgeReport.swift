import Foundation
import SQLSyntax
import SchemaAnalysis
public import TextFormats

/// For the forges' own views of a change.
extension MigrationReport {
  /// Workflow commands of GitHub, one a line: what is found is shown beside the statement.
  public var gitHub: String {
    findings.map { finding in
      let position = position(finding.place)
      let name =
        switch finding.severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "notice"
        }
      let properties = [
        ("file", file(finding.place)), ("line", "\(position.line)"), ("col", "\(position.column)"),
        ("title", finding.rule),
      ]
      let named = properties.map { "\($0.0)=\(Self.escaped($0.1, isProperty: true))" }.joined(separator: ",")
      return "::\(name) \(named)::\(Self.escaped(sentence(finding), isProperty: false))\n"
    }.joined()
  }

  /// As the runner takes it apart again. Other control characters have no place in a log.
  private static func escaped(_ text: String, isProperty: Bool) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": out += "%25"
      case "\r": out += "%0D"
      case "\n": out += "%0A"
      case ":" where isProperty: out += "%3A"
      case "," where isProperty: out += "%2C"
      case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format: break
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// GitLab's report of code quality. A finding keeps its fingerprint when lines before it come or go.
  public var gitLab: JSON {
    var seen: [String: Int] = [:]
    return .array(
      findings.map { finding in
        let file = file(finding.place)
        let key = "\(finding.rule) \(file) \(finding.statement) \(finding.message)"
        seen[key, default: 0] += 1
        var fingerprint = Fingerprint()
        for part in [finding.rule, file, finding.statement, finding.message, "\(seen[key] ?? 0)"] {
          fingerprint.mix(part)
        }
        let severity =
          switch finding.severity {
          case .error: "critical"
          case .warning: "major"
          case .note: "info"
          }
        return .object([
          "description": .string(sentence(finding)), "check_name": .string("plumbline/\(finding.rule)"),
          "fingerprint": .string(fingerprint.text), "severity": .string(severity),
          "location": .object([
            "path": .string(file),
            "lines": .object(["begin": .number(Decimal(position(finding.place).line))]),
          ]),
        ])
      })
  }
}
