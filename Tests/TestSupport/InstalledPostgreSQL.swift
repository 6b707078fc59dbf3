internal import Foundation
internal import Processes

/// The newest PostgreSQL server that is installed here, for tests that start one of their own.
public enum InstalledPostgreSQL {
  /// Why no server can be started; nil if one can.
  public static let absence: String? =
    binaries == nil
    ? "PostgreSQL's server is not installed (scripts/install-packages test)"
    : geteuid() == 0 && Subprocess.find("runuser", in: path) == nil
      ? "PostgreSQL does not run as root, and there is no runuser" : nil

  public static let path = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]

  /// The folder of its programs.
  public static let binaries: String? = {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }.first { folder in
      ["postgres", "initdb", "psql"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
  }()

  /// A shell that runs a script, as another user where this one is root, whom PostgreSQL refuses.
  public static func shell(_ script: String) -> (program: String, arguments: [String]) {
    geteuid() == 0
      ? (Subprocess.find("runuser", in: path) ?? "", ["-u", "postgres", "--", "/bin/sh", "-c", script])
      : ("/bin/sh", ["-c", script])
  }
}
