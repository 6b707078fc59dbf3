/* What `plumbline decide` says, to the last digit, of the rules in rules.js. It needs no page. */
"use strict";
const plumbline = ((rules) => {
  // MARK: Numbers: [digits, power of ten], cut to 128 bits of digits where the engine cuts them, so that equal is equal

  const LIMIT = 1n << 128n, ZERO = [0n, 0], ONE = [1n, 0];
  const ten = (power) => 10n ** BigInt(power);
  const size = (digits) => (digits < 0n ? -digits : digits);
  const int = (number) => make(BigInt(number), 0);

  function make(digits, power) {
    let rest = size(digits);
    for (; rest >= LIMIT << 16n; power += 4) rest /= 10000n;
    for (; rest >= LIMIT; power++) rest /= 10n;
    if (!rest) return ZERO;
    for (; rest % 10n === 0n; power++) rest /= 10n;
    return [digits < 0n ? -rest : rest, power];
  }

  // Both with one power of ten; the smaller loses what 128 bits cannot hold.
  function level(a, b) {
    if (a[1] < b[1]) return level(b, a).reverse();
    const gap = a[1] - b[1], raised = a[0] * ten(gap);
    if (size(raised) < LIMIT) return [[raised, b[1]], b];
    const most = Math.floor((8 - Math.ceil(size(a[0]).toString(16).length / 4)) * 4.81647993);
    const rest = b[0] / ten(gap - most);
    return rest ? [[a[0] * ten(most), a[1] - most], [rest, a[1] - most]] : [a, [0n, a[1]]];
  }

  function compare(a, b) {
    const [x, y] = level(a, b);
    return x[0] < y[0] ? -1 : x[0] > y[0] ? 1 : 0;
  }
  const below = (a, b) => compare(a, b) < 0;
  const equal = (a, b) => compare(a, b) === 0;
  const min = (...all) => all.reduce((a, b) => (below(b, a) ? b : a));
  const max = (...all) => all.reduce((a, b) => (below(a, b) ? b : a));
  const abs = (a) => [size(a[0]), a[1]];
  const mul = (a, b) => make(a[0] * b[0], a[1] + b[1]);
  const sub = (a, b) => add(a, [-b[0], b[1]]);

  function add(a, b) {
    if (!a[0]) return b;
    const [x, y] = level(a, b);
    return make(x[0] + y[0], x[1]);
  }

  function div(a, b) {
    let [x, y] = a[0] && a[1] - b[1] >= 19 ? level(a, b) : [a, b];
    if (!y[0]) [x, y] = [a, b];
    return make((x[0] * ten(38)) / y[0], x[1] - y[1] - 38);
  }

  // To so many decimals: halves away from zero, or down.
  function round(a, decimals, down) {
    if (a[1] >= -decimals) return a;
    const unit = ten(-a[1] - decimals), rest = a[0] % unit;
    const away = down ? rest < 0n : 2n * size(rest) >= unit;
    return make(a[0] / unit + (away ? (a[0] < 0n ? -1n : 1n) : 0n), -decimals);
  }

  function decimal(text) {
    const [, sign, whole = "", fraction = "", exponent = 0] = /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
    const behind = fraction.replace(/0+$/, ""), digits = (whole + behind).replace(/^0+/, "");
    if (!(whole + fraction) || Math.abs(exponent) > 60 || digits.length > 38) return null;
    return make(BigInt(sign + (digits || 0)), exponent - behind.length);
  }

  function plain([digits, power]) {
    const text = String(size(digits)).padStart(1 - power, "0") + "0".repeat(Math.max(0, power));
    return (digits < 0n ? "-" : "") + (power < 0 ? `${text.slice(0, power)}.${text.slice(power)}` : text);
  }

  // The power of ten of the first digit.
  const magnitude = (a) => (a[0] ? String(size(a[0])).length - 1 + a[1] : 0);

  // MARK: Ranges, and Kleene's logic over them: null where it is open

  const isPoint = ([low, high]) => equal(low, high);
  const contains = ([low, high], value) => !below(value, low) && !below(high, value);
  const ends = (text) => [text.split("..")[0], text.split("..").pop()].map(decimal);
  const corners = (operation, [a, b], [c, d]) => {
    const all = [operation(a, c), operation(a, d), operation(b, c), operation(b, d)];
    return [min(...all), max(...all)];
  };
  const arithmetic = {
    "+": (a, b) => [add(a[0], b[0]), add(a[1], b[1])],
    "-": (a, b) => [sub(a[0], b[1]), sub(a[1], b[0])],
    "*": (a, b) => corners(mul, a, b),
    "/": (a, b) => (b[0][0] > 0n || b[1][0] < 0n ? corners(div, a, b) : null),
    min: (a, b) => [min(a[0], b[0]), min(a[1], b[1])],
    max: (a, b) => [max(a[0], b[0]), max(a[1], b[1])],
    share(a, b) {
      const low = add(a[0], b[1]), high = add(a[1], b[0]);
      return [low[0] ? div(a[0], low) : ZERO, high[0] ? div(a[1], high) : ONE];
    },
  };
  const not = (truth) => (truth === null ? null : !truth);
  const comparisons = {
    "<": (a, b) => (below(a[1], b[0]) ? true : below(a[0], b[1]) ? null : false),
    "<=": (a, b) => not(comparisons["<"](b, a)),
    ">": (a, b) => comparisons["<"](b, a),
    ">=": (a, b) => not(comparisons["<"](a, b)),
    "=": (a, b) => (below(a[1], b[0]) || below(b[1], a[0]) ? false : isPoint(a) && isPoint(b) ? true : null),
    "!=": (a, b) => not(comparisons["="](a, b)),
  };
  const phrases = {
    "<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least", "=": "equals", "!=": "differs from",
  };
  const opposite = { "<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "=" };
  const unique = (items) => [...new Set(items)];

  // MARK: Reading what is typed

  const table = (text) => new Map(text.split(" ").map((pair) => pair.split("=")).map(([name, value]) => [name, decimal(value)]));
  const scales = table(
    "=1 k=1e3 K=1e3 thousand=1e3 m=1e6 M=1e6 mio=1e6 million=1e6 b=1e9 B=1e9 bn=1e9 G=1e9 billion=1e9 T=1e12 trillion=1e12");
  const times = table(
    "s=1 sec=1 second=1 min=60 minute=60 h=3600 hr=3600 hour=3600 d=86400 day=86400 week=604800 m=60 month=2628000 year=31536000");
  const durations = new Map([...[...times].slice(0, 11), ...table("ns=1e-9 us=1e-6 µs=1e-6 ms=1e-3 =1 secs=1 seconds=1 mins=60 "
    + "minutes=60 hours=3600 days=86400 w=604800 weeks=604800")]);
  const sizes = table("=1 b=1 byte=1 bytes=1");
  [..."kmgtp"].forEach((letter, index) => {
    const thousands = make(1n, 3 * index + 3);
    sizes.set(letter, thousands).set(letter + "b", thousands).set(letter + "ib", make(1024n ** BigInt(index + 1), 0));
  });
  const examples = {
    count: "12, 12k or 1.5M", number: "1.5", share: "85% or 0.85", "1/year": "30%", "1/s": "2.5k, 100/min or 40M/day",
    "1/min": "100, 2/s or 40k/h", bytes: "256 KB, 256 KiB or 1.5 TB", "B/s": "50 MB/s", s: "200 ms, 5 min or 2 d",
  };

  // The number in front, and what stands behind it.
  function split(text) {
    const [, digits, rest] = /^([-+−]?[\d,._]*(?:(?<=.)[eE][-+]?\d+)?)(.*)$/su.exec(text);
    return [digits, rest.trim()];
  }

  // A number with the separators that people use; null for anything else.
  function written(digits) {
    const text = digits.replace("−", "-"), mantissa = text.split(/[eE]/)[0];
    if (mantissa.includes(",") && !/^[-+]*[^,.]{1,3}(,\d{3})+(\.[^,]*)?$/.test(mantissa)) return null;
    return /^_|__|_\.|\._|[_.]$/.test(mantissa) ? null : decimal(text.replace(/[,_]/g, ""));
  }
  const bare = (text) => (split(text)[1] ? null : written(split(text)[0]));

  function amount(text, trait) {
    if (new TextEncoder().encode(text).length > 64) return null;
    if (trait.ratio && text.includes(":")) {
      const [a, b, more] = text.split(":").map((part) => bare(part.trim()));
      if (more !== undefined || !a || !b || a[0] < 0n || b[0] < 0n || !(a[0] + b[0])) return null;
      return div(a, add(a, b));
    }
    const [digits, suffix] = split(text), number = written(digits);
    const value = number && scaled(number, suffix, trait);
    return value && trait.unit === "count" && value[1] < 0 ? null : value;
  }

  function scaled(number, suffix, { unit, noun = "" }) {
    const by = (scale) => (scale ? mul(number, scale) : null);
    const [first, time, more] = suffix.split("/").map((part) => part.trim());
    switch (unit) {
      case "count":
      case "number": {
        if (scales.has(suffix)) return by(scales.get(suffix));
        const words = suffix.split(" ").filter(Boolean), names = noun ? noun.split(" ") : [];
        const scale = scales.has(words[0]) ? scales.get(words.shift()) : ONE;
        const fits = (word) => names.some((name) => name === word || name === word + "s" || name + "s" === word);
        return words.length && words.every(fits) ? by(scale) : null;
      }
      case "share":
      case "1/year": {
        const share = unit === "share" ? suffix : suffix.replace(/(\/year|\/yr|\/y|per year|a year|yearly)$/, "").trim();
        if (share === "%" || share === "percent") return by([1n, -2]);
        return share || (unit === "share" && below(ONE, number)) ? null : number;
      }
      case "1/s":
      case "1/min": {
        const base = int(unit === "1/s" ? 1 : 60);
        let body = suffix.replaceAll(" per ", "/").replaceAll("per ", "/");
        for (const word of "requests request req reqs queries query messages message msgs msg calls reads writes".split(" "))
          body = body.replace(word + "/", "/");
        const name = body.trim().toLowerCase();
        if (/^[rqtm]ps$/.test(name)) return by(base);
        if (/^k ?[rq]ps$/.test(name)) return mul(by(base), int(1000));
        if (/^[rq]pm$/.test(name)) return mul(div(number, int(60)), base);
        const [scale, per, other] = body.split("/").map((part) => part.trim());
        if (other !== undefined || !scales.has(scale)) return null;
        const value = by(scales.get(scale)), span = per?.toLowerCase();
        const seconds = times.get(span) ?? times.get(span?.replace(/(?<=.)s$/, ""));
        return per === undefined ? value : seconds ? div(mul(value, base), seconds) : null;
      }
      case "bytes": // Gb and the like are bits.
        return /^\p{Lu}.*b$/su.test(suffix) ? null : by(sizes.get(suffix.toLowerCase()));
      case "B/s": {
        const seconds = suffix ? times.get(time?.toLowerCase()) : ONE, scale = sizes.get(first.toLowerCase());
        return more === undefined && scale && seconds ? div(by(scale), seconds) : null;
      }
      default: return by(durations.get(suffix) ?? durations.get(suffix.toLowerCase()));
    }
  }

  // The unit at the end that a bare lower end takes over: %, GB, /day, but no scale such as k.
  function unitOf(text) {
    const rest = split(text)[1];
    return rest.includes("/") ? rest.slice(rest.indexOf("/")) : scales.has(rest) && rest !== "G" && rest !== "T" ? "" : rest;
  }

  function range(text, trait) {
    const dots = text.indexOf("..");
    if (dots < 0) return [amount(text, trait), amount(text, trait)];
    const low = text.slice(0, dots).trim(), high = text.slice(dots + 2).trim();
    if (!low || !high || high[0] === ".") return [];
    const inherited = unitOf(low) ? "" : unitOf(high), share = bare(low);
    const start = amount(low + inherited, trait);
    // A bare share is a share already: 0.8..90% means 80% to 90%.
    const isShare = start && inherited && /share|year/.test(trait.unit) && share?.[0] && !below(ONE, abs(share));
    return [isShare ? share : start, amount(high, trait)];
  }

  // As the engine holds what was typed: 38 digits, 60 decimals.
  function writable(a) {
    const surplus = Math.max(String(size(a[0])).length - 38, -a[1] - 60);
    return surplus > 0 ? round(a, -a[1] - surplus) : a;
  }

  // What to type for a trait.
  function expected({ unit, domain, ids, set, ratio }) {
    if (!unit) return ids ? `${set ? "any" : "one"} of ${ids.join(", ")}${set ? ", or none" : ""}` : "yes or no";
    return `${examples[unit]}${ratio ? ", or reads to writes as 4:1" : ""}; ${interval(domain, unit)}`;
  }

  // What a text says of a trait: [low, high], a flag, the numbers of options, or null for unknown.
  function read(trait, text) {
    const typed = text.trim(), word = typed.toLowerCase(), { ids, domain } = trait;
    if (word === "unknown") return null;
    if (trait.unit) {
      const [low, high] = range(typed, trait).map((end) => end && writable(end));
      if (low && high && !below(high, low) && contains(domain, low) && contains(domain, high)) return [low, high];
    } else if (!ids) {
      if (/^(true|yes|y|false|no|n)$/.test(word)) return /^[ty]/.test(word);
    } else {
      if (trait.set && (/^\[\s*\]$/.test(typed) || (word === "none" && !ids.includes(word)))) return [];
      const members = trait.set ? typed.replace(/^\[(.*)\]$/s, "$1").split(",").map((one) => ids.indexOf(one.trim())) : [ids.indexOf(typed)];
      if (!members.includes(-1) && unique(members).length === members.length) return members.sort((a, b) => a - b);
    }
    throw new Error(`expected ${expected(trait)}`);
  }

  // MARK: Printing

  const number = (value, decimals = 6) =>
    plain(round(value, decimals)).replace("-", "−").replace(/\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));

  function quantity(value, unit) {
    switch (unit) {
      case "share": return number(mul(value, int(100)), 4) + "%";
      case "1/year": return quantity(value, "share") + " a year";
      case "1/s": return number(value) + "/s";
      case "1/min": return number(value) + "/min";
      case "bytes": return bytes(value);
      case "B/s": return bytes(value) + "/s";
      case "s": return duration(value);
      default: return number(value);
    }
  }

  function bytes(value) {
    if (below(abs(value), int(1000))) return equal(value, ONE) ? "1 byte" : `${number(value)} bytes`;
    const [thousands, binary] = [[1000, "B"], [1024, "iB"]].map(([base, ending]) => {
      let amount = value, name = "";
      for (const letter of "KMGTP") if (!below(abs(amount), int(base))) [amount, name] = [div(amount, int(base)), letter + ending];
      const short = round(amount, 2);
      return { text: `${number(short, 2)} ${name}`, exact: name && equal(short, amount) };
    });
    const isWhole = value[1] >= 0 && below(value, [1n, 7]);
    return thousands.exact ? thousands.text : binary.exact ? binary.text : isWhole ? `${number(value)} bytes` : thousands.text;
  }

  function duration(value) {
    if (value[0] && below(abs(value), ONE)) return `${number(mul(value, int(1000)))} ms`;
    for (const [seconds, name] of [[86400, "d"], [3600, "h"], [60, "min"]]) {
      const amount = div(value, int(seconds));
      if (below(abs(value), int(seconds)) || amount[1] < 0) continue;
      if (seconds > 60 || (below(ONE, amount) && !below(int(120), amount))) return `${number(amount)} ${name}`;
    }
    if (below(value, int(120))) return `${number(value)} s`;
    // Below an hour seconds matter, below two days minutes, above them hours.
    const [large, name, small, smallName] = below(value, int(3600)) ? [60, "min", 1, "s"]
      : below(value, int(172800)) ? [3600, "h", 60, "min"] : [86400, "d", 3600, "h"];
    const total = round(div(value, int(small)), small === 1 ? 6 : 0);
    const whole = round(div(mul(total, int(small)), int(large)), 0, true);
    const rest = sub(total, div(mul(whole, int(large)), int(small)));
    return rest[0] ? `${number(whole)} ${name} ${number(rest)} ${smallName}` : `about ${number(whole)} ${name}`;
  }

  const interval = (value, unit) => (isPoint(value) ? [value[0]] : value).map((end) => quantity(end, unit)).join(" to ");

  // MARK: Rules. Traits, thresholds (-1, -2, …) and decisions go by their numbers.

  const thresholds = rules.thresholds.map(decimal);
  const threshold = (number) => thresholds[-1 - number];
  const parts = (condition) => (["not", "and", "or"].includes(condition[0]) ? condition.slice(1) : null);
  const leaves = (condition) => parts(condition)?.flatMap(leaves) ?? [condition];
  const named = (formula) => (formula >= 0 ? [formula] : formula < 0 || formula[0] === "#" ? [] : unique(formula.slice(1, 3).flatMap(named)));
  const leafTraits = (leaf) => (leaf === true || leaf[0] === "out" ? [] : leaf >= 0 || comparisons[leaf[0]] ? named(leaf) : [leaf[1]]);

  const traits = rules.traits.map(([id, title, area, trait]) => {
    const { range = "", options: ids, set, from, default: fallback } = trait, [bounds, unit] = range.split(" ");
    return {
      ...trait, id, title, area, unit, ids, domain: unit ? ends(bounds) : ids && !set ? [...ids.keys()] : null, inputs: from === undefined ? [] : named(from),
      fallback: typeof fallback !== "string" ? fallback : unit ? ends(fallback) : fallback.split(" ").filter(Boolean).map(Number),
    };
  });
  const decisions = rules.decisions.map(([id, rules, { applies = true, unique } = {}]) => {
    const all = [applies, ...rules.map((rule) => rule[1])].flatMap(leaves);
    const reads = all.filter((leaf) => leaf[0] === "out").map((leaf) => leaf[1]);
    return { id, rules, applies, unique, reads, inputs: all.flatMap(leafTraits), tests: all.filter((leaf) => comparisons[leaf[0]]) };
  });
  // A decision behind those whose outcomes it reads.
  const closure = (id) => unique([...decisions[id].reads.flatMap(closure), id]);
  const order = unique([...decisions.keys()].flatMap(closure));

  // What every trait is, and where that comes from. A default that is only moved, to see what would come of it, stays one.
  function situation(answers, moved) {
    const now = { answers, values: [], origins: [], outcomes: [] };
    for (const [id, { domain, fallback }] of traits.entries()) {
      const answer = answers.get(id), isDefault = answer === undefined && fallback !== undefined;
      now.values[id] = answer ?? (isDefault ? fallback : domain);
      now.origins[id] = isDefault || id === moved ? "default" : answer != null ? "answered" : "unknown";
    }
    let pending = [...traits.keys()].filter((id) => now.origins[id] !== "answered" && follows(id, now));
    const waiting = new Set(pending);
    // Each pass settles those whose inputs are settled; what stands in a circle stays open.
    for (let before; pending.length !== before;) {
      before = pending.length;
      pending = pending.filter((id) => {
        const { from, inputs } = traits[id];
        if (inputs.some((input) => input !== id && waiting.has(input))) return true;
        waiting.delete(id);
        const value = compute(from, now), origins = inputs.map((input) => now.origins[input]);
        if (!value) return false;
        now.values[id] = value;
        now.origins[id] = origins.includes("answered") || origins.includes("derived") ? "derived"
          : origins.length && origins.every((origin) => origin === "default") ? "default" : "unknown";
        return false;
      });
    }
    return now;
  }

  function follows(id, now) {
    const { from, given = [] } = traits[id];
    return from !== undefined && given.every((input) => now.origins[input] === "answered");
  }

  function compute(formula, now) {
    if (formula >= 0) return now.values[formula];
    if (formula < 0) return [threshold(formula), threshold(formula)];
    if (formula[0] === "#") return ends(formula[1]);
    const a = compute(formula[1], now), b = compute(formula[2], now);
    return a && b ? arithmetic[formula[0]](a, b) : null;
  }

  function truth(condition, now) {
    if (condition === true) return true;
    if (condition >= 0) return now.values[condition];
    const [head, name, ...wanted] = condition;
    if (comparisons[head]) {
      const a = compute(name, now), b = compute(wanted[0], now);
      return a && b ? comparisons[head](a, b) : null;
    }
    if (head === "not") return not(truth(name, now));
    if (head === "and" || head === "or") {
      const all = condition.slice(1).map((part) => truth(part, now)), strong = head === "or";
      return all.includes(strong) ? strong : all.includes(null) ? null : !strong;
    }
    const value = head === "out" ? now.outcomes[name].possible : now.values[name];
    if (value === null) return null;
    if (head === "empty") return !value.length;
    if (head === "any") return wanted.some((id) => value.includes(id));
    if (head === "all") return wanted.every((id) => value.includes(id));
    const hits = value.filter((id) => wanted.includes(id)).length;
    return hits === 0 ? false : hits === value.length ? true : null;
  }

  function outcome(decision, now) {
    const applies = truth(decision.applies, now);
    if (applies === false) return { status: "not-applicable", possible: ["not-applicable"] };
    let possible = [], hit;
    for (const [index, [then, when]] of decision.rules.entries()) {
      const holds = truth(when, now);
      if (holds === false) continue;
      if (decision.unique && holds) possible = [];
      if (!possible.includes(then)) possible.push(then);
      hit ??= index;
      if (holds) break;
    }
    if (applies && possible.length === 1) return { status: "decided", outcome: possible[0], rule: hit, possible };
    if (!applies) possible.push("not-applicable");
    return { status: "undecided", possible: possible.sort() };
  }

  // Answers are a Map from traits to what `read` gives.
  function evaluate(answers, ids = order, moved) {
    const now = situation(answers, moved);
    for (const id of ids) now.outcomes[id] = outcome(decisions[id], now);
    return now;
  }

  // Derived traits replaced by what they follow from, in the order of the questionnaire.
  function bases(names, now) {
    const seen = new Set(names), found = [];
    for (const id of seen) {
      if (now.origins[id] === "answered" || !follows(id, now)) found.push(id);
      else for (const input of traits[id].inputs) seen.add(input);
    }
    return found.sort((a, b) => a - b);
  }

  // The traits that would settle an open decision.
  function needs(id, now) {
    const open = (condition) => (truth(condition, now) !== null ? [] : parts(condition)?.flatMap(open) ?? [condition]);
    const pending = new Set([id]), names = [];
    for (const next of pending) {
      const { applies, rules } = decisions[next];
      // Rules behind one that certainly holds are out of reach.
      const end = rules.findIndex((rule) => truth(rule[1], now));
      for (const leaf of [applies, ...rules.slice(0, end < 0 ? rules.length : end).map((rule) => rule[1])].flatMap(open)) {
        if (leaf[0] === "out") pending.add(leaf[1]);
        names.push(...leafTraits(leaf));
      }
    }
    return bases(names, now).filter((name) => {
      const { unit, ids, set } = traits[name], value = now.values[name];
      return unit ? !isPoint(value) : ids && !set ? value.length !== 1 : value === null;
    });
  }

  // MARK: How far, and what would change it

  function headroom(id, now) {
    const found = new Map();
    for (const [, trait, line] of decisions[id].tests) {
      if (!(trait >= 0) || !(line < 0) || now.origins[trait] === "unknown") continue;
      const [low, high] = now.values[trait], at = threshold(line), key = `${trait}${line}`;
      // A range that spans the threshold has no distance to it.
      if (found.has(key) || (below(at, high) && below(low, at))) continue;
      const value = below(at, high) ? low : high, ratio = value[0] ? div(at, value) : null;
      const factor = ratio && round(ratio, ratio[0] ? Math.max(2, 1 - magnitude(ratio)) : 0, true);
      found.set(key, { trait, value, at, factor });
    }
    return [...found.values()];
  }

  // The smallest changes of one trait at a time that bring another definite outcome, nearest first.
  function flips(id, now) {
    const ids = closure(id), quantities = [], others = [];
    const name = ({ status, outcome }) => (status === "undecided" ? null : outcome ?? "not-applicable");
    const current = name(now.outcomes[id]);
    if (!current) return [];
    for (const trait of bases(ids.flatMap((each) => decisions[each].inputs), now)) {
      const value = now.values[trait], origin = now.origins[trait], { unit, ids: options, set } = traits[trait];
      if (origin === "unknown") continue;
      const answers = (to) => new Map(now.answers).set(trait, to), moved = origin === "default" ? trait : null;
      const flip = (to, list, distance) => {
        const outcome = name(evaluate(answers(to), ids, moved).outcomes[id]);
        return outcome && outcome !== current && list.push({ trait, to, outcome, distance });
      };
      if (unit) {
        const steps = candidates(trait, ids, (to) => situation(answers([to, to]), moved));
        const beyond = steps.filter((to) => below(value[1], to)), before = steps.filter((to) => below(to, value[0]));
        for (const [side, from] of [[beyond, value[1]], [before.reverse(), value[0]]]) {
          side.some((to) => flip([to, to], quantities, from[0] ? div(abs(sub(to, from)), abs(from)) : abs(to)));
        }
      } else if (!options) flip(!value, others);
      else for (const one of options.keys()) {
        if (set) flip([...options.keys()].filter((each) => value.includes(each) !== (each === one)), others);
        else if (!value.includes(one)) flip([one], others);
      }
    }
    quantities.sort((a, b) => compare(a.distance, b.distance) || (traits[a.trait].id < traits[b.trait].id ? -1 : 1));
    return [...quantities, ...others];
  }

  // Values around each point where a comparison turns, rounded outward as a person would write them: whole units, 0.01%,
  // three digits of bytes.
  function candidates(trait, ids, change) {
    const { unit, domain } = traits[trait], values = new Map();
    for (const turn of ids.flatMap((id) => decisions[id].tests).flatMap((test) => turns(test, trait, domain, change))) {
      const digits = 2 - magnitude(turn);
      const decimals = unit === "count" ? 0 : /share|year/.test(unit) ? 4
        : /^1/.test(unit) ? (below(abs(turn), int(10)) ? 2 : 0)
        : /^[bB]/.test(unit) ? (turn[0] ? Math.min(0, digits) : 0) : turn[0] ? digits : 3;
      const step = make(1n, -decimals), under = round(turn, decimals, true);
      for (const value of equal(under, turn) ? [sub(turn, step), turn, add(turn, step)] : [under, add(under, step)])
        if (contains(domain, value)) values.set(plain(value), value);
    }
    return [...values.values()].sort(compare);
  }

  // Where an end of the left side meets an end of the right side as the trait moves through its bounds.
  function turns([, left, right], trait, [start, stop], change) {
    if (left === trait && right < 0) return [threshold(right)];
    if (![left, right].flatMap(named).some((name) => reaches(trait, name))) return [];
    const differences = (value) => {
      const then = change(value), a = compute(left, then), b = compute(right, then);
      return a && b ? arithmetic["-"](a, b) : [];
    };
    const first = differences(start), last = differences(stop);
    return [0, 1].flatMap((end) => {
      const low = first[end], high = last[end];
      if (!low || !high || equal(low, high)) return [];
      if (!low[0] || !high[0]) return [low[0] ? stop : start];
      if (low[0] < 0n === high[0] < 0n) return [];
      // Linear in the trait, as most are: one step finds it; halving finds the rest.
      const guess = sub(start, div(mul(low, sub(stop, start)), sub(high, low))), there = differences(guess)[end];
      if (there && below(abs(there), [1n, -12])) return [round(guess, 18)];
      let [a, b] = [start, stop];
      for (let step = 0; step < 90; step++) {
        const middle = round(div(add(a, b), int(2)), 24), value = differences(middle)[end];
        if (!value) return [];
        if (value[0] && value[0] < 0n === low[0] < 0n) a = middle;
        else b = middle;
      }
      return [round(b, 9)];
    });
  }
  const reaches = (from, to, seen = new Set()) => from === to || (!seen.has(to) && seen.add(to)
    && [...traits[to].inputs, ...(traits[to].given ?? [])].some((one) => reaches(from, one, seen)));

  // MARK: Why, in words

  // What carried the outcome: applicability, the rules that failed before, and the one that held.
  function because(id, now) {
    const { applies, rules } = decisions[id], { status, rule } = now.outcomes[id];
    const end = rules.findIndex(([, when], index) => index === rule || truth(when, now));
    const read = status === "not-applicable" ? [] : rules.slice(0, end < 0 ? rules.length : end + 1).map((one) => one[1]);
    return unique([applies, ...read].flatMap((condition) => carriers(condition, now)).map((leaf) => reading(leaf, now)));
  }

  function carriers(condition, now) {
    const whole = truth(condition, now), inner = parts(condition), [head] = inner ? condition : [];
    if (!inner) return condition === true ? [] : [condition];
    return inner.filter((part) => head === "not" || whole === (head === "and") || truth(part, now) === whole)
      .flatMap((part) => carriers(part, now));
  }

  function reading(leaf, now) {
    const holds = truth(leaf, now);
    if (leaf >= 0) return `${title(leaf)}: ${holds === null ? "not known" : holds ? "yes" : "no"}`;
    const [head, name, ...wanted] = leaf;
    if (comparisons[head]) return compared(leaf, holds, now);
    if (head === "out") {
      const { status, outcome } = now.outcomes[name];
      return decisions[name].id + (status === "decided" ? ` came out as ${outcome}` : status === "undecided"
        ? ` is open: ${wanted.join(" or ")} is possible` : " does not apply");
    }
    if (holds === null) return `${title(name)}: not known`;
    const text = (numbers, joint = ", ") => numbers.map((one) => traits[name].ids[one]).join(joint);
    const value = now.values[name], members = text(value) || "none", these = (isHeld) => text(wanted.filter((one) => value.includes(one) === isHeld));
    const rest = head === "all" ? `; ${these(false)} is missing` : `${head === "is" ? "," : ";"} not ${text(wanted, " or ")}`;
    const isPlain = head === "empty" || (head === "is" && holds);
    return `${title(name)}: ${isPlain ? members : holds ? `${these(true)} among them` : members + rest}`;
  }

  // Where a side is more than a name, its units and what it is called stand in the rules.
  function compared([head, left, right, ...spoken], holds, now) {
    const [unit, other, words] = spoken.length ? spoken : [traits[left].unit, traits[left].unit];
    const [a, b] = [[left, unit], [right, other]].map(([formula, unit]) => {
      const value = compute(formula, now);
      return value ? interval(value, unit) : "an unknown value";
    });
    const name = words || (left >= 0 && unit !== "1/s" && unit !== "1/min" && title(left)), subject = name ? `${name}: ${a}` : a;
    if (holds !== null) return `${subject} ${phrases[holds ? head : opposite[head]]} ${b}`;
    if (!named(left).some((id) => now.origins[id] === "unknown")) return `${subject} lies on both sides of ${b}`;
    return `${named(left).filter((id) => !isPoint(now.values[id])).map(title).join(" and ")}: not known; ${b} is the line`;
  }

  // As inside a sentence; acronyms keep their capitals.
  const title = (id) => traits[id].title.replace(/^.(?!\p{Lu})/u, (first) => first.toLowerCase());

  return { traits, decisions, read, evaluate, needs, headroom, flips, because, title, decimal, plain, round, interval, quantity, number };
})(plumblineRules);
