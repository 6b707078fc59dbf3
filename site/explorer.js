/* The explorer: a form, and what each decision comes out as. The rules are in rules.js, their logic in evaluator.js. */
"use strict";
(() => {
  const section = document.getElementById("explorer");
  if (!section) return;
  const { traits, decisions, evaluate, needs, because, headroom, flips, title, read, plain, round, interval, quantity, number } = plumbline;
  const numbers = new Map(traits.flatMap(({ id, aliases = [] }, index) => [id, ...aliases].map((name) => [name, index])));
  const capital = (text) => text[0].toUpperCase() + text.slice(1);
  const name = (trait) => capital(title(trait));

  // What was typed for each trait. The form, the address and the file all hold this; what else a file holds is kept.
  let typed = new Map(), kept = { head: [], inside: [] }, now, waiting;
  const problems = new Map(), rows = [], cards = [];

  function make(tag, attributes, ...children) {
    const isDrawn = tag === "svg" || tag === "rect";
    const node = isDrawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(key, value);
      else if (value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  }
  const button = (text, click, label) => make("button", { type: "button", click, "aria-label": label }, text);

  // MARK: The form

  const float = (value) => Number(plain(value));
  const digits = (value) => Number(value.toPrecision(2));
  const units = {
    bytes: { " PB": 1e15, " TB": 1e12, " GB": 1e9, " MB": 1e6, " KB": 1e3, " B": 1 },
    s: { " d": 86400, " h": 3600, " min": 60, " s": 1, " ms": 0.001 },
    other: { T: 1e12, B: 1e9, M: 1e6, k: 1e3, "": 1 },
  };

  // A number as a person would type it: with two digits, with more where those would lie out of bounds.
  function spell(value, unit, [low, high]) {
    const list = Object.entries(units[unit === "B/s" ? "bytes" : unit] ?? units.other);
    const [ending, factor] = list.find(([, factor]) => value >= factor) ?? list.at(-1), short = digits(value / factor) * factor;
    const amount = short < low || short > high ? value : unit === "count" ? Math.round(short) : short;
    return +(amount / factor).toPrecision(9) + ending + (unit === "B/s" ? "/s" : "");
  }

  // Where on its slider a value lies, from 0 to 1, and the text of a place: shares evenly, those with a line close to 1 by
  // their nines, all else by powers of ten.
  function scale(trait) {
    const { unit, domain } = traits[trait], [low, high] = domain.map(float);
    if (unit === "share") {
      const isClose = decisions.some(({ tests }) => tests.some(([, left, line]) => left === trait && plumblineRules.thresholds[-1 - line] > 0.98));
      if (!isClose) return [(value) => value, (place) => `${Math.round(place * 100)}%`];
      return [(value) => Math.min(1, -Math.log10(1 - value) / 5), (place) => `${+(100 - 100 * digits(10 ** (-5 * place))).toFixed(6)}%`];
    }
    const shift = unit === "1/year" ? 1 : 0;
    const floor = Math.max(low + shift, { bytes: 1e3, "B/s": 1e3, s: 0.001, "1/year": 0 }[unit] ?? 1), reach = Math.log((high + shift) / floor);
    return [(value) => Math.max(0, Math.log((value + shift) / floor) / reach), (place) => {
      const value = floor * Math.exp(place * reach) - shift;
      return shift ? `${digits(100 * value)}%` : spell(place ? Math.min(value, high) : low, unit, [low, high]);
    }];
  }

  function row(trait) {
    const { id, title: name, unit, ids, set } = traits[trait], field = `ask-${id}`, note = make("p", { id: `${field}-note`, class: "note" });
    const toggle = (text, label) => button(label, () => answer(trait, typed.get(trait) === text ? "" : text), `${name}: ${label}`);
    const common = { id: field, "aria-describedby": note.id }, unsure = toggle("unknown", "don’t know");
    let controls, show;
    if (unit) {
      const [place, text] = scale(trait);
      const input = make("input", { ...common, autocomplete: "off", spellcheck: "false", input: () => answer(trait, input.value, input) });
      const slider = make("input", { type: "range", max: 1000, "aria-label": `${name}, slider`, input: () => answer(trait, text(slider.value / 1000)) });
      controls = [input, slider];
      show = (value, isOpen, source) => {
        if (source !== input) input.value = typed.get(trait) ?? "";
        input.setAttribute("aria-invalid", problems.has(trait));
        slider.value = isOpen ? 500 : 1000 * place(float(value[0]));
        slider.classList.toggle("open", isOpen);
        slider.setAttribute("aria-valuetext", isOpen ? "not known" : interval(value, unit));
      };
    } else if (set) {
      const none = toggle("[]", "none"), boxes = ids.map((one) => make("input", { type: "checkbox", value: one, change: () =>
        answer(trait, boxes.filter((box) => box.checked).map((box) => box.value).join(", ")) }));
      controls = [make("div", { role: "group", "aria-label": name, "aria-describedby": note.id, class: "boxes" },
        ...boxes.map((box) => make("label", {}, box, ` ${box.value}`)), none)];
      show = (value) => {
        boxes.forEach((box, index) => (box.checked = typed.has(trait) && value?.includes(index)));
        none.setAttribute("aria-pressed", typed.has(trait) && value?.length === 0);
      };
    } else {
      const list = make("select", { ...common, change: () => answer(trait, list.value) }, make("option", { value: "" }, "not answered"),
        ...(ids ?? ["yes", "no"]).map((one) => make("option", {}, one)));
      controls = [list];
      show = (value, isOpen) => (list.value = isOpen || !typed.has(trait) ? "" : ids ? ids[value[0]] : value ? "yes" : "no");
    }
    rows[trait] = (source) => {
      const value = now.values[trait], origin = now.origins[trait], isOpen = origin === "unknown";
      show(value, isOpen, source);
      unsure.setAttribute("aria-pressed", typed.get(trait) === "unknown");
      const text = isOpen ? "not known" : unit ? interval(value, unit) : ids ? value.map((one) => ids[one]).join(", ") || "none" : value ? "yes" : "no";
      note.textContent = problems.get(trait) ?? (origin === "answered" && !unit ? "" : ({ default: "default: ", derived: "follows: " }[origin] ?? "") + text);
    };
    return make("div", { class: "ask", "data-trait": id }, make(set ? "span" : "label", set ? {} : { for: field }, name),
      make("a", { href: section.dataset.traits.replace("*", id), "aria-label": `About ${name}` }, "?"), ...controls, note, unsure);
  }

  const fields = (isCore) => plumblineRules.areas.flatMap((area, index) => {
    const own = [...traits.keys()].filter((trait) => traits[trait].area === index && !traits[trait].core === !isCore);
    return own.length ? [make("fieldset", {}, make("legend", {}, area), ...own.map(row))] : [];
  });

  // MARK: The decisions

  function room({ trait, value, at, factor }) {
    const { unit } = traits[trait], a = float(value), b = float(at), most = Math.max(a, b) || 1, line = quantity(at, unit);
    const rect = (style, x, width) => make("rect", { class: style, x, width, height: 6 });
    const bar = make("svg", { class: "bar", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
      rect("track", 0, 100), rect(a > b ? "over" : "fill", 0, (100 * a) / most), rect("line", Math.min(99, (100 * b) / most), 1));
    const text = a > b ? `past the line at ${line}` : a === b ? "exactly on the line: no room"
      : `the line is at ${line}${factor ? `, ${number(round(factor, factor[0] < 10n ? 2 : 1, true))}× as much` : ""}`;
    return make("li", {}, bar, `${name(trait)}: ${quantity(value, unit)}; ${text}`);
  }

  function flip({ trait, to, outcome }) {
    const { unit, ids } = traits[trait], isUp = unit && float(to[0]) > float(now.values[trait][1]);
    const how = unit ? `${isUp ? "rising" : "falling"} to ${quantity(to[0], unit)}`
      : `answered ${ids ? to.map((one) => ids[one]).join(", ") || "none" : to ? "yes" : "no"}`;
    return make("li", {}, `${name(trait)} ${how}: `, make("strong", {}, outcome === "not-applicable" ? "does not apply" : outcome));
  }

  function card(item) {
    const link = item.querySelector("a"), heading = link.textContent, id = decisions.findIndex((one) => link.pathname.endsWith(`/${one.id}.html`));
    if (id < 0) return;
    item.dataset.decision = decisions[id].id;
    const result = make("strong", {}), body = make("div", {});
    const details = make("details", { toggle: fill }, make("summary", {}, heading, " ", result), body);
    details.open = "core" in item.dataset;
    link.textContent = `The rule for ${plumbline.decisions[id].id}`;
    link.replaceWith(details);
    function fill() {
      if (!details.open) return;
      const { status, outcome } = now.outcomes[id], said = decisions[id].rules.find((rule) => rule[0] === outcome && rule[2])?.[2];
      const open = status === "undecided" ? needs(id, now) : [];
      const list = (head, items) => (items.length ? [make("p", { class: "head" }, head), make("ul", {}, ...items)] : []);
      body.replaceChildren(...(said ? [make("p", {}, said)] : []), make("p", {}, capital(because(id, now).join("; ") || "in every case")),
        ...(open.length ? [make("p", {}, "Needs ", ...open.flatMap((need) => [button(title(need), () => focus(need)), " "]))] : []),
        ...list("Room", headroom(id, now).map(room)), ...list("What would change it", flips(id, now).map(flip)), link);
    }
    let before;
    cards.push({ id, fill, show() {
      const { status, possible } = now.outcomes[id], text = possible.join(" or ").replace("not-applicable", "does not apply");
      const isChanged = before !== undefined && before !== text;
      result.textContent = before = text;
      item.dataset.status = status;
      item.classList.toggle("changed", isChanged);
      return isChanged ? [`${heading}: ${text}`] : [];
    } });
  }

  function focus(trait) {
    const field = form.querySelector(`[data-trait="${traits[trait].id}"] :is(input, select)`), more = field.closest("details");
    if (more) more.open = true;
    field.focus();
  }

  // MARK: Keeping all in step

  function answer(trait, text, source) {
    if (text.trim()) typed.set(trait, text);
    else typed.delete(trait);
    update("", source);
  }

  function update(message, source) {
    const answers = new Map();
    problems.clear();
    for (const [trait, text] of typed) {
      try {
        answers.set(trait, read(traits[trait], text));
      } catch (problem) {
        problems.set(trait, problem.message);
      }
    }
    now = evaluate(answers);
    for (const show of rows) show(source);
    const changed = cards.flatMap((one) => one.show()), decided = now.outcomes.filter((one) => one.status === "decided").length;
    tally.textContent = `${decided} of ${cards.length} decided. `;
    const more = changed.length > 3 ? `; and ${changed.length - 3} more` : "";
    if (message || changed.length) news.textContent = message || `Changed: ${changed.slice(0, 3).join("; ")}${more}`;
    // What takes longer follows when the hand rests; browsers also refuse an address that changes too often.
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const address = new URLSearchParams([...typed].map(([trait, text]) => [traits[trait].id, text])).toString();
      if (address || location.hash.includes("=")) history.replaceState(null, "", `#${address || "explorer"}`);
      cards.forEach((one) => one.fill());
    }, 100);
  }

  function readAddress() {
    const pairs = location.hash.includes("=") ? [...new URLSearchParams(location.hash.slice(1))] : [];
    const strange = pairs.map(([id]) => id).filter((id) => !numbers.has(id));
    typed = new Map(pairs.filter(([id]) => numbers.has(id)).map(([id, text]) => [numbers.get(id), text]));
    update(strange.length && `Not asked here: ${strange.join(", ")}`);
  }

  // MARK: answers.yaml

  function written() {
    const lines = [...typed].filter(([trait]) => !problems.has(trait)).map(([trait, text]) => {
      const value = traits[trait].set && !/^\[|^unknown$/.test(text) ? `[${text}]` : text.trim();
      return `  ${traits[trait].id}: ${/^[\w.[][\w.,:%/+ \]-]*$/.test(value) && !/: | :/.test(value) ? value : JSON.stringify(value)}`;
    });
    const inside = [...lines, ...kept.inside];
    return [...kept.head, `answers:${inside.length ? "" : " {}"}`, ...inside, ""].join("\n");
  }

  // The answers of a file in the form that plumbline itself writes.
  function take(text) {
    const found = new Map(), rest = { head: [], inside: [] };
    let key, indent, trait;
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const fail = (why) => { throw new Error(`line ${index + 1}: ${why}`); };
      const isOurs = key === undefined || key === "answers" || key === "knowledge";
      const [, space, id, value = ""] = /^( *)([\w-]+):(?: +(.*))?$/.exec(line) ?? [];
      if (/^\s*(#|$)|^---\s*$/.test(line)) {
        if (!isOurs) rest.head.push(line);
      } else if (space === "") {
        if (!/^(system|date|people|answers|notes|knowledge)$/.test(id)) fail(`${id} is no key of answers`);
        [key, indent, trait] = [id, undefined, undefined];
        if (id === "answers" ? !/^(\{ *\})? *(#.*)?$/.test(value) : false) fail("each answer must stand on a line of its own");
        if (id !== "answers" && id !== "knowledge") rest.head.push(line);
      } else if (key === undefined || !/^ /.test(line)) {
        fail("this cannot be read here");
      } else if (key !== "answers") {
        if (key !== "knowledge") rest.head.push(line);
      } else if (space === undefined || space.length > (indent ??= space).length) {
        // Members of a set, one a line, or what is kept.
        const member = /^ +- +([\w-]+) *$/.exec(line)?.[1];
        if (trait === rest) rest.inside.push(line);
        else if (member && traits[trait]?.set) found.set(trait, [found.get(trait), member].filter(Boolean).join(", "));
        else fail("this cannot be read here");
      } else {
        if (space !== indent) fail("this is not indented as the others");
        trait = numbers.get(id) ?? rest;
        if (trait === rest) {
          if (!plumblineRules.unread.includes(id)) fail(`there is no trait ${id}`);
          rest.inside.push(line);
          continue;
        }
        if (found.has(trait)) fail(`${id} stands here a second time`);
        const quoted = /^("(?:[^"\\]|\\.)*"|'[^']*') *(#.*)?$/.exec(value)?.[1];
        found.set(trait, !quoted ? value.replace(/(^| +)#.*$/, "") : quoted[0] === "'" ? quoted.slice(1, -1) : JSON.parse(quoted));
      }
    }
    for (const [trait, text] of found) {
      try {
        read(traits[trait], text);
      } catch (problem) {
        throw new Error(`${traits[trait].id}: ${problem.message}`);
      }
    }
    if (!/^answers:/m.test(text)) throw new Error("it has no answers");
    return [found, rest];
  }

  async function open(file) {
    try {
      if (file.size > 1e6) throw new Error("it is too large");
      [typed, kept] = take(await file.text());
      update(`${file.name}: ${typed.size} answers.${kept.head.length + kept.inside.length ? " The rest is kept for the download." : ""}`);
    } catch (problem) {
      news.textContent = `${file.name} was not read: ${problem.message}`;
    }
  }

  function download() {
    const href = URL.createObjectURL(new Blob([written()]));
    make("a", { href, download: "answers.yaml" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
  }

  // MARK: The page

  const example = "#team_size=6&qps=2.5k&read_ratio=85%25&data_size=800+GB&has_cache=no&async_work=yes&message_rate=300..2k";
  const tally = make("span", {}), news = make("span", {}), file = make("input", { type: "file", accept: ".yaml,.yml", hidden: "", change: () => {
    open(file.files[0]);
    file.value = "";
  } });
  const form = make("form", { "aria-label": "Answers", submit: (event) => event.preventDefault() },
    make("p", { class: "head" }, "Type values with their units: 12k, 85%, 4:1, 800 GB, 40M/day, 200 ms; a range as 500..2k. ",
      make("a", { href: example }, "Fill in an example")),
    ...fields(true), make("details", {}, make("summary", {}, "More questions"), ...fields(false)),
    make("div", { class: "acts" }, button("Download answers.yaml", download), button("Open answers.yaml", () => file.click()), file,
      button("Clear", () => {
        [typed, kept] = [new Map(), { head: [], inside: [] }];
        update();
      })));
  const list = section.querySelector(".explorer-decisions"), columns = make("div", { class: "columns" });
  list.querySelectorAll("li").forEach(card);
  list.replaceWith(columns);
  columns.append(form, list);
  section.append(make("p", { class: "status", role: "status" }, tally, news));
  section.querySelector(".explorer-without").remove();
  readAddress();
  addEventListener("hashchange", readAddress);
})();
