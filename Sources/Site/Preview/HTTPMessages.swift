internal import Foundation

/// The head of a request, as far as the preview reads it.
struct HTTPRequest {
  let method: String
  /// Decoded, without query; nil where it is no path.
  let path: String?
  let host: String?
  let keepsAlive: Bool
  let hasBody: Bool

  /// Nil for what is no HTTP/1 request.
  init?(_ head: [UInt8]) {
    let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else { return nil }
    method = words[0]
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    host = fields["host"]?.lowercased()
    let connection = fields["connection"]?.lowercased() ?? ""
    keepsAlive = words[2] == "HTTP/1.1" ? !connection.contains("close") : connection.contains("keep-alive")
    hasBody = fields["transfer-encoding"] != nil || (fields["content-length"].map { $0 != "0" } ?? false)
    let target = words[1].prefix { $0 != "?" && $0 != "#" }
    path = target.hasPrefix("/") ? String(target).removingPercentEncoding : nil
  }
}

struct HTTPResponse {
  var status: Int
  var type = "text/plain; charset=utf-8"
  var body: Data
  /// Further header lines, each with its end.
  var extra = ""

  init(status: Int, type: String, body: Data) {
    self.status = status
    self.type = type
    self.body = body
  }

  init(status: Int, text: String, extra: String = "") {
    self.status = status
    body = Data(text.utf8)
    self.extra = extra
  }

  func head(keeps: Bool) -> String {
    let reasons = [
      200: "OK", 302: "Found", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    ]
    return "HTTP/1.1 \(status) \(reasons[status] ?? "")\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n"
      + "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: \(keeps ? "keep-alive" : "close")\r\n"
      + "Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:\r\n"
      + extra + "\r\n"
  }

  static func type(of path: String) -> String {
    switch path.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    case "xml": "application/xml; charset=utf-8"
    case "json": "application/json"
    default: "text/plain; charset=utf-8"
    }
  }
}
