internal import Foundation
internal import TextFormats

/// Where a PostgreSQL database is and as whom it is asked, from an address such as
/// `postgresql://user:password@host:5432/database?sslmode=require`.
///
/// Neither its descriptions nor the messages about it hold the password, or any other text of an address that could not
/// be read: there a password may stand where none is expected.
public struct PostgreSQLAddress: Sendable, Hashable {
  /// As libpq's environment variables. The password is among them.
  let settings: [String: String]

  /// The password, if the address holds one.
  var password: String? { settings["PGPASSWORD"].flatMap { $0.isEmpty ? nil : $0 } }

  /// Reads an address as libpq does: user, password, hosts with their ports, database, and the parameters that concern
  /// how to connect; each may hold percent escapes.
  ///
  /// - Parameters:
  ///   - text: begins with `postgresql://` or `postgres://`.
  ///   - option: what the address was given by, for messages, such as `--database`.
  /// - Throws: a problem of kind `badAddress`.
  public init(_ text: String, option: String) throws(PostgreSQLProblem) {
    var reader = AddressReader(option: option)
    try reader.read(text)
    settings = reader.settings
  }
}

extension PostgreSQLAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The address without the password and without parameters.
  public var description: String {
    let user = settings["PGUSER"].map { "\($0)@" } ?? ""
    let hosts = (settings["PGHOST"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let ports = (settings["PGPORT"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let places = hosts.enumerated().map { number, host in
      let port = ports.count == 1 ? ports[0] : number < ports.count ? ports[number] : ""
      return (host.contains(":") ? "[\(host)]" : "\(host)") + (port.isEmpty ? "" : ":\(port)")
    }
    // The scheme stays as it is where the password is “postgres”.
    let rest = withoutPassword("\(user)\(places.joined(separator: ","))/\(settings["PGDATABASE"] ?? "")")
    return "postgresql://" + rest.onOneLine(atMost: 400)
  }

  public var debugDescription: String { description }

  public var customMirror: Mirror { Mirror(self, children: ["address": description]) }

  /// A text in which the password, as it is and as it may stand in an address, is replaced by “…”.
  func withoutPassword(_ text: String) -> String {
    guard let password else { return text }
    var text = text.replacing(password, with: "…")
    if let escaped = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics), escaped != password {
      text = text.replacing(escaped, with: "…")
    }
    return text
  }
}

private struct AddressReader {
  let option: String
  var settings: [String: String] = [:]

  static let example = "expected postgresql://user:password@host:5432/database"

  /// The parameters that say how to connect, and libpq's variable for each.
  static let known = [
    "sslmode": "PGSSLMODE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "sslrootcert": "PGSSLROOTCERT", "channel_binding": "PGCHANNELBINDING",
    "target_session_attrs": "PGTARGETSESSIONATTRS", "connect_timeout": "PGCONNECT_TIMEOUT", "service": "PGSERVICE",
  ]

  /// What libpq accepts for those that are one of a few words.
  static let words = [
    "sslmode": ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    "channel_binding": ["disable", "prefer", "require"],
    "target_session_attrs": ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
  ]

  func problem(_ what: String) -> PostgreSQLProblem {
    PostgreSQLProblem(.badAddress, what.isEmpty ? "\(option): \(Self.example)" : "\(option): \(what); \(Self.example)")
  }

  mutating func read(_ text: String) throws(PostgreSQLProblem) {
    guard let scheme = ["postgresql://", "postgres://"].first(where: { text.hasPrefix($0) }) else {
      throw problem("")
    }
    let rest = text.dropFirst(scheme.count)
    // Before the first slash stand user, password and hosts; then the database; then, after a question mark, the rest.
    var authority = rest.prefix { $0 != "/" }
    var tail = rest[authority.endIndex...]
    if let at = authority.lastIndex(of: "@") {
      let user = authority[..<at]
      // Such an address can be read in two ways, and by one of them a part of the password would be a host.
      if user.contains("?") {
        throw problem("a ? stands before the @; write ? as %3F and @ as %40 in names, passwords and parameters")
      }
      try self.user(user)
      authority = authority[authority.index(after: at)...]
    }
    if let mark = authority.firstIndex(of: "?") {
      tail = rest[mark...]
      authority = authority[..<mark]
    }
    try hosts(authority)
    if tail.hasPrefix("/") {
      let name = tail.dropFirst().prefix { $0 != "?" }
      if name.contains("@") {
        throw problem("an @ stands behind the first /; write / as %2F and @ as %40 in names and passwords")
      }
      let plain = try plain(name)
      if !plain.isEmpty { settings["PGDATABASE"] = plain }
      tail = tail[name.endIndex...]
    }
    try parameters(tail.dropFirst())
  }

  private func plain(_ text: some StringProtocol) throws(PostgreSQLProblem) -> String {
    guard let text = String(text).removingPercentEncoding,
      !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
    else { throw problem("an escape in the address is broken") }
    return text
  }

  private mutating func user(_ text: Substring) throws(PostgreSQLProblem) {
    if let colon = text.firstIndex(of: ":") {
      settings["PGUSER"] = try plain(text[..<colon])
      settings["PGPASSWORD"] = try plain(text[text.index(after: colon)...])
    } else if !text.isEmpty {
      settings["PGUSER"] = try plain(text)
    }
  }

  /// One host or several, each with a port or without: `db1:5432,[::1]:5433,db3`.
  private mutating func hosts(_ text: Substring) throws(PostgreSQLProblem) {
    var names: [String] = []
    var ports: [String] = []
    for place in text.split(separator: ",", omittingEmptySubsequences: false) {
      var rest = place
      if rest.hasPrefix("[") {
        guard let close = rest.firstIndex(of: "]") else { throw problem("a [ before a host is never closed") }
        names.append(try plain(rest[rest.index(after: rest.startIndex)..<close]))
        rest = rest[rest.index(after: close)...]
        guard rest.isEmpty || rest.hasPrefix(":") else { throw problem("something stands behind the ] of a host") }
      } else {
        let name = rest.prefix { $0 != ":" }
        names.append(try plain(name))
        rest = rest[name.endIndex...]
      }
      ports.append(rest.isEmpty ? "" : try port(rest.dropFirst()))
    }
    if names.contains(where: { !$0.isEmpty }) { settings["PGHOST"] = names.joined(separator: ",") }
    if ports.contains(where: { !$0.isEmpty }) { settings["PGPORT"] = ports.joined(separator: ",") }
  }

  private func port(_ text: some StringProtocol) throws(PostgreSQLProblem) -> String {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), (1...65535).contains(number)
    else { throw problem("the port is not a number from 1 to 65535") }
    return "\(number)"
  }

  private mutating func parameters(_ text: Substring) throws(PostgreSQLProblem) {
    for (number, pair) in text.split(separator: "&").enumerated() {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      // It is not quoted: a password with an & in it ends here.
      guard parts.count == 2, let name = Self.known[parts[0]] else {
        throw PostgreSQLProblem(
          .badAddress,
          "\(option): parameter \(number + 1) of the address is not known here; known are \(Self.known.keys.sorted().joined(separator: ", "))"
        )
      }
      let value = try plain(parts[1])
      if let words = Self.words[parts[0]], !words.contains(value) {
        throw problem("\(parts[0]) is not one of \(words.joined(separator: ", "))")
      }
      switch parts[0] {
      case "port":
        var ports: [String] = []
        for text in value.split(separator: ",", omittingEmptySubsequences: false) {
          ports.append(text.isEmpty ? "" : try port(text))
        }
        settings[name] = ports.joined(separator: ",")
      case "connect_timeout":
        guard let seconds = Int(value), (1...600).contains(seconds) else {
          throw problem("connect_timeout is not a number of seconds from 1 to 600")
        }
        settings[name] = "\(seconds)"
      default: settings[name] = value
      }
    }
  }
}
