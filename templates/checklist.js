// Makes a checklist's page a form that keeps what is entered in the browser. The page is complete without it.
(function () {
  "use strict";
  const tools = document.getElementById("checklist-tools");
  if (!tools) return;
  const find = (id) => document.getElementById(id);
  const status = find("checklist-status");
  const text = find("checklist-text");

  // MARK: Items

  const items = Array.from(document.querySelectorAll("li.task[data-item]"), (element) => {
    const id = element.dataset.item;
    const evidence = find("evidence-" + id);
    const answer = evidence && evidence.closest("fieldset");
    if (!answer) return null;
    const item = {
      id, element, answer, evidence, box: element.querySelector("input[type=checkbox]"), na: find("na-" + id),
      reason: find("reason-" + id), hint: find("hint-" + id), must: answer.dataset.level === "must",
    };
    item.start = state(item);
    return item;
  }).filter(Boolean);
  const byID = new Map(items.map((item) => [item.id, item]));

  function state(item) {
    return {
      done: item.box.checked, na: item.na.checked, reason: item.reason.value.trim(),
      evidence: item.evidence.value.replace(/\r\n?/g, "\n").replace(/^(?:[^\S\n]*\n)+|\s+$/g, "").replace(/^[^\S\n]+(?=[^\n]*$)/, ""),
    };
  }

  function put(item, next) {
    item.box.checked = next.done && !next.na;
    item.na.checked = next.na;
    item.reason.value = next.reason;
    item.evidence.value = next.evidence;
  }

  const same = (a, b) => a.done === b.done && a.na === b.na && a.reason === b.reason && a.evidence === b.evidence;

  /** What an item still lacks; nothing where it is settled. */
  function lacking(item) {
    if (item.na.checked) return item.reason.value.trim() ? "" : "Say why it is not applicable.";
    if (!item.box.checked) return "open";
    return item.must && !item.evidence.value.trim() ? "Ticked, but a must needs evidence." : "";
  }

  // MARK: Showing

  const phases = Array.from(document.querySelectorAll("main h2"), (heading) => ({ heading, items: [] }));
  for (const item of items) {
    const above = phases.filter(({ heading }) =>
      heading.compareDocumentPosition(item.element) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (above.length) above[above.length - 1].items.push(item);
  }
  for (const phase of phases.filter((phase) => phase.items.length)) {
    const line = document.createElement("p");
    line.className = "tally";
    phase.bar = document.createElement("progress");
    phase.bar.max = phase.items.length;
    phase.bar.setAttribute("aria-label", "Settled: " + phase.heading.textContent);
    phase.count = document.createElement("span");
    line.append(phase.bar, " ", phase.count);
    phase.heading.after(line);
  }

  function show() {
    let settled = 0, away = 0, bare = 0;
    for (const item of items) {
      const lack = lacking(item);
      item.settled = !lack;
      settled += item.settled;
      away += item.settled && item.na.checked;
      bare += Boolean(lack) && lack !== "open";
      item.hint.textContent = lack === "open" ? "" : lack;
      item.element.classList.toggle("settled", item.settled);
      item.answer.classList.toggle("away", item.na.checked);
      item.evidence.parentElement.dataset.text = item.evidence.value;
      item.reason.parentElement.dataset.text = item.reason.value;
    }
    find("checklist-progress").value = settled;
    find("checklist-tally").textContent = settled + " of " + items.length + " settled" +
      (away ? ", " + away + " not applicable" : "") + (bare ? ", " + bare + " incomplete" : "");
    for (const phase of phases.filter((phase) => phase.bar)) {
      const count = phase.items.filter((item) => item.settled).length;
      phase.bar.value = count;
      phase.count.textContent = count + " of " + phase.items.length + " settled";
    }
  }

  /** Hides what is settled, where only open items are asked for; the item that has the focus stays. */
  function filter() {
    const onlyOpen = find("checklist-open").checked;
    for (const item of items) {
      item.element.hidden = onlyOpen && item.settled && !item.element.contains(document.activeElement);
    }
    for (const list of document.querySelectorAll("main ul.tasks")) {
      const own = items.filter((item) => item.element.parentElement === list);
      if (own.length !== list.children.length) continue;
      list.hidden = own.every((item) => item.element.hidden);
      const heading = list.previousElementSibling;
      if (heading && heading.tagName === "H3") heading.hidden = list.hidden;
    }
  }

  const say = (words) => { status.textContent = words; };

  // MARK: Keeping

  const key = ["plumbline-checklist", tools.dataset.system, tools.dataset.knowledge, location.pathname].join("|");
  let refused = false;

  function keep() {
    const changed = {};
    for (const item of items) {
      const now = state(item);
      if (!same(now, item.start)) changed[item.id] = now;
    }
    try {
      if (Object.keys(changed).length) localStorage.setItem(key, JSON.stringify({ items: changed }));
      else localStorage.removeItem(key);
      if (refused) say("");
      refused = false;
    } catch (error) {
      if (!refused) say("This browser refuses to keep what you enter: copy or save it before you leave the page.");
      refused = true;
    }
  }

  const flag = (value) => value === true;
  const words = (value) => (typeof value === "string" ? value : "");
  const clean = (value) => ({
    done: flag(value.done), na: flag(value.na), reason: words(value.reason), evidence: words(value.evidence),
  });
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  function load() {
    let kept = {};
    try {
      const saved = JSON.parse(localStorage.getItem(key) || "{}");
      if (isObject(saved) && isObject(saved.items)) kept = saved.items;
    } catch (error) {
      kept = {};
    }
    for (const item of items) {
      const own = Object.prototype.hasOwnProperty.call(kept, item.id) ? kept[item.id] : null;
      put(item, isObject(own) ? clean(own) : item.start);
    }
    show();
    filter();
  }

  // MARK: Out

  function fenced(evidence) {
    const longest = Math.max(2, ...Array.from(evidence.matchAll(/`+/g), (run) => run[0].length));
    const fence = "`".repeat(longest + 1);
    return ["  Evidence:", "  " + fence, ...evidence.split("\n").map((line) => line && "  " + line), "  " + fence];
  }

  function markdown() {
    const lines = [];
    let phase = null;
    for (const item of items) {
      const now = state(item);
      if (item.answer.dataset.phase !== phase) {
        phase = item.answer.dataset.phase;
        lines.push(...(lines.length ? [""] : []), "### " + phase, "");
      }
      const label = /^\*\*.*?\*\*/.exec(item.answer.dataset.line);
      const line = now.na && label ? label[0] + " N/A: " + now.reason : item.answer.dataset.line;
      lines.push(("- [" + (now.done ? "x" : " ") + "] " + line).trimEnd());
      if (now.evidence.includes("\n")) lines.push(...fenced(now.evidence));
      else if (now.evidence) lines.push("  Evidence: " + now.evidence);
      else if (item.must && !now.na) lines.push("  Evidence:");
    }
    return lines.join("\n") + "\n";
  }

  function json() {
    const { system, knowledge } = tools.dataset;
    const all = items.map((item) => Object.assign({ id: item.id }, state(item)));
    return JSON.stringify({ system, knowledge, items: all }, null, 2) + "\n";
  }

  async function copy(written) {
    text.value = written;
    text.select();
    let copied = false;
    try {
      await navigator.clipboard.writeText(written);
      copied = true;
    } catch (error) {
      copied = false;
    }
    say(copied ? "Copied." : "It stands in the text field, selected: copy it from there.");
  }

  function save(written, name, type) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([written], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say("Saved as " + name + ", where your browser puts downloads.");
  }

  // MARK: In

  const notApplicable = (said) => {
    const match = /^\s*N\/A:?\s*(.*?)\s*$/.exec(said);
    return match ? match[1] : null;
  };

  /** Behind `Evidence:` or `Evidence (what to attach):`. */
  function given(line) {
    const match = /^\s*Evidence(?: \((?:[^()]|\([^()]*\))*\))?:\s*(.*?)\s*$/.exec(line);
    return match ? match[1] : null;
  }

  /** A task item with an id: `- [x] **SV-1 plans-at-volume** …`. */
  function task(line) {
    const match = /^([ \t]*)[-*+] \[([ xX])\] (.*)$/.exec(line);
    const label = match && /\*\*(.*?)\*\*/.exec(match[3]);
    const id = label && label[1].trim().split(" ").pop().replace(/:$/, "");
    if (!id || !/^[a-z0-9-]+$/.test(id)) return null;
    return {
      id, done: match[2] !== " ", struck: /^~~?/.test(match[3]), rest: match[3].slice(label.index + label[0].length),
    };
  }

  function answersInMarkdown(source) {
    const found = new Map();
    const lines = source.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n").split("\n");
    let item = null, fence = null;
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index];
      const mark = /^\s*(`{3,}|~{3,})/.exec(line);
      if (fence) {
        if (mark && mark[1].startsWith(fence) && /^\s*[`~]+\s*$/.test(line)) fence = null;
        continue;
      }
      if (mark) {
        fence = mark[1];
        continue;
      }
      const next = task(line);
      if (next) {
        item = found.has(next.id) ? null : { done: next.done, na: false, reason: "", evidence: "" };
        if (!item) continue;
        found.set(next.id, item);
        const behind = next.struck ? next.rest.replace(/^.*?~~?(?=[^~]*$)/, "") : next.rest;
        const reason = notApplicable(behind) ?? (/\sN\/A:\s*(.*?)\s*$/.exec(behind) || [])[1];
        if (next.struck || reason !== undefined) {
          Object.assign(item, { done: false, na: true, reason: reason ?? behind.replace(/^[\s:–—-]+/, "").trim() });
        }
        const said = /\sEvidence:\s*(.*?)\s*$/.exec(behind);
        if (said && !item.na) item.evidence = said[1];
      } else if (line.trim() && !/^\s/.test(line)) {
        item = null;
      } else if (item && notApplicable(line) !== null && !item.na) {
        Object.assign(item, { done: false, na: true, reason: notApplicable(line) });
      } else if (item && given(line) !== null && !item.evidence) {
        const taken = [given(line)].filter(Boolean);
        const opening = /^(\s*)(`{3,})$/.exec(lines[index + 1] || "");
        const end = opening && !taken.length ? lines.indexOf(opening[1] + opening[2], index + 2) : -1;
        if (end > 0) {
          const inside = lines.slice(index + 2, end);
          taken.push(...inside.map((one) => (one.startsWith(opening[1]) ? one.slice(opening[1].length) : one)));
          index = end;
        } else {
          while (/^\s+[^\s*+>#|`~-]/.test(lines[index + 1] || "") && notApplicable(lines[index + 1]) === null) {
            taken.push(lines[++index].trim());
          }
        }
        item.evidence = taken.join("\n");
      }
    }
    return found;
  }

  /** @throws {Error} where it is no JSON of a checklist. */
  function answersInJSON(source) {
    const value = JSON.parse(source);
    if (!isObject(value) || !Array.isArray(value.items)) throw new Error("it has no list “items”");
    const known = value.items.filter((item) => isObject(item) && typeof item.id === "string");
    return new Map(known.map((item) => [item.id, clean(item)]));
  }

  function read(source) {
    let found;
    try {
      found = source.trim().startsWith("{") ? answersInJSON(source) : answersInMarkdown(source);
    } catch (error) {
      return say("Nothing was read in: this is no JSON of a checklist (" + error.message + ").");
    }
    let count = 0;
    const unknown = [];
    for (const [id, answer] of found) {
      const item = byID.get(id);
      if (item) put(item, answer);
      else unknown.push(id);
      count += Boolean(item);
    }
    if (count) changed();
    filter();
    say((count ? "Read in " + count + (count === 1 ? " item" : " items") : "Nothing was read in: no item of this checklist is in the text") +
      (unknown.length ? "; not on this checklist: " + unknown.join(", ") : "") + ".");
  }

  // MARK: Events

  function changed() {
    show();
    keep();
  }

  for (const item of items) {
    item.box.addEventListener("change", () => {
      if (item.box.checked) item.na.checked = false;
      changed();
    });
    item.na.addEventListener("change", () => {
      if (item.na.checked) item.box.checked = false;
      changed();
      if (item.na.checked) item.reason.focus();
    });
    item.evidence.addEventListener("input", changed);
    item.reason.addEventListener("input", changed);
    item.element.addEventListener("focusout", (event) => {
      if (!item.element.contains(event.relatedTarget)) setTimeout(filter);
    });
  }
  for (const id of ["checklist-all", "checklist-open"]) find(id).addEventListener("change", filter);
  find("checklist-file").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (!file) return;
    try {
      read(await file.text());
    } catch (error) {
      say("The file cannot be read.");
    }
    event.target.value = "";
  });
  const acts = {
    "copy-markdown": () => copy(markdown()),
    "copy-json": () => copy(json()),
    "save-markdown": () => save(markdown(), "checklist.md", "text/markdown"),
    "save-json": () => save(json(), "checklist.json", "application/json"),
    read: () => read(text.value),
    reset() {
      if (!confirm("Take back everything that was entered on this page since the document was written?")) return;
      for (const item of items) put(item, item.start);
      changed();
      filter();
      say("Everything is as it was in the document.");
    },
  };
  for (const button of tools.querySelectorAll("button")) button.addEventListener("click", () => acts[button.value]());
  // The same page in another tab.
  window.addEventListener("storage", (event) => { if (event.key === key) load(); });

  document.documentElement.classList.add("scripted");
  tools.hidden = false;
  load();
  keep();
})();
