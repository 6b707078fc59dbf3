import Foundation
import Processes
import TestSupport
import Testing

/// A PostgreSQL of the tests' own, reached through a socket in its folder. It ends, and its folder goes, with the process
/// of the tests: a shell waits for that at the end of a pipe.
final class PostgreSQLServer: Sendable {
  private let folder: String
  private let end: FileHandle

  struct Failure: Error { var message: String }

  init() throws {
    let binaries = try #require(InstalledPostgreSQL.binaries)
    folder = "/tmp/plumbline-catalog-\(getpid())"
    let script = """
      set -e
      umask 077
      mkdir "$FOLDER"
      trap 'rm -rf "$FOLDER"' EXIT
      cd "$FOLDER"
      "$BIN/initdb" -D data -U postgres --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8 >log 2>&1
      printf '%s\\n' "listen_addresses = ''" "unix_socket_directories = '$FOLDER'" 'fsync = off' 'autovacuum = off' \\
        'synchronous_commit = off' 'full_page_writes = off' 'jit = off' >> data/postgresql.conf
      "$BIN/postgres" -D data >>log 2>&1 &
      server=$!
      read -r _ || true
      kill -INT $server
      wait $server || true
      """
    let process = Process()
    let shell = InstalledPostgreSQL.shell(script)
    process.executableURL = URL(fileURLWithPath: shell.program)
    process.arguments = shell.arguments
    process.environment = InstalledPostgreSQL.path.merging(["BIN": binaries, "FOLDER": folder]) { $1 }
    let pipe = Pipe()
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    end = pipe.fileHandleForWriting
    try process.run()
    let deadline = Date().addingTimeInterval(90)
    while (try? psql("SELECT 1;")) == nil {
      guard Date() < deadline, process.isRunning else { throw Failure(message: "PostgreSQL does not start") }
      usleep(50_000)
    }
  }

  /// What a script prints; statements that are refused do not end it.
  func psql(_ script: String) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("plumbline-\(UUID().uuidString).sql")
    try script.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let binaries = try #require(InstalledPostgreSQL.binaries)
    let bytes = try Subprocess.run(
      binaries + "/psql", ["-X", "-q", "-A", "-t", "-w", "-f", file.path],
      environment: ["PGHOST": folder, "PGUSER": "postgres", "PGDATABASE": "postgres", "LC_ALL": "C"], seconds: 600)
    return String(decoding: bytes, as: UTF8.self)
  }
}
