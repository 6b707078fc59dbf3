/// The words that engineers use for the same thing. It knows the trade's language and no runbook: what a runbook is
/// about stands in the runbook.
enum Thesaurus {
  /// A notion, and the words for it.
  private static let groups: KeyValuePairs<String, String> = [
    "slow":
      "slow slower slowly slowness sluggish crawl hang hung freeze frozen latency performance unresponsive p50 p90 p95 p99",
    "database": "database db postgres postgresql pg mysql mariadb rds aurora",
    "query": "query statement select insert update delete sql join report",
    "plan": "plan planner explain",
    "sequential": "sequential seq",
    "lock": "lock deadlock",
    "wait": "wait block blocked stuck",
    "cache": "cache redis memcached memcache valkey varnish",
    "queue": "queue kafka rabbitmq rabbit sqs topic stream sidekiq celery kinesis pubsub broker enqueue",
    "message": "message event job task notification mail email",
    "consumer": "consumer worker subscriber",
    "behind": "behind lag backlog late delay overdue",
    "grow": "grow rise climb increase accumulate explode grew",
    "memory": "memory ram heap rss swap",
    "kill": "kill die dead crash terminate sigkill died",
    "container": "container pod docker",
    "connection": "connection connect conn",
    "exhausted": "exhaust exhaustion",
    "expire": "expire expiry expiration ttl",
    "purge": "purge flush flushall flushdb clear wipe invalidate invalidation empty cold",
    "deployment": "deploy deployment release rollout",
    "rebuild": "rebuild recompute recalculate regenerate",
    "load": "load overload spike burst melt",
    "fall": "fall drop collapse plummet sink fell",
    "rate": "rate ratio",
    "status": "status code",
    "stampede": "stampede dogpile",
    "return": "return release",
    "bloat": "bloat autovacuum vacuum",
    "acknowledge": "acknowledge unacknowledged ack unacked",
    "timeout": "timeout",
    "rebalance": "rebalance",
    "restart": "restart reboot crashloop",
  ]

  /// Words that only together mean something.
  private static let phrases: KeyValuePairs<String, String> = [
    "out of memory": "memory oom", "oom": "memory oom", "outofmemory": "memory oom",
    "time out": "timeout", "timed out": "timeout",
    "keep up": "behind", "catch up": "behind", "keep pace": "behind", "fall behind": "behind", "lag behind": "behind",
    "pile up": "behind grow", "build up": "behind grow", "back up": "behind", "fill up": "behind grow",
    "run out of": "exhausted", "ran out of": "exhausted", "run out": "expire", "too many": "exhausted",
    "none left": "exhausted", "in use": "exhausted",
    "too many client": "exhausted connection", "crash loop": "restart kill",
    "take forever": "slow", "take ages": "slow", "take long": "slow", "take too long": "slow",
    "through the roof": "slow grow", "off a cliff": "slow fall", "grind to a halt": "slow",
    "thundering herd": "stampede", "dog pile": "stampede",
    "same time": "together", "at once": "together",
    "give back": "return", "given back": "return", "hand back": "return", "put back": "return",
    "going up": "grow", "go up": "grow", "went up": "grow",
    "fall over": "kill",
  ]

  /// What is in every sentence and every line of a log.
  private static let noiseWords = """
    a about above again all already also although always am an and another any are around as at away be because been
    before being below between both but by can cant cannot could couldnt did didnt do does doesnt doing done dont down due
    during each either else even ever every everybody everyone everything far few for from further get gets getting go
    goes going gone got had has hasnt have havent having he help her here hey hi him his how i if im in instead into is
    isnt it its just keep keeps kept last left let like little long longer look looks lot lots made make makes making
    many may maybe me mean might more most much must my near need never new next nobody none no nor not nothing now of
    off often on once one only onto or other others our out over own per please put quite ran rather really right run
    running runs said same say see seems seen several shall she should since so some somebody someone something
    somehow somewhere soon still such sudden suddenly sure take taken takes taking took than that the their them then
    there these they thing things this those three though through thus to too toward try trying two under until up upon
    us use used uses using usually very via want wants was wasnt way we well went were what whats when where which while
    who whole whose why will with within without wont would yes yet you your
    today yesterday morning night evening tonight weekend week day monday tuesday wednesday thursday friday saturday
    sunday minute hour second ms time sometimes
    hundred hundreds thousand thousands million millions billion
    error fatal warn warning severe critical info debug exception fail failed fails failure detect detected caused java
    lang org com net sorry super huge prod production live system app application service server api
    eat eats hog hogs consume consumes happen happens happening problem issue incident alarm alert log logs full
    """

  /// What may come before any trouble, and so tells little about which one it is.
  static let circumstances: Set<String> = ["deployment", "load"]

  // MARK: Looking up

  /// The notions of a stem.
  static let notions: [String: [String]] = {
    var table: [String: [String]] = [:]
    for (notion, words) in groups {
      for word in words.split(separator: " ") { table[Words.stem(String(word)), default: []].append(notion) }
    }
    return table
  }()

  /// Every word of the groups, as it is written.
  static let words: [String] = groups.flatMap { $0.value.split(separator: " ").map(String.init) }

  static let noise: Set<String> = Set(
    noiseWords.split(whereSeparator: \.isWhitespace).flatMap { [String($0), Words.stem(String($0))] })

  private static let expressions: [(stems: [String], notions: [String])] =
    phrases.map { phrase, notions in
      (phrase.split(separator: " ").map { Words.stem(String($0)) }, notions.split(separator: " ").map(String.init))
    }.sorted { ($0.stems.count, $1.stems.joined()) > ($1.stems.count, $0.stems.joined()) }

  /// The longest expression that begins at this token; a word may stand between its parts, as in “keeps filling it up”.
  static func expression(at start: Int, of tokens: [String]) -> (notions: [String], length: Int)? {
    for expression in expressions where expression.stems[0] == tokens[start] {
      var index = start + 1
      var matched = 1
      while matched < expression.stems.count, index < tokens.count {
        if tokens[index] == expression.stems[matched] {
          matched += 1
        } else if index > start + matched || expression.stems.count > 2 || !noise.contains(tokens[index]) {
          break
        }
        index += 1
      }
      if matched == expression.stems.count { return (expression.notions, index - start) }
    }
    return nil
  }
}
