"""What a scenario may use: PostgreSQL, Redis, Node, Swift and HCL.

Servers start when the first scenario asks for them, listen on the loopback address alone, at a free port, with data in
a temporary folder, and stop at the end of the session. What a scenario opened (databases, roles, connections,
programs, servers of its own) is closed and dropped after it, whether it passed or not.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rig import ROOT

# Libraries for Node: where Debian puts them, and where scripts/install-packages unpacks the ones that do not go
# together with the Node that is there.
NODE_LIBRARIES = [Path("/usr/share/nodejs"), ROOT / ".build/nodejs/usr/share/nodejs"]
NODE_NEEDS = ("express", "pg", "redis")
SUPERUSER = "postgres"


class Absent(Exception):
    """A tool is not installed: the test is skipped, and says which."""


class Misuse(Exception):
    """The scenario asks for something that is not there: a mistake of the scenario, never a claim that fails."""


class Malformed(AssertionError):
    """A tool could not even read the code."""


def missing(need: str) -> str | None:
    """Why scenarios that need this cannot run here; None if they can."""
    try:
        {"postgres": _postgres_binaries, "redis": _redis_server, "node": _node, "swift": _swiftc, "hcl": _hcl}[need]()
    except Absent as reason:
        return str(reason)
    return None


# ---------------------------------------------------------------------------------------------------------------------


class Servers:
    """Lives as long as the session."""

    def __init__(self):
        self.stack = ExitStack()
        self._postgres = self._redis = None
        self.swift_programs: dict[str, Path] = {}

    def folder(self, prefix: str) -> Path:
        return _folder(self.stack, prefix)

    @property
    def postgres(self) -> _PostgresProcess:
        if self._postgres is None:
            self._postgres = self.stack.enter_context(_PostgresProcess(self.template()))
            # Emptying a database takes a tenth of the time of making one.
            self._postgres.recycles = True
        return self._postgres

    def template(self) -> Path:
        """The data folder that every server begins with a copy of."""
        if not hasattr(self, "_template"):
            folder = self.folder("plumbline-template-")
            self.password = secrets.token_hex(8)
            self._template = _initialise(folder, self.password)
        return self._template

    @property
    def redis(self) -> _RedisProcess:
        if self._redis is None:
            self._redis = self.stack.enter_context(_RedisProcess())
        return self._redis

    def node_modules(self) -> Path:
        """One folder with the libraries of all folders."""
        if not hasattr(self, "_node_modules"):
            self._node_modules = self.folder("plumbline-modules-")
            for library in filter(Path.is_dir, NODE_LIBRARIES):
                for path in library.iterdir():
                    if not (self._node_modules / path.name).is_symlink():
                        (self._node_modules / path.name).symlink_to(path)
        return self._node_modules

    def close(self):
        self.stack.close()


class Tools:
    """Lives as long as one run of one scenario."""

    def __init__(self, servers: Servers, needs=()):
        self._servers = servers
        self._needs = set(needs)
        self._stack = ExitStack()
        self._made = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _tool(self, need: str, make):
        if need not in self._needs:
            raise Misuse(f"tools.{need} is used, and {need!r} is not in NEEDS")
        if need not in self._made:
            self._made[need] = make()
        return self._made[need]

    @property
    def postgres(self) -> Postgres:
        return self._tool("postgres", lambda: Postgres(self._servers, self._stack))

    @property
    def redis(self) -> Redis:
        return self._tool("redis", lambda: Redis(self._servers, self._stack))

    @property
    def node(self) -> Node:
        return self._tool("node", lambda: Node(self._servers, self._stack))

    @property
    def swift(self) -> Swift:
        return self._tool("swift", lambda: Swift(self._servers))

    @property
    def hcl(self) -> HCL:
        return self._tool("hcl", HCL)


class Finished(subprocess.CompletedProcess):
    """A program that has come to its end: .returncode, .stdout, .stderr."""

    def ok(self) -> Finished:
        """Itself, or AssertionError with the program's words."""
        words = f"status {self.returncode}\n{self.stderr[-4000:]}\n{self.stdout[-2000:]}"
        if self.returncode and "SyntaxError" in self.stderr:
            raise Malformed(words)
        assert self.returncode == 0, words
        return self

    @property
    def json(self):
        """What it printed, as JSON, after a success."""
        return json.loads(self.ok().stdout)


# ------------------------------------------------------------------------------------------------------ PostgreSQL


class Postgres:
    """Databases on the session's server; pg_stat_statements is preloaded, max_connections is 50."""

    def __init__(self, servers: Servers, stack: ExitStack):
        self._servers = servers
        self._stack = stack
        self._process = servers.postgres
        stack.callback(self._process.sweep)

    def database(self) -> Database:
        """A fresh, empty database."""
        return self._process.database(self._stack)

    def server(self, **settings) -> Server:
        """One more server with settings of its own: a few tenths of a second."""
        return Server(self._stack.enter_context(_PostgresProcess(self._servers.template(), settings)), self._stack)


class Server:
    """A server of the scenario's own."""

    def __init__(self, process: _PostgresProcess, stack: ExitStack):
        self._process = process
        self._stack = stack
        self.port = process.port
        self.data = process.data

    def database(self) -> Database:
        return self._process.database(self._stack)

    def kill(self):
        """As by a power cut: nothing is flushed or said good-bye to."""
        self._process.stop("immediate")

    def start(self):
        """Starts it again at the same port, with the same data."""
        self._process.start()

    def restart(self):
        self._process.stop("fast")
        self._process.start()

    def standby(self) -> Standby:
        """A second server that follows this one by streaming replication and answers reads: about a second."""
        process = _PostgresProcess(self._process.template, copied_from=self._process)
        return Standby(self._stack.enter_context(process), self._stack)


class Standby(Server):
    """Follows another server. SELECT pg_wal_replay_pause() and pg_wal_replay_resume() make it lag at will."""

    def database(self) -> Database:
        raise Misuse("a standby makes no database: ask of() for the one that the primary has")

    def of(self, database: Database) -> Database:
        """The copy of a database of the primary; it may not have arrived yet."""
        return Database(self._process, database.name, self._stack)


class Database:
    """A database of the scenario's own."""

    def __init__(self, process: _PostgresProcess, name: str, stack: ExitStack):
        self.name = name
        self.host = "127.0.0.1"
        self.port = process.port
        self._process = process
        self._stack = stack
        self._connection = None

    @property
    def url(self) -> str:
        """For the superuser. Any other role may enter without a password."""
        return f"postgresql://{SUPERUSER}:{self._process.password}@{self.host}:{self.port}/{self.name}"

    dsn = url

    def url_for(self, user: str) -> str:
        return f"postgresql://{user}@{self.host}:{self.port}/{self.name}"

    def run(self, sql: str, user: str | None = None, ok: bool = True) -> str:
        """Runs a script by psql, which stops at the first error. Returns what it printed; with ok=False the script
        must fail, and its error is returned."""
        done = self.psql("-v", "ON_ERROR_STOP=1", "-f", "-", user=user, stdin=sql)
        if not ok:
            assert done.returncode != 0, f"succeeded, and must not:\n{sql}\n{done.stdout}"
            return done.stderr
        if done.returncode and "syntax error at" in done.stderr:
            raise Malformed(f"{done.stderr}\n{sql}")
        assert done.returncode == 0, f"{done.stderr}\n{sql}"
        return done.stdout

    def psql(self, *arguments: str, user: str | None = None, stdin: str = "", timeout: float = 60) -> Finished:
        """psql with arguments of your own: `psql("-At", "-c", "SELECT 1")`."""
        url = self.url_for(user) if user else self.url
        env = {**_environment(), "PGOPTIONS": "", "PSQLRC": "/dev/null", "PGCONNECT_TIMEOUT": "10"}
        return _run([str(self._process.binaries / "psql"), "-X", "-d", url, *arguments], stdin, env, timeout)

    def value(self, sql: str, parameters=None):
        """The first column of the first row; None where there is no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def rows(self, sql: str, parameters=None) -> list[tuple]:
        """Every row, as Python values. Each call is a transaction of its own."""
        if self._connection is None or self._connection.closed:
            self._connection = self.connect(autocommit=True)
        cursor = self._connection.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []

    def connect(self, **options):
        """A psycopg 3 connection, autocommit off; `user=` for another role. Closed after the scenario."""
        import psycopg

        user = options.pop("user", None)
        connection = psycopg.connect(self.url_for(user) if user else self.url, connect_timeout=10, **options)
        self._stack.callback(connection.close)
        return connection


class _PostgresProcess:
    def __init__(self, template: Path, settings: dict | None = None, copied_from: _PostgresProcess | None = None):
        self.template = template
        self.settings = settings or {}
        self.copied_from = copied_from
        self.stack = ExitStack()
        self.password = (template / "password").read_text()
        self.binaries = _postgres_binaries()
        self.process = None
        self.serial = 0
        self.recycles = False
        self.emptied: list[str] = []

    def __enter__(self):
        try:
            folder = _folder(self.stack, "plumbline-postgres-")
            _own(folder)
            self.data = folder / "data"
            self.fill()
            lines = [f"{name} = '{_text(value)}'" for name, value in self.settings.items()]
            with (self.data / "postgresql.conf").open("a") as file:
                file.write("\n".join(lines) + "\n")
            self.stack.callback(self.stop)
            self.start()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *_):
        self.stack.close()

    def fill(self):
        if self.copied_from is None:
            subprocess.run(
                ["cp", "-a", str(self.template / "data"), str(self.data)], check=True, capture_output=True
            )  # fmt: skip
            return
        _run(
            [
                str(self.binaries / "pg_basebackup"), "-D", str(self.data), "-d", self.copied_from.admin_url,
                "--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync",
            ],
            "", _environment(), 60, **_as_postgres(),
        ).ok()  # fmt: skip

    def start(self):
        import psycopg

        for attempt in range(3):
            # At a restart the port stays, for the sake of those who hold the address.
            if attempt or not hasattr(self, "port"):
                self.port = _free_port()
            log = self.data.parent / "log"
            with log.open("ab") as output:
                self.process = subprocess.Popen(
                    [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port)],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output, **_as_postgres(),
                )  # fmt: skip
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    with psycopg.connect(self.admin_url, autocommit=True, connect_timeout=5) as connection:
                        # Another server may have taken the port between the look and the start.
                        if self.data.samefile(connection.execute("SHOW data_directory").fetchone()[0]):
                            return
                    break
                except (psycopg.OperationalError, OSError):
                    time.sleep(0.03)
            self.stop()
        raise RuntimeError(f"PostgreSQL does not start:\n{log.read_text()[-4000:]}")

    @property
    def address(self) -> str:
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"{self.address}/postgres"

    def stop(self, mode: str = "immediate"):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT if mode == "immediate" else signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    @contextmanager
    def admin(self):
        import psycopg

        with psycopg.connect(self.admin_url, autocommit=True, connect_timeout=10) as connection:
            yield connection

    def database(self, stack: ExitStack) -> Database:
        if self.emptied:
            name = self.emptied.pop()
        else:
            self.serial += 1
            name = f"scenario_{self.serial}"
            with self.admin() as connection:
                connection.execute(f"CREATE DATABASE {name}")
        stack.callback(self.drop, name)
        return Database(self, name, stack)

    def drop(self, name: str):
        """Empties a database for the next scenario, or drops it where that is not sure to leave nothing behind."""
        if self.process is None:
            return
        if self.recycles and self.emptied_for_next(name):
            self.emptied.append(name)
            return
        with self.admin() as connection:
            for (slot,) in connection.execute(
                "SELECT slot_name FROM pg_replication_slots WHERE database = %s AND NOT active", [name]
            ).fetchall():
                connection.execute("SELECT pg_drop_replication_slot(%s)", [slot])
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def emptied_for_next(self, name: str) -> bool:
        import psycopg

        try:
            return self.empty(name)
        except psycopg.Error:
            return False

    def empty(self, name: str) -> bool:
        import psycopg
        from psycopg import sql

        with self.admin() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            special = connection.execute(
                """SELECT datacl IS NOT NULL OR datconnlimit <> -1 OR NOT datallowconn
                     OR EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = pg_database.oid)
                     OR EXISTS (SELECT FROM pg_replication_slots WHERE database = datname)
                     OR EXISTS (SELECT FROM pg_prepared_xacts WHERE database = datname)
                   FROM pg_database WHERE datname = %s""",
                [name],
            ).fetchone()[0]
            if special:
                return False
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.execute(
                "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = %s", [name]
            )
        with psycopg.connect(f"{self.address}/{name}", autocommit=True, connect_timeout=10) as connection:
            for (schema,) in connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
            ).fetchall():
                connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
            # As initdb makes it.
            new = connection.info.server_version >= 150000
            owner, right = ("pg_database_owner", "USAGE") if new else (SUPERUSER, "ALL")
            connection.execute(f"CREATE SCHEMA public AUTHORIZATION {owner}; GRANT {right} ON SCHEMA public TO PUBLIC")
            connection.execute("SELECT pg_stat_reset()")
            # 16384 is the first number that initdb does not use.
            left = " + ".join(
                f"(SELECT count(*) FROM {catalog} WHERE oid >= 16384)"
                for catalog in (
                    "pg_class", "pg_proc", "pg_type", "pg_operator", "pg_cast", "pg_extension", "pg_event_trigger",
                    "pg_publication", "pg_foreign_server", "pg_default_acl", "pg_largeobject_metadata", "pg_language",
                )
            )  # fmt: skip
            return connection.execute(f"SELECT {left}").fetchone()[0] == 0

    def sweep(self):
        """Takes away what belongs to the server and not to a database: roles and settings."""
        from psycopg import sql

        with self.admin() as connection:
            for (role,) in connection.execute(
                "SELECT rolname FROM pg_roles WHERE rolname <> %s AND rolname !~ '^pg_'", [SUPERUSER]
            ).fetchall():
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
            if connection.execute(
                "SELECT count(*) FROM pg_file_settings WHERE sourcefile ~ 'postgresql.auto.conf$'"
            ).fetchone()[0]:
                connection.execute("ALTER SYSTEM RESET ALL")
                connection.execute("SELECT pg_reload_conf()")


def _initialise(folder: Path, password: str) -> Path:
    binaries = _postgres_binaries()
    _own(folder)
    word = folder / "password"
    word.write_text(password)
    _own(word, 0o600)
    data = folder / "data"
    _run(
        [
            str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, "--pwfile", str(word), "--no-sync",
            "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-instructions",
        ],
        "", {**_environment(), "TZ": "UTC"}, 60, **_as_postgres(),
    ).ok()  # fmt: skip
    # A superuser may run programs of the machine, and so needs the password; what other roles may do is theirs.
    (data / "pg_hba.conf").write_text(
        f"host all {SUPERUSER} 127.0.0.1/32 scram-sha-256\n"
        "host all all 127.0.0.1/32 trust\n"
        f"host replication {SUPERUSER} 127.0.0.1/32 scram-sha-256\n"
    )
    with (data / "postgresql.conf").open("a") as file:
        file.write(
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 50\n"
            "shared_preload_libraries = 'pg_stat_statements'\nshared_buffers = '32MB'\ntimezone = 'UTC'\n"
            "log_timezone = 'UTC'\nlc_messages = 'C'\ndynamic_shared_memory_type = 'posix'\n"
            # Nothing here outlives the session.
            "fsync = off\nfull_page_writes = off\n"
        )
    return folder


def _postgres_binaries() -> Path:
    candidates = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -_number(path.parent.name)),
        *(Path(prefix) / "opt" / name / "bin" for prefix in ("/opt/homebrew", "/usr/local")
          for name in ("postgresql@18", "postgresql@17", "postgresql@16")),
    ]  # fmt: skip
    if found := shutil.which("postgres"):
        candidates.append(Path(found).resolve().parent)
    for folder in candidates:
        if all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb", "psql")):
            return folder
    raise Absent("PostgreSQL's server is not installed (scripts/install-packages test)")


def _as_postgres() -> dict:
    """PostgreSQL refuses to run as root."""
    options = {"cwd": "/", "start_new_session": True, "preexec_fn": _end_with_parent}
    return {**options, "user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else options


def _own(path: Path, mode: int = 0o700):
    path.chmod(mode)
    if os.geteuid() == 0:
        shutil.chown(path, "postgres", "postgres")


# ----------------------------------------------------------------------------------------------------------- Redis


class Redis:
    """The session's Redis, empty when a scenario begins."""

    def __init__(self, servers: Servers, stack: ExitStack):
        self._process = servers.redis
        self._stack = stack
        self.host = "127.0.0.1"
        self.port = self._process.port
        self.url = f"redis://127.0.0.1:{self.port}"
        self.flush()

    def cli(self, *arguments, ok: bool = True) -> str:
        """What redis-cli prints, without the last line break. An error of Redis is an AssertionError; with ok=False
        there must be one, and it is returned."""
        return self._process.cli(*arguments, ok=ok)

    def eval(self, script: str, keys=(), args=(), ok: bool = True) -> str:
        """What a Lua script returns, as redis-cli prints it."""
        return self.cli("EVAL", script, len(keys), *keys, *args, ok=ok)

    def flush(self):
        self.cli("FLUSHALL")

    def server(self, *options) -> RedisServer:
        """One more server, with options of its own: `server("--replicaof", "127.0.0.1", redis.port)`."""
        return RedisServer(self._stack.enter_context(_RedisProcess(options)))


class RedisServer:
    """A Redis of the scenario's own."""

    def __init__(self, process: _RedisProcess):
        self._process = process
        self.port = process.port
        self.url = f"redis://127.0.0.1:{self.port}"
        self.cli = process.cli

    def eval(self, script: str, keys=(), args=(), ok: bool = True) -> str:
        return self.cli("EVAL", script, len(keys), *keys, *args, ok=ok)

    def kill(self):
        self._process.stop()


class _RedisProcess:
    def __init__(self, options=()):
        self.options = [str(option) for option in options]
        self.stack = ExitStack()
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        self.stack.close()

    def start(self):
        server = _redis_server()
        folder = _folder(self.stack, "plumbline-redis-")
        log = folder / "log"
        for _ in range(3):
            self.port = _free_port()
            with log.open("ab") as output:
                self.process = subprocess.Popen(
                    [
                        server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                        "--daemonize", "no", "--dir", str(folder), *self.options,
                    ],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_environment(),
                    start_new_session=True, preexec_fn=_end_with_parent,
                )  # fmt: skip
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and self.process.poll() is None:
                if _answers(self.port) and f"process_id:{self.process.pid}" in self.cli("INFO", "server"):
                    return
                time.sleep(0.02)
            self.stop()
        raise RuntimeError(f"Redis does not start:\n{log.read_text()[-4000:]}")

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None

    def cli(self, *arguments, ok: bool = True) -> str:
        words = [_text(argument) for argument in arguments]
        # The client takes tens of milliseconds to start, and there are hundreds of calls.
        streams = ("MONITOR", "SUBSCRIBE", "PSUBSCRIBE")
        plain = words and not words[0].startswith("-") and words[0].upper() not in streams
        failed, answer = self._ask(words) if plain else self._by_redis_cli(words)
        if not ok:
            assert failed, f"succeeded, and must not: {answer}"
            return answer
        if failed and "Error compiling script" in answer:
            raise Malformed(answer)
        assert not failed, answer
        return answer

    def _by_redis_cli(self, words: list[str]) -> tuple[bool, str]:
        command = ["redis-cli", "-e", "-h", "127.0.0.1", "-p", str(self.port), *words]
        done = _run(command, "", _environment(), 30)
        return done.returncode != 0, (done.stdout + done.stderr).removesuffix("\n")

    def _ask(self, words: list[str]) -> tuple[bool, str]:
        """One command on a connection of its own; the answer as redis-cli prints it into a pipe."""
        parts = [word.encode() for word in words]
        command = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
                connection.sendall(command)
                with connection.makefile("rb") as answers:
                    return _redis_answer(answers)
        except (OSError, EOFError) as error:
            return words[0].upper() != "SHUTDOWN", f"no answer from Redis: {error}"


def _redis_answer(answers) -> tuple[bool, str]:
    line = answers.readline()
    if not line.endswith(b"\r\n"):
        raise EOFError("the connection was closed")
    kind, rest = line[:1], line[1:-2].decode("utf-8", "replace")
    if kind == b"$":
        length = int(rest)
        return False, "" if length < 0 else answers.read(length + 2)[:-2].decode("utf-8", "replace")
    if kind == b"*":
        parts = [_redis_answer(answers) for _ in range(max(int(rest), 0))]
        return any(failed for failed, _ in parts), "\n".join(text for _, text in parts)
    return kind == b"-", rest


def _redis_server() -> str:
    found = shutil.which("redis-server")
    if not found or not shutil.which("redis-cli"):
        raise Absent("redis-server is not installed (scripts/install-packages test)")
    return found


# ------------------------------------------------------------------------------------------------------------ Node


class Node:
    """Programs for Node, with express, pg and redis."""

    def __init__(self, servers: Servers, stack: ExitStack):
        self._stack = stack
        self._node = _node()
        self._modules = servers.node_modules()

    def run(self, files: dict[str, str], main: str, env=None, timeout: float = 30) -> Finished:
        """Writes the files into a folder of their own and runs one of them to its end."""
        with ExitStack() as stack:
            folder = self._folder(stack, files)
            return _run([self._node, main], "", self._environment(env), timeout, cwd=folder)

    @contextmanager
    def start(self, files: dict[str, str], main: str, env=None):
        """A program that listens at the port that PORT names; comes back when the port answers."""
        with ExitStack() as stack:
            folder = self._folder(stack, files)
            program = Program(self._node, main, folder, self._environment(env))
            stack.callback(program.stop)
            # Also where a scenario does not come to the end of its `with`.
            self._stack.callback(program.stop)
            program.wait_until_it_answers()
            yield program

    def _folder(self, stack: ExitStack, files: dict[str, str]) -> Path:
        folder = _folder(stack, "plumbline-node-")
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        # NODE_PATH is not read for `import`.
        (folder / "node_modules").symlink_to(self._modules)
        return folder

    def _environment(self, env) -> dict[str, str]:
        libraries = os.pathsep.join(map(str, NODE_LIBRARIES))
        return {**_environment(), "NODE_PATH": libraries, **{name: _text(value) for name, value in (env or {}).items()}}


class Program:
    """A program for Node that runs: .port, .stop(), .kill(), .output."""

    def __init__(self, node: str, main: str, folder: Path, env: dict[str, str]):
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / ".output"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [node, main], cwd=folder, env={**env, "PORT": str(self.port)}, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True, preexec_fn=_end_with_parent,
            )  # fmt: skip

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def returncode(self) -> int | None:
        return self._process.poll()

    def wait_until_it_answers(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                words = f"the program ended with status {self._process.returncode}\n{self.output[-4000:]}"
                raise Malformed(words) if "SyntaxError" in words else AssertionError(words)
            if _answers(self.port):
                return
            time.sleep(0.02)
        raise AssertionError(f"the port does not answer\n{self.output[-4000:]}")

    def stop(self, timeout: float = 10) -> int:
        """Asks it to end (SIGTERM) and waits; its status."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        return self._process.returncode

    def kill(self):
        """Ends it where it stands (SIGKILL)."""
        self._process.kill()
        self._process.wait()


def _node() -> str:
    found = shutil.which("node") or shutil.which("nodejs")
    if not found:
        raise Absent("Node is not installed (scripts/install-packages test)")
    absent = [name for name in NODE_NEEDS if not any((folder / name).is_dir() for folder in NODE_LIBRARIES)]
    if absent:
        raise Absent(f"Node's library {', '.join(absent)} is not installed (scripts/install-packages test)")
    return found


# ----------------------------------------------------------------------------------------------------- Swift and HCL


class Swift:
    """Programs in Swift. The compiler takes seconds; the same sources are compiled once a session."""

    def __init__(self, servers: Servers):
        self._servers = servers
        self._compiler = _swiftc()

    def run(self, files: dict[str, str], main: str | None = None, arguments=(), timeout: float = 60) -> Finished:
        """Compiles the files together, warnings being errors, and runs the program. `main` is the file with the
        statements at the top; without it one of the files has an @main, or there is one file alone."""
        program = self._compile(files, main)
        return _run([str(program), *map(str, arguments)], "", _environment(), timeout)

    def _compile(self, files: dict[str, str], main: str | None) -> Path:
        key = hashlib.sha256(json.dumps([files, main], sort_keys=True).encode()).hexdigest()
        if key in self._servers.swift_programs:
            return self._servers.swift_programs[key]
        folder = self._servers.folder("plumbline-swift-")
        names = []
        for name, text in files.items():
            # The compiler takes statements at the top from main.swift alone.
            target = "main.swift" if name == main else name
            (folder / target).write_text(text)
            names.append(target)
        options = ["-swift-version", "6", "-warnings-as-errors", "-Onone", "-module-name", "scenario"]
        if main is None and len(files) > 1 and "main.swift" not in files:
            options.append("-parse-as-library")
        done = _run([self._compiler, *options, "-o", "program", *names], "", _environment(), 240, cwd=folder)
        if done.returncode:
            raise Malformed(f"swiftc: {done.stderr[-6000:]}{done.stdout[-2000:]}")
        self._servers.swift_programs[key] = folder / "program"
        return folder / "program"


def _swiftc() -> str:
    found = os.environ.get("SWIFTC") or shutil.which("swiftc")
    if not found:
        raise Absent("swiftc is not installed")
    return found


class HCL:
    """Terraform's language, by python-hcl2."""

    def parse(self, text: str) -> dict:
        """Plain values: strings without their quotes, expressions as `${...}`, each kind of block a list."""
        import hcl2
        from hcl2.utils import SerializationOptions
        from lark.exceptions import LarkError

        options = SerializationOptions(with_comments=False, explicit_blocks=False, strip_string_quotes=True)
        try:
            return hcl2.loads(text, serialization_options=options)
        except LarkError as error:
            raise Malformed(str(error)) from error


def _hcl():
    try:
        import hcl2  # noqa: F401
    except ImportError:
        raise Absent("python-hcl2 is not installed (Tests/EndToEnd/requirements.txt)") from None


# ------------------------------------------------------------------------------------------------------------ small


def _folder(stack: ExitStack, prefix: str) -> Path:
    # For root the folder must lie where user postgres may enter.
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp" if os.geteuid() == 0 else None))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _run(command: list[str], stdin: str, env: dict[str, str], timeout: float, **options) -> Finished:
    options.setdefault("start_new_session", True)
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", errors="replace", **options,
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate(stdin, timeout)
        except BaseException:
            # The whole group, or a grandchild would hold the pipes.
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise
        return Finished(command, process.returncode, out, err)


def _environment() -> dict[str, str]:
    """Ours, without what would lead the tools elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "REDIS", "NODE_"))}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent():
    """A server must not outlive a test run that is killed (PR_SET_PDEATHSIG; Linux alone has it)."""
    if _libc is not None:
        _libc.prctl(1, signal.SIGINT)


def _text(value) -> str:
    return {True: "on", False: "off"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0
