internal import Foundation
internal import TextFormats

/// A service to probe, by its base URL: `http` or `https`, a host, a port and a path if need be.
public struct HealthTarget: Sendable, Hashable {
  /// Written in one way alone: scheme and host in lower case, names in ASCII, without the scheme's own port and without
  /// a slash at the end.
  public let base: String

  /// Characters of a base URL at most.
  static let longest = 2000

  /// - Parameters:
  ///   - text: what was typed.
  ///   - place: where, for messages, such as `URL 2`.
  /// - Throws: a problem of kind `badInput`. Where the text may hold a password, the message holds nothing of it.
  public init(_ text: String, place: String) throws(HealthProblem) {
    base = try TargetReader(text: text, place: place).base()
  }

  /// A path that no service has on purpose; the same for the same target.
  var controlPath: String {
    var fingerprint = Fingerprint()
    fingerprint.mix(base)
    return "/plumbline-asks-for-nothing-\(fingerprint.text.prefix(8))"
  }

  var isEncrypted: Bool { base.hasPrefix("https:") }
}

private struct TargetReader {
  let text: String
  let place: String

  func problem(_ what: String) -> HealthProblem {
    // Behind a ? or before an @ may stand what nobody else should see.
    let shown = text.contains("@") ? "" : " (“\(String(text.prefix { $0 != "?" && $0 != "#" }).forMessage)”)"
    return HealthProblem(.badInput, "\(place)\(shown): \(what)")
  }

  func base() throws(HealthProblem) -> String {
    guard !text.isEmpty else { throw problem("expected a URL such as https://example.com") }
    guard text.utf8.count <= HealthTarget.longest else { throw problem("longer than 2,000 bytes") }
    let (scheme, rest) = try scheme()
    if text.contains("@") {
      throw problem(
        "a user or password in a URL ends up in logs; expected a URL without @; credentials go into --header")
    }
    if rest.contains("?") || rest.contains("#") {
      throw problem("expected a base URL without a query or fragment; a query can stand in --path")
    }
    let authority = rest.prefix { $0 != "/" }
    let (host, port) = try place(authority)
    var path = rest[authority.endIndex...]
    while path.hasSuffix("/") { path.removeLast() }
    guard let path = URLText.escaped(String(path), also: "/:") else {
      throw problem("a character in the path cannot stand in a URL; write it as % and two digits")
    }
    let isUsual = port == nil || port == (scheme == "https" ? 443 : 80)
    return "\(scheme)://\(host)\(isUsual ? "" : ":\(port ?? 0)")\(path)"
  }

  private func scheme() throws(HealthProblem) -> (String, Substring) {
    guard let mark = text.firstRange(of: "://") else {
      let bare = text.drop { $0 == "/" }
      let near = bare.hasPrefix("http:") || bare.hasPrefix("https:") ? "" : hint(bare)
      throw problem("a URL begins with http:// or https://\(near)")
    }
    let scheme = text[..<mark.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else {
      throw problem("expected http:// or https://\(hint(text[mark.upperBound...]))")
    }
    return (scheme, text[mark.upperBound...])
  }

  private func hint(_ bare: Substring) -> String {
    guard let first = bare.first, first != "/", !text.contains("@"), !bare.contains("?") else { return "" }
    return "; did you mean https://\(String(bare).forMessage)?"
  }

  private func place(_ authority: Substring) throws(HealthProblem) -> (String, Int?) {
    var host = authority
    var rest: Substring = ""
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { throw problem("the [ before the host is never closed") }
      host = authority[...close]
      rest = authority[authority.index(after: close)...]
      var address = in6_addr()
      guard inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1 else {
        throw problem("expected an IPv6 address between [ and ], without a zone")
      }
    } else if authority.filter({ $0 == ":" }).count > 1 {
      throw problem("an IPv6 address stands between [ and ], such as http://[::1]:8080")
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      rest = authority[colon...]
    }
    guard !host.isEmpty else { throw problem("there is no host in it; expected a URL such as https://example.com") }
    guard rest.isEmpty || rest.hasPrefix(":") else { throw problem("something stands behind the ] of the host") }
    return (
      host.hasPrefix("[") ? host.lowercased() : try name(host), try port(rest.dropFirst(), isThere: !rest.isEmpty)
    )
  }

  private func port(_ digits: Substring, isThere: Bool) throws(HealthProblem) -> Int? {
    guard isThere else { return nil }
    guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
      (1...65535).contains(number)
    else { throw problem("the port is not a number from 1 to 65535") }
    return number
  }

  /// A name in lower case, with other scripts as IDNA writes them in ASCII.
  private func name(_ host: Substring) throws(HealthProblem) -> String {
    var name = host.lowercased()
    if !name.utf8.allSatisfy({ $0 < 0x80 }) {
      guard let ascii = URLComponents(string: "http://\(name)/")?.encodedHost else {
        throw problem("the name of the host cannot be written in ASCII")
      }
      name = ascii.lowercased()
    }
    guard name.utf8.count <= 255,
      name.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || "-._".utf8.contains($0) })
    else { throw problem("a character in the name of the host cannot stand there") }
    return name
  }
}
