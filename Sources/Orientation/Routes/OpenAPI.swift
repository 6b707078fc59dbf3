internal import TextFormats

/// An OpenAPI 3 or Swagger 2 file, and the operations that it describes.
public struct APIDescription: Sendable, Hashable {
  public var file: String
  /// As written there: `3.0.3`, `2.0`.
  public var version: String
  public var title: String?
  public var operations: [Route]
  /// What hindered the reading of it.
  public var remark: String?

  private static let verbs: Set<String> = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

  /// The descriptions in a tree; those of tests are left out.
  static func all(in tree: CodeTree) -> [APIDescription] {
    var found: [APIDescription] = []
    for file in tree.files {
      let isJSON = file.path.hasSuffix(".json")
      guard isJSON || file.path.hasSuffix(".yaml") || file.path.hasSuffix(".yml"), !PathKind.isTest(file.path),
        file.size > 20
      else { continue }
      guard let head = tree.bytes(file, upTo: 4096), Hints.contains(head, "openapi") || Hints.contains(head, "swagger"),
        let bytes = tree.bytes(file)
      else {
        // A description that is too large is named, not passed over.
        if file.size > tree.limits.fileBytes, file.name.hasPrefix("openapi") || file.name.hasPrefix("swagger") {
          found.append(
            APIDescription(file: file.path, version: "", title: nil, operations: [], remark: "too large to be read"))
        }
        continue
      }
      if let description = isJSON ? json(bytes, file.path) : yaml(bytes, file.path) { found.append(description) }
    }
    return found
  }

  private static func json(_ bytes: [UInt8], _ path: String) -> APIDescription? {
    guard let value = try? JSON.parse(bytes) else {
      let isOurs = path.hasSuffix("openapi.json") || path.hasSuffix("swagger.json")
      return isOurs
        ? APIDescription(file: path, version: "", title: nil, operations: [], remark: "not valid JSON") : nil
    }
    guard case .string(let version) = value["openapi"] ?? value["swagger"] ?? .null,
      case .object(let paths) = value["paths"] ?? .null
    else { return nil }
    var title: String?
    if case .string(let text) = value["info"]?["title"] ?? .null { title = text }
    var prefix = ""
    if case .string(let base) = value["basePath"] ?? .null { prefix = base }
    if case .array(let servers) = value["servers"] ?? .null, case .string(let url) = servers.first?["url"] ?? .null {
      prefix = pathPart(url)
    }
    var operations: [Route] = []
    for entry in paths {
      guard case .object(let members) = entry.value else { continue }
      for member in members where verbs.contains(member.key) {
        var handler: String?
        if case .string(let id) = member.value["operationId"] ?? .null { handler = id }
        operations.append(operation(member.key, prefix, entry.key, path, 1, handler))
      }
    }
    return APIDescription(file: path, version: version, title: title, operations: operations, remark: nil)
  }

  private static func operation(
    _ verb: String, _ prefix: String, _ path: String, _ file: String, _ line: Int, _ handler: String?
  ) -> Route {
    Route(
      method: verb.uppercased(), path: RouteGraph.join(prefix, path, .keepingEnd), place: Place(file: file, line: line),
      handler: handler, framework: "OpenAPI")
  }

  /// What stands behind the host of a server's address.
  private static func pathPart(_ url: String) -> String {
    guard let scheme = url.ranges(of: "://").first else { return url.hasPrefix("/") ? url : "" }
    let rest = url[scheme.upperBound...]
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
  }

  private static func yaml(_ bytes: [UInt8], _ path: String) -> APIDescription? {
    let text = String(decoding: bytes, as: UTF8.self)
    let value: YAMLValue?
    do throws(YAMLProblem) {
      value = try StrictYAML.parse(text)
    } catch {
      return byLines(text, path, reason: error.message)
    }
    guard let value, let version = (value["openapi"] ?? value["swagger"])?.text,
      case .mapping(let paths, _)? = value["paths"]
    else { return nil }
    var prefix = value["basePath"]?.text ?? ""
    if case .sequence(let servers, _)? = value["servers"], let url = servers.first?["url"]?.text {
      prefix = pathPart(url)
    }
    var operations: [Route] = []
    for entry in paths {
      guard case .mapping(let members, _) = entry.value else { continue }
      for member in members where verbs.contains(member.key) {
        operations.append(
          operation(member.key, prefix, entry.key, path, member.keyMark.line, member.value["operationId"]?.text))
      }
    }
    return APIDescription(
      file: path, version: version, title: value["info"]?["title"]?.text, operations: operations, remark: nil)
  }

  /// Paths and verbs by their indentation, where the YAML cannot be read as a whole.
  private static func byLines(_ text: String, _ path: String, reason: String) -> APIDescription? {
    var version: String?
    var operations: [Route] = []
    var inPaths = false
    var pathIndent: Int?
    var verbIndent: Int?
    var current = ""
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let body = line.drop { $0 == " " }
      let indent = line.count - body.count
      guard !body.isEmpty, !body.hasPrefix("#"), let colon = body.firstIndex(of: ":") else { continue }
      let key = body[..<colon].filter { $0 != "\"" && $0 != "'" }
      if indent == 0 {
        inPaths = key == "paths"
        if key == "openapi" || key == "swagger" {
          version = body[body.index(after: colon)...].filter { $0.isNumber || $0 == "." }
        }
        continue
      }
      guard inPaths else { continue }
      if key.hasPrefix("/"), pathIndent ?? indent == indent {
        pathIndent = indent
        verbIndent = nil
        current = key
      } else if let pathIndent, indent > pathIndent, verbIndent ?? indent == indent {
        verbIndent = indent
        if verbs.contains(key) { operations.append(operation(key, "", current, path, number + 1, nil)) }
      }
    }
    guard let version else { return nil }
    return APIDescription(
      file: path, version: version, title: nil, operations: operations, remark: "read line by line, because \(reason)")
  }
}
