internal import Foundation
internal import Processes

/// A PostgreSQL of the tests' own, reached through a socket in its folder. Both go with the process of the tests.
public final class PostgreSQLServer: Sendable {
  private let folder: String
  private let shell: PostgreSQLShell

  public init() throws {
    // Short, for a socket's path; not made by mktemp, since this process needs its name.
    let folder = "/tmp/plumbline-\(UUID().uuidString.prefix(13))"
    let script = """
      set -e
      umask 077
      mkdir "$FOLDER"
      trap 'rm -rf "$FOLDER"' EXIT
      cd "$FOLDER"
      "$BIN/initdb" -D data -U postgres --auth=trust --no-sync --encoding=UTF8 --locale=C.UTF-8 >log 2>&1
      printf '%s\\n' "listen_addresses = ''" "unix_socket_directories = '$FOLDER'" 'fsync = off' 'autovacuum = off' \\
        'synchronous_commit = off' 'full_page_writes = off' 'jit = off' \\
        "timezone = 'UTC'" >> data/postgresql.conf
      "$BIN/postgres" -D data >>log 2>&1 &
      server=$!
      read -r _ || true
      kill -INT $server
      wait $server || true
      """
    self.folder = folder
    shell = try PostgreSQLShell(script, ["FOLDER": folder]) {
      (try? Self.psql("SELECT 1;", "2>/dev/null", folder)) != nil
    }
  }

  /// What a script prints; statements that are refused do not end it.
  public func output(of script: String) throws -> String { try Self.psql(script, "2>/dev/null", folder) }

  /// What the server says of a script: notices, errors and what it logs for the client, in order.
  public func remarks(on script: String) throws -> [String] {
    try Self.psql(script, "2>&1 >/dev/null", folder).split(separator: "\n").map { line in
      // As: psql:FILE:12: NOTICE:  text
      line.hasPrefix("psql:")
        ? line.split(separator: ":", maxSplits: 3).dropFirst(3).joined().trimmingCharacters(in: .whitespaces)
        : String(line)
    }
  }

  private static func psql(_ script: String, _ streams: String, _ folder: String) throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("plumbline-\(UUID().uuidString).sql")
    try script.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = try Subprocess.run(
      "/bin/sh",
      [
        "-c", "exec \"$0\" -X -q -A -t -w -f \"$1\" \(streams)", (InstalledPostgreSQL.binaries ?? "") + "/psql",
        file.path,
      ],
      environment: ["PGHOST": folder, "PGUSER": "postgres", "PGDATABASE": "postgres", "LC_ALL": "C"], seconds: 600)
    return String(decoding: bytes, as: UTF8.self)
  }
}
