"""What the page out-of-memory-killed claims, tried: reading the limits, a bounded cache, rows streamed by a cursor."""

import shutil
import subprocess
import tempfile
from pathlib import Path

NEEDS = {"postgres", "node"}

MIB = 1048576


def scenario(blocks, tools):
    accounts(blocks)
    cache(blocks, tools)
    db = tools.postgres.database()
    database_host(blocks, db)
    streaming(blocks, tools, db)


def accounts(blocks):
    folder = Path(tempfile.mkdtemp(prefix="plumbline-cgroup-"))
    script = folder / "memory.sh"
    script.write_text(blocks["memory.sh"])

    def read(name, files):
        for path, text in files.items():
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(f"{text}\n")
        done = subprocess.run(["sh", script, folder / name], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0 and not done.stderr, f"{done.returncode}: {done.stderr}{done.stdout}"
        return dict(line.split("  ", 1) for line in done.stdout.replace("    ", "  ").splitlines())

    try:
        stat = f"anon {400 * MIB}\nfile {90 * MIB}\nanon_thp 0\nfile_mapped 4096"
        events = "low 0\nhigh 0\nmax 31\noom 2\noom_kill 1\noom_group_kill 0"
        two = {"memory.max": 512 * MIB, "memory.current": 500 * MIB, "memory.peak": 511 * MIB, "memory.stat": stat,
               "memory.events": events}  # fmt: skip
        said = read("two", two)
        assert [value.strip() for value in said.values()] == [
            "512 MiB", "500 MiB", "511 MiB", "400 MiB", "90 MiB", "31", "1"
        ], said  # fmt: skip
        assert read("unlimited", {**two, "memory.max": "max"})["limit"].strip() == "max"
        one = {
            "memory/memory.limit_in_bytes": 256 * MIB, "memory/memory.usage_in_bytes": 128 * MIB,
            "memory/memory.max_usage_in_bytes": 256 * MIB, "memory/memory.failcnt": 12,
            "memory/memory.stat": f"cache 1\nrss 1\ntotal_cache {20 * MIB}\ntotal_rss {100 * MIB}",
            "memory/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3",
        }  # fmt: skip
        said = read("one", one)
        assert [value.strip() for value in said.values()] == [
            "256 MiB", "128 MiB", "256 MiB", "100 MiB", "20 MiB", "12", "3"
        ], said  # fmt: skip
    finally:
        shutil.rmtree(folder)


def cache(blocks, tools):
    program = """
        const { BoundedCache } = require('./bounded-cache.js');
        const cache = new BoundedCache(3);
        let largest = 0;
        for (let i = 0; i < 10000; i += 1) { cache.set(i, i); largest = Math.max(largest, cache.size); }
        for (const key of 'abc') cache.set(key, key);
        cache.get('a');
        cache.set('d', undefined);
        const first = ['a', 'b', 'c', 'd'].map((key) => cache.get(key));
        cache.set('a', 'new'); cache.set('a', 'newer'); cache.set('e', 'e'); cache.set('f', 'f');
        const refused = [0, -1, 1.5, undefined].map((limit) => {
          try { new BoundedCache(limit); return false; } catch (error) { return error instanceof RangeError; }
        });
        console.log(JSON.stringify([largest, first, cache.get('a'), cache.size, refused]));
    """
    files = {"bounded-cache.js": blocks["bounded-cache.js"], "main.js": program}
    said = tools.node.run(files, "main.js").json
    assert said == [3, ["a", None, "c", None], "newer", 3, [True] * 4], said


def database_host(blocks, db):
    db.run("CREATE EXTENSION pg_stat_statements; SELECT pg_stat_statements_reset();")
    db.rows("SELECT i AS exported FROM generate_series(1, 30000) AS i")
    db.rows("SELECT 1")
    worst = db.rows(blocks["many-rows.sql"])[0]
    assert worst[1:3] == (1, 30000) and "exported" in worst[3], worst

    other = db.connect()
    other.execute("SELECT 1")
    connections, active, most, *settings = db.rows(blocks["connection-memory.sql"])[0]
    assert (connections, active, most) == (2, 1, "50") and settings[0] == "32MB", (connections, active, most, settings)
    other.close()

    other = db.connect(autocommit=True)
    db.run(blocks["lower-work-mem.sql"].replace("'4MB'", "'3MB'"))
    for _ in range(500):
        if other.execute("SHOW work_mem").fetchone() == ("3MB",):
            break
        other.execute("SELECT pg_sleep(0.01)")
    assert other.execute("SHOW work_mem").fetchone() == ("3MB",), "sessions that are there do not take it over"


def streaming(blocks, tools, db):
    program = """
        const { Client } = require('pg');
        const { rows } = require('./stream-rows.js');
        (async () => {
          const client = new Client();
          await client.connect();
          const query = "SELECT i, repeat('x', 2000) AS line FROM generate_series(1, $1::int) AS i ORDER BY i";
          const state = async () => (await client.query('SELECT pg_current_xact_id_if_assigned() AS id, '
            + "(SELECT count(*)::int FROM pg_cursors) AS cursors, now() = statement_timestamp() AS outside")).rows[0];
          if (process.argv[2] === 'whole' || process.env.WHOLE) {
            console.log((await client.query(query, [20000])).rows.length);
          } else {
            const said = {};
            let count = 0, sum = 0;
            for await (const row of rows(client, query, [20000])) { count += 1; sum += row.i; }
            said.all = [count, sum];
            count = 0;
            for await (const row of rows(client, query, [2000], 1000)) count += 1;
            said.exact = count;
            for await (const row of rows(client, query, [20000])) if (row.i === 1500) break;
            said.afterBreak = await state();
            said.failure = await (async () => { for await (const row of rows(client, 'SELECT 1 / ($1::int - 1) AS x', [1])); })()
              .catch((error) => error.message);
            said.afterFailure = await state();
            said.writing = await (async () => { for await (const row of rows(client, "SELECT nextval('numbers')")); })()
              .catch((error) => error.message);
            console.log(JSON.stringify(said));
          }
          await client.end();
        })();
    """
    db.run("CREATE ROLE app LOGIN; CREATE SEQUENCE numbers; GRANT ALL ON SEQUENCE numbers TO app;")
    files = {"stream-rows.js": blocks["stream-rows.js"], "main.js": program}
    env = {
        "PGHOST": db.host, "PGPORT": db.port, "PGUSER": "app", "PGDATABASE": db.name,
        "NODE_OPTIONS": "--max-old-space-size=20",
    }  # fmt: skip
    said = tools.node.run(files, "main.js", env).json
    assert said["all"] == [20000, 20000 * 20001 // 2] and said["exact"] == 2000, said
    for after in ("afterBreak", "afterFailure"):
        assert said[after]["cursors"] == 0 and said[after]["outside"], f"{after}: a transaction is left open: {said}"
    assert said["failure"] == "division by zero" and "read-only" in said.get("writing", ""), said
    # The whole result at once ends Node by its own heap limit: SIGABRT and words of its own, not SIGKILL.
    whole = tools.node.run(files, "main.js", {**env, "WHOLE": "1"})
    assert whole.returncode in (-6, 134) and "JavaScript heap out of memory" in whole.stderr, whole.returncode


FAULTS = [
    ("memory.sh", "$1 == key", "index($1, key) == 1", "other keys that begin alike would be printed, too"),
    ("memory.sh", "memory.events oom_kill", "memory.events oom", "a failed allocation would count as a kill"),
    ("memory.sh", "$1 / 1048576", "$1 / 1000000", "figures would not fit the limits that people write"),
    ("bounded-cache.js", "if (this.#entries.size > this.limit) this.#entries.delete(this.#entries.keys().next().value);",
     "", "it would grow without bound"),
    ("bounded-cache.js", "    this.#entries.set(key, value);  // used now: last to go\n", "",
     "what is read would be thrown out"),
    ("stream-rows.js", "FETCH FORWARD ${Number(batch)}", "FETCH ALL", "all rows would be in memory at once"),
    ("stream-rows.js", "await client.query('ROLLBACK').catch(() => {});", "",
     "the transaction would stay open and hold vacuum back"),
    ("stream-rows.js", "rows.length < batch", "rows.length <= batch", "it would end after the first page"),
    ("stream-rows.js", "BEGIN READ ONLY", "BEGIN", "a query that writes would be run, and be rolled back unseen"),
]  # fmt: skip
