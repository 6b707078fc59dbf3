// What search.js loads on first use: it ranks what was typed over the index that Sources/Site/SearchIndex.swift writes.
plumblineSearch("engine", (loaded) => {
"use strict";

// MARK: Words. SearchWords in Swift cuts and stems in the same way.

const COMPOUND = /[\p{L}\p{N}\p{M}'’]+(?:[-_.][\p{L}\p{N}\p{M}'’]+)*/gu;
const fold = (part) => (/^\w+$/.test(part) ? part.toLowerCase()
  : part.normalize("NFKD").toLowerCase().replace(/ς/g, "σ").replace(/[^\p{L}\p{N}]/gu, ""));
// Left out of a query that has other words.
const FILLERS = new Set(("a about an and any are as at be been but by can do does for from get had has have how i if in "
  + "into is it its many me much my need no not of on or our should so than that the their them then there they this to "
  + "too us was we were what when where which who why will with you your").split(" "));

function stemOf(word) {
  if (word.length < 4 || /[^a-z]/.test(word)) return word;
  if (word.length > 4 && /ie[sd]$/.test(word)) word = word.slice(0, -3) + "y";
  else if (/[^su]s$/.test(word)) word = word.slice(0, -1);
  const rest = word.replace(/(?:ing|ed)$/, "");
  if (rest !== word && rest.length > 2 && /[aeiouy]/.test(rest)) {
    word = rest.length > 3 ? rest.replace(/([^aeioulsz])\1$/, "$1") : rest;
  }
  return word.length > 3 ? word.replace(/e$/, "") : word;
}

// The words of a text: each part where it stands, folded, and as a stem; and a compound as a whole.
const known = new Map();
function wordsOf(text) {
  if (known.size > 400) known.clear();
  if (!known.has(text)) known.set(text, cut(text));
  return known.get(text);
}

function cut(text) {
  return [...text.matchAll(COMPOUND)].map((match) => {
    const parts = [...match[0].matchAll(/[^-_.]+/g)].map(({ 0: part, index }) => {
      const raw = fold(part), start = match.index + index;
      return { raw, stem: stemOf(raw), start, end: start + part.length };
    }).filter((part) => part.raw);
    return { parts, whole: parts.length > 1 ? parts.map((part) => part.raw).join("-") : null };
  });
}

// MARK: Index

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const LEVELS = "!#$%&'()*+,./:;=>?@[]^`{|}~";

// Numbers in base 32; the last digit of each is one of the first 32. Other signs are levels.
function numbers(text, found, level) {
  let number = 0;
  for (const sign of text) {
    const digit = DIGITS.indexOf(sign);
    if (digit < 0) level(LEVELS.indexOf(sign));
    else if (digit > 31) number = number * 32 + digit - 32;
    else { found(number * 32 + digit); number = 0; }
  }
}

function ascending(text) {
  const all = [];
  numbers(text, (step) => all.push((all.at(-1) ?? 0) + step));
  return all;
}

function frontCoded(text) {
  let word = "";
  return text ? text.split(" ").map((item) => (word = word.slice(0, DIGITS.indexOf(item[0])) + item.slice(1))) : [];
}

// The last place in ascending values whose value is not above this one; -1 where there is none.
function place(values, wanted) {
  let low = 0, high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= wanted) low = middle + 1; else high = middle;
  }
  return low - 1;
}

// What a file holds, made ready once; where it is not loaded yet, it is noted as needed.
const ready = new Map();
function get(name, need, prepare = (data) => data) {
  if (!ready.has(name)) {
    if (!loaded.has(name)) { need.add(name); return undefined; }
    ready.set(name, prepare(loaded.get(name)));
  }
  return ready.get(name);
}

const getIndex = (need) => get("index", need, (data) => ({
  ...data,
  entries: ascending(data.entries),
  texts: ascending(data.texts),
  vocabulary: data.vocabulary === undefined ? null : frontCoded(data.vocabulary),
  scores: new Float32Array(data.count),
  shares: new Float32Array(data.count),
  best: new Float32Array(data.count),
}));

const getWords = (number, need) => get(`words-${number}`, need, ([words, postings]) => {
  const list = frontCoded(words), all = postings.split(" ");
  return { list, postings: new Map(list.map((word, at) => [word, all[at]])) };
});

function getItem(kind, id, index, need) {
  const number = place(index[kind], id);
  return get(`${kind}-${number}`, need)?.[id - index[kind][number]];
}

// The documents of a word with their levels, two numbers each.
function getPostings(word, index, need) {
  const words = getWords(Math.max(0, place(index.words, word)), need);
  const text = words?.postings.get(word);
  if (typeof text !== "string") return text;
  const all = [];
  let level = 0, next = 0;
  numbers(text, (step) => { all.push(next += step, level); next += 1; }, (sign) => { level = sign; next = 0; });
  words.postings.set(word, all);
  return all;
}

// MARK: What a typed word may mean

// Edits and swaps between what was typed and a word, or its beginning; `most` + 1 stands for more.
const ROWS = [0, 1, 2].map(() => new Uint8Array(64));
function distance(typed, word, most, isBegun) {
  if (word.length < typed.length - most || (!isBegun && word.length > typed.length + most)) return most + 1;
  const width = Math.min(word.length, typed.length + most);
  let [before, above, row] = ROWS;
  for (let j = 0; j <= width; j++) above[j] = j;
  for (let i = 1; i <= typed.length; i++) {
    let least = row[0] = i;
    for (let j = 1; j <= width; j++) {
      const isSame = typed[i - 1] === word[j - 1];
      let edits = Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (isSame ? 0 : 1));
      if (!isSame && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1]) edits = Math.min(edits, before[j - 2] + 1);
      row[j] = edits;
      if (edits < least) least = edits;
    }
    if (least > most) return most + 1;
    [before, above, row] = [above, row, before];
  }
  return isBegun ? Math.min(...above.subarray(0, width + 1)) : above[width];
}

// The likeliest of these words of the vocabulary; where the index is in pieces, few of them and from few pieces.
function likely(places, { ranks, words, vocabulary }) {
  if (!ranks) return places.map((at) => vocabulary[at]);
  const pieces = new Set();
  const rank = (at) => DIGITS.indexOf(ranks[at]);
  return places.sort((a, b) => rank(b) - rank(a) || a - b).map((at) => vocabulary[at]).filter((word) => {
    const piece = place(words, word);
    return pieces.has(piece) || (pieces.size < 3 && pieces.add(piece));
  }).slice(0, 8);
}

// The words of the index that it may mean, each with how near it comes (1: the same).
function meanings({ raw, isBegun }, index, need) {
  const near = new Map();
  const exact = raw.includes("-") ? raw : stemOf(raw);
  if (getPostings(exact, index, need)) near.set(exact, 1);
  index.vocabulary ??= getWords(0, need)?.list;
  if (need.size) return near;
  const { vocabulary } = index;
  // What is being typed stands for all that it begins; “cachi” may be on its way to “caching”.
  const beginnings = (isBegun || !near.size) && raw.length > 1 && /[^\p{N}]/u.test(raw) ? [raw] : [];
  if (!near.size && raw.length > 4 && /(?:in?|e)$/.test(raw)) beginnings.push(raw.replace(/(?:in?|e)$/, ""));
  for (const beginning of beginnings) {
    const places = [];
    let at = place(vocabulary, beginning);
    if (vocabulary[at] !== beginning) at += 1;
    for (; vocabulary[at]?.startsWith(beginning); at++) if (vocabulary[at] !== exact) places.push(at);
    for (const word of likely(places, index)) {
      near.set(word, (near.has(exact) ? 0.35 : 0.6) * (0.5 + 0.5 * beginning.length / word.length));
    }
  }
  const most = raw.length < 4 || raw.length > 40 || /[\p{N}-]/u.test(raw) ? 0 : raw.length < 8 ? 1 : 2;
  if (near.size || !most) return near;
  // The first letter is seldom wrong.
  const first = place(vocabulary, raw[0]), next = place(vocabulary, raw[0] + "\uffff") + 1;
  for (const [from, to] of [[Math.max(0, first), next], [0, vocabulary.length]]) {
    let nearest = most, places = [];
    for (let at = from; at < to; at++) {
      let edits = distance(exact, vocabulary[at], nearest, false);
      if (edits > nearest && isBegun) edits = distance(raw, vocabulary[at], nearest, true);
      if (edits < nearest) { nearest = edits; places = []; }
      if (edits <= nearest) places.push(at);
    }
    for (const word of likely(places, index)) near.set(word, nearest > 1 ? 0.4 : 0.6);
    if (near.size) break;
  }
  return near;
}

// MARK: Ranking

const named = (text) => wordsOf(text).flatMap(({ parts }) => parts.map((part) => part.raw)).join(" ");

// The best documents for a query and how many there are; null where files are needed first.
function rank(query, most, need) {
  const index = getIndex(need);
  if (!index) return null;
  let units = wordsOf(query).flatMap(({ parts, whole }) => {
    const units = parts.map(({ raw, end }) => ({ raw, isBegun: end === query.length }));
    if (!whole) return units;
    const unit = { raw: whole, isBegun: units.at(-1).isBegun };
    // “ST-4” is a name, and its parts are nothing; “cache-aside” is its parts as well.
    if (/\p{N}/u.test(whole) && meanings(unit, index, need).size) return [unit];
    return [{ ...unit, isWhole: true }, ...units];
  });
  const telling = units.filter(({ raw }) => !FILLERS.has(raw));
  if (telling.length) units = telling;
  for (const unit of units) {
    unit.words = meanings(unit, index, need);
    unit.lists = [...unit.words].map(([word, near]) => [getPostings(word, index, need), near]);
  }
  if (need.size) return null;

  const { scores, shares, best, count } = index;
  scores.fill(0);
  shares.fill(0);
  let total = 0, visited = 0;
  for (const { lists, isWhole } of units) {
    const exact = lists.find(([, near]) => near === 1)?.[0];
    const size = (exact ? exact.length : lists.reduce((sum, [list]) => sum + list.length, 0)) / 2;
    const weight = Math.log(1 + Math.max(0, count - size + 0.5) / (size + 0.5));
    const touched = [];
    for (const [list, near] of lists) {
      visited += list.length / 2;
      for (let at = 0; at < list.length; at += 2) {
        const id = list[at], worth = near * list[at + 1];
        if (!best[id]) touched.push(id);
        if (worth > best[id]) best[id] = worth;
      }
    }
    for (const id of touched) {
      scores[id] += weight * best[id];
      best[id] = 0;
      if (!isWhole) shares[id] += weight;
    }
    if (!isWhole) total += weight;
  }
  // Who has more of the words comes first; who has far fewer than the best is left out.
  const fullest = shares.reduce((a, b) => Math.max(a, b), 0);
  const top = [];
  let hits = 0;
  for (let id = 0; fullest && id < count; id++) {
    if (shares[id] < 0.5 * fullest) continue;
    hits += 1;
    const score = scores[id] * (shares[id] / total) ** 2;
    if (top.length === most && score <= top.at(-1).score) continue;
    let at = top.length;
    while (at > 0 && top[at - 1].score < score) at -= 1;
    top.splice(at, 0, { id, score });
    if (top.length > most) top.pop();
  }
  for (const hit of top) hit.entry = getItem("entries", hit.id, index, need);
  if (need.size) return null;
  const isNamed = (hit) => (named(hit.entry[1]) === named(query) ? 1 : 0);
  top.sort((a, b) => isNamed(b) - isNamed(a));
  return { index, top, hits, visited, meant: units.map(({ words }) => words).filter((words) => words.size) };
}

// MARK: Context

// Where a text has the words, and which of them.
function matches(text, meant) {
  return wordsOf(text).flatMap(({ parts, whole }) => parts.flatMap(({ stem, start, end }) => {
    const which = meant.flatMap((words, at) => (words.has(stem) || (whole && words.has(whole)) ? [at] : []));
    return which.length ? [{ start, end, which }] : [];
  }));
}

// Pieces of a text in order: every second one is to be marked.
function marked(text, found, from = 0, to = text.length) {
  const pieces = [];
  for (const { start, end } of found) {
    if (start < from || end > to) continue;
    pieces.push(text.slice(from, start), text.slice(start, end));
    from = end;
  }
  return [...pieces, text.slice(from, to)];
}

// The summary; but where it and the title lack a word that the text has, the part of the text with most of those.
function context({ id, entry }, { index, meant }, need) {
  const [, title, , , summary] = entry;
  const inSummary = matches(summary, meant);
  const seen = new Set([...matches(title, meant), ...inSummary].flatMap(({ which }) => which));
  const text = seen.size < meant.length ? getItem("texts", id, index, need) : null;
  const inText = text ? matches(text, meant) : [];
  let best = null, most = 0;
  inText.forEach(({ start }, first) => {
    const here = inText.slice(first).filter(({ end }) => end < start + 130).flatMap(({ which }) => which);
    const size = new Set(here.filter((at) => !seen.has(at))).size;
    if (size > most) { most = size; best = start; }
  });
  if (best === null) return marked(summary, inSummary);
  const from = best < 40 ? 0 : text.lastIndexOf(" ", best - 30) + 1;
  const end = text.indexOf(" ", from + 160);
  const pieces = marked(text, inText, from, end < 0 ? text.length : end);
  if (from > 0) pieces[0] = "… " + pieces[0];
  if (end >= 0) pieces.push(pieces.pop() + " …");
  return pieces;
}

// The answer to a query: null where the files in `need` have to be loaded first; with files in `need` where they
// would better it.
return (query, most, need) => {
  const ranked = rank(query, most, need);
  return ranked && {
    hits: ranked.hits,
    visited: ranked.visited,
    results: ranked.top.map((hit) => ({
      url: hit.entry[0],
      title: marked(hit.entry[1], matches(hit.entry[1], ranked.meant)),
      kind: [hit.entry[2], hit.entry[3]].filter(Boolean).join(" · "),
      context: context(hit, ranked, need),
    })),
  };
};
});
