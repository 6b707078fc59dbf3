import Foundation
import Site
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite struct PreviewServerTests {
  private func server(_ basePath: String = "/") throws -> PreviewServer {
    let server = try PreviewServer(port: 0, basePath: basePath)
    server.show([
      SiteFile(path: "index.html", text: "<html><head></head><body>home</body></html>"),
      SiteFile(path: "a/index.html", text: "<html><head></head>below</html>"),
      SiteFile(path: "404.html", text: "<html><head></head>none</html>"),
      SiteFile(path: "assets/site.css", text: "a{}"), SiteFile(path: SiteManifest.path, text: "{}"),
    ])
    server.start()
    return server
  }

  /// What the server answers to these bytes, to the end of the connection.
  private func answer(_ request: String, _ server: PreviewServer) -> String {
    #if os(Linux)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, stream, 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(server.port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return "" }
    let bytes = Array(request.utf8)
    _ = send(descriptor, bytes, bytes.count, 0)
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return String(decoding: received, as: UTF8.self) }
      received += buffer[..<count]
    }
  }

  private func get(_ path: String, _ server: PreviewServer, method: String = "GET", host: String? = nil) -> String {
    answer(
      "\(method) \(path) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1:\(server.port)")\r\nConnection: close\r\n\r\n", server)
  }

  @Test func servesPagesWithTheScriptThatWaits() throws {
    let server = try server()
    let home = get("/", server)
    #expect(home.hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(home.contains("Content-Type: text/html; charset=utf-8\r\n"))
    #expect(home.contains("<script src=\"/.plumbline/reload.js\" data-version=\"1\" defer></script>"))
    #expect(home.contains("Content-Security-Policy: default-src 'none'"))
    #expect(get("/assets/site.css?x=1", server).hasSuffix("\r\n\r\na{}"))
    #expect(get("/a", server).contains("Location: /a/\r\n"))
    #expect(get("/a/", server).contains("below"))
  }

  @Test func headHasNoBody() throws {
    let answer = get("/assets/site.css", try server(), method: "HEAD")
    #expect(answer.contains("Content-Length: 3\r\n"))
    #expect(answer.hasSuffix("\r\n\r\n"))
  }

  @Test(arguments: [
    ("/nothing.html", "404"), ("/../../etc/passwd", "404"), ("/..%2f..%2fetc/passwd", "404"),
    ("/.plumbline-site.json", "404"), ("//index.html", "404"), ("relative", "400"), ("/%zz", "400"),
  ])
  func leadsNowhereElse(_ path: String, _ status: String) throws {
    #expect(get(path, try server()).hasPrefix("HTTP/1.1 \(status)"))
  }

  @Test func refusesOtherMethodsAndNames() throws {
    let server = try server()
    #expect(get("/", server, method: "POST").hasPrefix("HTTP/1.1 405"))
    #expect(get("/", server, host: "evil.example").hasPrefix("HTTP/1.1 403"))
    #expect(get("/", server, host: "localhost:\(server.port)").hasPrefix("HTTP/1.1 200"))
    #expect(answer("nonsense\r\n\r\n", server).hasPrefix("HTTP/1.1 400"))
  }

  @Test func severalRequestsShareAConnection() throws {
    let server = try server()
    let host = "Host: 127.0.0.1:\(server.port)\r\n"
    let answers = answer(
      "GET /assets/site.css HTTP/1.1\r\n\(host)\r\nGET /a/ HTTP/1.1\r\n\(host)Connection: close\r\n\r\n", server)
    #expect(answers.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
  }

  @Test func standsBelowItsBasePath() throws {
    let server = try server("/docs/")
    #expect(get("/docs/", server).contains("home"))
    #expect(get("/", server).contains("Location: /docs/\r\n"))
    #expect(get("/docs", server).contains("Location: /docs/\r\n"))
    #expect(get("/index.html", server).hasPrefix("HTTP/1.1 404"))
  }

  @Test func aNewerVersionIsAnnounced() throws {
    let server = try server()
    server.show([SiteFile(path: "index.html", text: "<head></head>two")])
    #expect(get("/.plumbline/after-1.js", server).hasSuffix("location.reload();\n"))
    #expect(get("/.plumbline/after-x.js", server).hasPrefix("HTTP/1.1 404"))
  }
}
