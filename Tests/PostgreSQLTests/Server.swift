import Foundation
import Processes
import TestSupport
import Testing

/// A PostgreSQL of the tests' own, on the loopback address alone. It ends, and its folder goes, with the process of the
/// tests: a shell waits for that at the end of a pipe.
final class Server: Sendable {
  static let password = "hush hush/@"

  let port: Int
  private let binaries: String
  private let shell: PostgreSQLShell

  struct Failure: Error { var message: String }

  /// - Parameters:
  ///   - settings: lines of postgresql.conf.
  ///   - primary: the server that it is to be a standby of.
  init(_ settings: String = "", standbyOf primary: Server? = nil) throws {
    binaries = try #require(InstalledPostgreSQL.binaries)
    port = try Self.freePort()
    let script = """
      set -e
      umask 077
      folder=$(mktemp -d /tmp/plumbline-measure-XXXXXX)
      trap 'rm -rf "$folder"' EXIT
      cd "$folder"
      printf '%s' "$WORD" > word
      if [ -n "$PRIMARY" ]; then
        PGPASSWORD=$WORD "$BIN/pg_basebackup" -D data -h 127.0.0.1 -p "$PRIMARY" -U postgres -R -c fast --no-sync >log 2>&1
      else
        "$BIN/initdb" -D data -U postgres --pwfile word --auth=scram-sha-256 --no-sync --encoding=UTF8 --locale=C >log 2>&1
        printf '%s\\n' "listen_addresses = '127.0.0.1'" "unix_socket_directories = ''" 'fsync = off' 'autovacuum = off' \\
          "timezone = 'UTC'" "$SETTINGS" >> data/postgresql.conf
      fi
      "$BIN/postgres" -D data -p "$PORT" >>log 2>&1 &
      server=$!
      read -r _ || true
      kill -INT $server
      wait $server || true
      """
    let settings = [
      "WORD": Self.password, "PORT": "\(port)", "SETTINGS": settings, "PRIMARY": primary.map { "\($0.port)" } ?? "",
    ]
    let (port, binaries) = (port, binaries)
    shell = try PostgreSQLShell(script, settings) {
      (try? Self.sql("SELECT 1", Self.environment(port, "postgres", "postgres"), binaries)) != nil
    }
  }

  private static func freePort() throws -> Int {
    #if canImport(Glibc)
      let stream = Int32(SOCK_STREAM.rawValue)
    #else
      let stream = SOCK_STREAM
    #endif
    let descriptor = socket(AF_INET, stream, 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard bound else { throw Failure(message: "no port is free") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func environment(_ port: Int, _ database: String, _ role: String) -> [String: String] {
    [
      "PGHOST": "127.0.0.1", "PGPORT": "\(port)", "PGUSER": role, "PGPASSWORD": password, "PGDATABASE": database,
      "LC_ALL": "C", "PATH": "/usr/bin:/bin",
    ]
  }

  /// Runs statements, each in a transaction of its own unless they say otherwise; what they print.
  @discardableResult
  func sql(_ script: String, in database: String = "postgres", as role: String = "postgres") throws -> String {
    try Self.sql(script, Self.environment(port, database, role), binaries)
  }

  private static func sql(_ script: String, _ environment: [String: String], _ binaries: String) throws -> String {
    let bytes = try Subprocess.run(
      binaries + "/psql", ["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"], environment: environment,
      input: script, seconds: 60)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  /// A connection that does nothing, until its input is closed.
  func connection(to database: String, as role: String = "postgres") throws -> FileHandle {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: binaries + "/psql")
    process.arguments = ["-X", "-q", "-w"]
    process.environment = Self.environment(port, database, role)
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    return pipe.fileHandleForWriting
  }

  func address(_ database: String, as role: String = "postgres", password: String = "hush%20hush%2F%40") -> String {
    "postgresql://\(role):\(password)@127.0.0.1:\(port)/\(database)"
  }

  /// Waits until a measurement pauses between its samples.
  func waitForPause(in database: String) throws {
    let deadline = Date().addingTimeInterval(60)
    let query = """
      SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)' AND state = 'active'
        AND query LIKE '%pg_sleep(%' AND query NOT LIKE '%pg_sleep(1.2)%' AND pid <> pg_backend_pid()
      """
    while try sql(query) == "0" {
      guard Date() < deadline else { throw Failure(message: "nothing measures") }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }
}
