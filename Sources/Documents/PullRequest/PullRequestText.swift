internal import TextFormats

/// The body of a pull request, out of a file of Markdown or what a forge writes about it.
public struct PullRequestText: Sendable, Hashable {
  public var markdown: String
  /// Whether it was taken out of JSON: lines are those of the body then, not of a file.
  public var isFromForge: Bool

  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String
  }

  /// The largest body that is read, in bytes; no forge has a larger one.
  public static let largest = 1 << 20
  /// The largest file that one is taken out of.
  public static let largestFile = 32 << 20

  /// Reads Markdown, or JSON that tells of a pull request: the event that GitHub, Gitea and Forgejo hand to a workflow,
  /// GitLab's webhook, and what the forges' interfaces answer. It is known by its content.
  public init(_ bytes: [UInt8]) throws(Problem) {
    if bytes.count > PullRequestText.largestFile { throw Problem(description: "it is larger than 32 MiB") }
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    if PullRequestText.isObject(bytes) {
      let json: JSON
      do throws(JSONProblem) {
        json = try JSON.parse(bytes)
      } catch {
        throw Problem(description: "this begins as JSON, and is none: byte \(error.column): \(error.message)")
      }
      markdown = try PullRequestText.body(json)
      isFromForge = true
    } else {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Problem(description: "this is not UTF-8 text; expected the body of a pull request, or an event as JSON")
      }
      markdown = text
      isFromForge = false
    }
    if markdown.utf8.count > PullRequestText.largest { throw Problem(description: "the body is larger than 1 MiB") }
  }

  /// Whether the first things that are no blanks are a brace and a key.
  private static func isObject(_ bytes: [UInt8]) -> Bool {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
    let start = bytes.drop { blanks.contains($0) }
    guard start.first == UInt8(ascii: "{"), let next = start.dropFirst().first(where: { !blanks.contains($0) }) else {
      return false
    }
    return next == UInt8(ascii: "\"") || next == UInt8(ascii: "}")
  }

  private static func body(_ json: JSON) throws(Problem) -> String {
    let places: [(object: JSON?, key: String)] = [
      (json["pull_request"], "body"), (json["object_attributes"], "description"), (json, "body"), (json, "description"),
    ]
    if let kind = json["object_kind"], kind != .string("merge_request") {
      throw Problem(description: "this event is of no merge request; expected one with object_kind merge_request")
    }
    for place in places {
      switch place.object?[place.key] {
      case .string(let text): return text
      case .null: return ""
      default: continue
      }
    }
    throw Problem(
      description: "this JSON holds no pull request; expected pull_request.body (GitHub, Gitea, Forgejo: an event of "
        + "kind pull_request), object_attributes.description (GitLab's webhook), or body or description at the top")
  }
}
