import Foundation
import Processes
import Testing

/// A PostgreSQL of the tests' own, reached through a socket in its folder. It ends, and its folder goes, with the process
/// of the tests: a shell waits for that at the end of a pipe.
final class PostgreSQLServer: Sendable {
  private let folder: String
  private let end: FileHandle

  /// Why no server can be started here; nil if one can.
  static let absence: String? =
    binaries == nil
    ? "PostgreSQL's server is not installed (scripts/install-packages test)"
    : geteuid() == 0 && Subprocess.find("runuser", in: path) == nil
      ? "PostgreSQL does not run as root, and there is no runuser" : nil

  private static let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]

  private static let binaries: String? = {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }.first { folder in
      ["postgres", "initdb", "psql"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
  }()

  struct Failure: Error { var message: String }

  init() throws {
    let binaries = try #require(Self.binaries)
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
    let root = geteuid() == 0
    process.executableURL = URL(fileURLWithPath: root ? Subprocess.find("runuser", in: Self.path) ?? "" : "/bin/sh")
    process.arguments = (root ? ["-u", "postgres", "--", "/bin/sh"] : []) + ["-c", script]
    process.environment = Self.path.merging(["BIN": binaries, "FOLDER": folder]) { $1 }
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
    let binaries = try #require(Self.binaries)
    let bytes = try Subprocess.run(
      binaries + "/psql", ["-X", "-q", "-A", "-t", "-w", "-f", file.path],
      environment: ["PGHOST": folder, "PGUSER": "postgres", "PGDATABASE": "postgres", "LC_ALL": "C"], seconds: 600)
    return String(decoding: bytes, as: UTF8.self)
  }
}
