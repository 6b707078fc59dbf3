internal import Foundation
internal import Synchronization

/// Serves the files of a site from memory on 127.0.0.1, and tells open pages when they have changed.
public final class PreviewServer: Sendable {
  public struct Problem: Error, Sendable {
    public var message: String
  }

  private struct State {
    var files: [String: Data] = [:]
    var version = 0
  }

  private let state: Mutex<State>
  private let basePath: String
  private let socket: Int32
  /// The port that it listens on.
  public let port: Int

  /// - Parameter port: 0 for any that is free.
  public init(port: Int, basePath: String) throws {
    self.basePath = basePath
    state = Mutex(State())
    // A browser that goes away must not end the program.
    signal(SIGPIPE, SIG_IGN)
    #if os(Linux)
      let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let socket = Foundation.socket(AF_INET, stream, 0)
    guard socket >= 0 else { throw Problem(message: String(cString: strerror(errno))) }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(clamping: port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    guard bound else {
      let reason = String(cString: strerror(errno))
      close(socket)
      throw Problem(message: "port \(port) cannot be listened on: \(reason)")
    }
    self.socket = socket
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  /// Puts a site in the place of the one before; open pages load again.
  public func show(_ files: [SiteFile]) {
    var data: [String: Data] = [:]
    for file in files where file.path != SiteManifest.path { data[file.path] = Data(file.text.utf8) }
    state.withLock { state in
      state.files = data
      state.version += 1
    }
  }

  /// Accepts connections in the background, each served on a thread of its own.
  public func start() {
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else {
          // Out of descriptors: those that are open will end.
          if errno != EINTR { usleep(10_000) }
          continue
        }
        var limit = timeval(tv_sec: 15, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        Thread.detachNewThread { [self] in
          serve(connection)
          close(connection)
        }
      }
    }
  }

  // MARK: One connection

  private func serve(_ connection: Int32) {
    var received: [UInt8] = []
    while true {
      guard let head = PreviewServer.head(connection, &received) else { return }
      guard let request = HTTPRequest(head) else {
        _ = send(HTTPResponse(status: 400, text: "Bad request\n"), for: nil, connection)
        return
      }
      // What a request with a body holds is not read, so nothing may follow it.
      let keeps = request.keepsAlive && !request.hasBody
      guard send(response(to: request), for: request, connection, keeps: keeps), keeps else { return }
    }
  }

  /// The bytes of a request up to the empty line; nil at the end, or beyond 16 KiB.
  private static func head(_ connection: Int32, _ received: inout [UInt8]) -> [UInt8]? {
    let mark: [UInt8] = [13, 10, 13, 10]
    var searched = 0
    while true {
      while searched + 4 <= received.count {
        if received[searched..<searched + 4].elementsEqual(mark) {
          let head = Array(received[..<searched])
          received.removeFirst(searched + 4)
          return head
        }
        searched += 1
      }
      guard received.count <= 16_384 else { return nil }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      received += buffer[..<count]
    }
  }

  private func response(to request: HTTPRequest) -> HTTPResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return HTTPResponse(status: 405, text: "Only GET and HEAD\n", extra: "Allow: GET, HEAD\r\n")
    }
    // Another site's page that points its own name here gets nothing.
    guard request.host.map({ ["127.0.0.1:\(port)", "localhost:\(port)"].contains($0) }) ?? false else {
      return HTTPResponse(status: 403, text: "Only as 127.0.0.1:\(port) or localhost:\(port)\n")
    }
    guard let path = request.path else { return HTTPResponse(status: 400, text: "Bad request\n") }
    if path.hasPrefix(LiveReload.folder) { return reload(path) }
    guard path.hasPrefix(basePath) else {
      if path == "/" || path + "/" == basePath {
        return HTTPResponse(status: 302, text: "", extra: "Location: \(basePath)\r\n")
      }
      return notFound
    }
    var file = String(path.dropFirst(basePath.count))
    if file.isEmpty || file.hasSuffix("/") { file += "index.html" }
    let (data, version) = state.withLock { ($0.files[file], $0.version) }
    guard let data else {
      let isFolder = state.withLock { $0.files["\(file)/index.html"] != nil }
      return isFolder ? HTTPResponse(status: 302, text: "", extra: "Location: \(basePath)\(file)/\r\n") : notFound
    }
    return HTTPResponse(
      status: 200, type: HTTPResponse.type(of: file),
      body: file.hasSuffix(".html") ? LiveReload.inserted(into: data, version) : data)
  }

  private var notFound: HTTPResponse {
    let (page, version) = state.withLock { ($0.files["404.html"], $0.version) }
    return HTTPResponse(
      status: 404, type: HTTPResponse.type(of: "404.html"),
      body: page.map { LiveReload.inserted(into: $0, version) } ?? Data("Not found\n".utf8))
  }

  /// Waits for a newer version than the page's; the answer is a script, which the page's policy allows.
  private func reload(_ path: String) -> HTTPResponse {
    if path == LiveReload.scriptPath {
      return HTTPResponse(status: 200, type: LiveReload.type, body: LiveReload.script)
    }
    guard let version = LiveReload.version(in: path) else { return notFound }
    for _ in 0..<200 {
      if state.withLock({ $0.version }) != version {
        return HTTPResponse(status: 200, type: LiveReload.type, body: Data("location.reload();\n".utf8))
      }
      usleep(100_000)
    }
    return HTTPResponse(status: 200, type: LiveReload.type, body: Data())
  }

  private func send(
    _ response: HTTPResponse, for request: HTTPRequest?, _ connection: Int32, keeps: Bool = false
  ) -> Bool {
    var bytes = Data(response.head(keeps: keeps).utf8)
    if request?.method != "HEAD" { bytes += response.body }
    return bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count, let base = buffer.baseAddress {
        let count = Foundation.send(connection, base + sent, buffer.count - sent, 0)
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }
}
