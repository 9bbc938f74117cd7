// Marks on answers: select words with the mouse, or M and the arrows; 1 to 4 say what they are, P which passage is meant.
// A run of rendered text carries its offset in the stored text (data-s); one with data-e is taken as a whole. The
// browser counts UTF-16 units, the store code points: everything below is in code points.
"use strict";
(() => {
  const LABELS = ["ungrounded", "contradicted", "wrong", "unsafe"];
  const BLOCK = "p, li, h1, h2, h3, h4, h5, h6, td, th, pre, blockquote";
  const MOST = 50;
  const known = new WeakMap();
  let chosen = null; // { side, start, end, passage } while something is selected
  let cursor = null; // { side, units, unit, from, to } while marking by keyboard
  let past = [];

  const card = () => document.querySelector("[data-card]:not([hidden])");
  const bar = () => document.querySelector("[data-card]:not([hidden], [data-covered]) [data-marker]");
  const field = (of = card()) => of?.querySelector("[name=spans]");
  const length = (text) => { let n = 0; for (const _ of text) n += 1; return n; };
  const element = (name, attributes, ...children) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  };

  // ---- one answer: its stored text and the runs that show it ---------------------------------------------

  function answerOf(side) {
    const section = card()?.querySelector(`[data-side=${side}]`);
    const source = section?.querySelector("script[type='application/json']");
    if (!source) return null;
    if (!known.has(section)) {
      const runs = [...section.querySelectorAll("[data-source]")].flatMap((prose) => {
        const base = Number(prose.dataset.source);
        return [...prose.querySelectorAll("[data-s]")].map((node) => {
          const start = base + Number(node.dataset.s);
          const whole = node.dataset.e !== undefined;
          return { node, start, whole, end: whole ? base + Number(node.dataset.e) : start + length(node.textContent) };
        });
      });
      known.set(section, { section, runs, text: Array.from(JSON.parse(source.textContent)) });
    }
    return known.get(section);
  }

  const quoteOf = (answer, start, end) => answer.text.slice(start, end).join("");

  function trimmed(answer, start, end) {
    let [from, to] = [Math.max(0, start), Math.min(end, answer.text.length)];
    while (from < to && !answer.text[from].trim()) from += 1;
    while (to > from && !answer.text[to - 1].trim()) to -= 1;
    return from < to ? { start: from, end: to } : null;
  }

  // A selection in the page → offsets of the stored text, or null where it touches no run of one answer.
  function fromRange(range) {
    const origin = range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer;
    const side = origin.closest("[data-side]")?.dataset.side;
    const answer = side && answerOf(side);
    if (!answer) return null;
    let [start, end] = [Infinity, -Infinity];
    for (const run of answer.runs) {
      if (!range.intersectsNode(run.node)) continue;
      const part = document.createRange();
      part.selectNodeContents(run.node);
      const before = document.createRange();
      before.selectNodeContents(run.node);
      if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
      if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
      const words = part.toString();
      if (!words) continue;
      before.setEnd(part.startContainer, part.startOffset);
      const from = run.start + length(before.toString());
      start = Math.min(start, run.whole ? run.start : from);
      end = Math.max(end, run.whole ? run.end : from + length(words));
    }
    const found = trimmed(answer, start, end);
    return found && { side, ...found };
  }

  // Offsets of the stored text → a range of the page.
  function toRange(answer, start, end) {
    const touched = answer.runs.filter((run) => run.start < end && run.end > start);
    if (!touched.length) return null;
    const range = document.createRange();
    const [first, last] = [touched[0], touched.at(-1)];
    if (first.whole) range.setStartBefore(first.node);
    else range.setStart(...inside(first.node, Math.max(0, start - first.start)));
    if (last.whole) range.setEndAfter(last.node);
    else range.setEnd(...inside(last.node, Math.min(end, last.end) - last.start));
    return range;
  }

  function inside(node, points) {
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    let left = points;
    let text = walker.nextNode();
    for (let next = text; next; next = walker.nextNode()) {
      text = next;
      const size = length(next.data);
      if (left <= size) break;
      left -= size;
    }
    return text ? [text, Array.from(text.data).slice(0, left).join("").length] : [node, 0];
  }

  // ---- sentences and words, for those who mark without a mouse -------------------------------------------

  function unitsOf(answer, granularity) {
    const segmenter = new Intl.Segmenter(document.documentElement.lang || "en", { granularity });
    const blocks = new Map();
    for (const run of answer.runs) {
      const block = run.node.closest(BLOCK) ?? answer.section;
      if (!blocks.has(block)) blocks.set(block, []);
      blocks.get(block).push(run);
    }
    return [...blocks.values()].flatMap((runs) => unitsOfBlock(answer, runs, segmenter, granularity === "word"));
  }

  function unitsOfBlock(answer, runs, segmenter, words) {
    let text = "";
    const at = []; // source offset of the start and of the end of every UTF-16 unit of `text`
    let end = null;
    for (const run of runs) {
      if (end !== null && quoteOf(answer, end, run.start).includes("\n")) { text += " "; at.push([end, run.start]); }
      let place = run.start;
      for (const point of run.node.textContent) {
        const span = run.whole ? [run.start, run.end] : [place, place + 1];
        text += point === "\n" ? " " : point;
        for (let unit = 0; unit < point.length; unit += 1) at.push(span);
        place += 1;
      }
      end = run.end;
    }
    return [...segmenter.segment(text)]
      .filter((segment) => (words ? segment.isWordLike : segment.segment.trim()))
      .map(({ index, segment }) => trimmed(answer, at[index][0], at[index + segment.length - 1][1]))
      .filter(Boolean);
  }

  function begin() {
    const focused = document.activeElement?.closest("[data-side]")?.dataset.side;
    const side = [focused, "left", "right"].find((one) => one && answerOf(one)?.runs.length);
    if (!side || !bar()) return;
    cursor = { side, unit: "sentence", units: unitsOf(answerOf(side), "sentence"), from: 0, to: 0 };
    follow();
  }

  function follow() {
    const { units, from, to, side } = cursor;
    if (!units.length) return close();
    const [first, last] = [units[Math.min(from, to)], units[Math.max(from, to)]];
    choose({ side, start: first.start, end: Math.max(first.end, last.end) });
    const answer = answerOf(side);
    const run = answer.runs.find((one) => one.end > units[to].start) ?? answer.runs[0];
    window.WinnowReveal(run.node);
    run.node.scrollIntoView({ block: "nearest" });
    return undefined;
  }

  function move(step, extend) {
    cursor.to = Math.max(0, Math.min(cursor.units.length - 1, cursor.to + step));
    if (!extend) cursor.from = cursor.to;
    follow();
  }

  function turnTo(side, unit) {
    const answer = answerOf(side);
    if (!answer?.runs.length) return;
    const here = side === cursor.side ? cursor.units[cursor.to].start : 0;
    const units = unitsOf(answer, unit);
    const at = Math.max(0, units.findIndex((one) => one.end > here));
    cursor = { side, unit, units, from: at, to: at };
    follow();
  }

  // ---- choosing, marking, taking back --------------------------------------------------------------------

  const marks = () => JSON.parse(field()?.value || "[]");

  function choose(span) {
    chosen = { passage: null, ...span };
    const words = quoteOf(answerOf(span.side), span.start, span.end);
    bar().querySelector("[data-mark-quote]").textContent = words.length > 90 ? `${words.slice(0, 60)} … ${words.slice(-25)}` : words;
    namePassage();
    bar().hidden = false;
    draw();
  }

  function close() {
    const was = cursor;
    chosen = null;
    cursor = null;
    for (const open of document.querySelectorAll("[data-marker]")) open.hidden = true;
    if (was) card()?.focus({ preventScroll: true });
    draw();
  }

  function keep(next) {
    past.push(field().value);
    write(JSON.stringify(next));
  }

  function write(value) {
    field().value = value;
    field().dispatchEvent(new Event("input", { bubbles: true }));
    draw();
  }

  function mark(label) {
    if (!chosen || marks().length >= MOST) return;
    const { side, start, end, passage } = chosen;
    const others = marks().filter((one) => !(one.side === side && one.start === start && one.end === end && one.label === label));
    keep([...others, { side, start, end, quote: quoteOf(answerOf(side), start, end), label, passage }]);
    getSelection().removeAllRanges();
    if (!cursor) close();
  }

  function remove() {
    if (!chosen) return;
    const touched = (one) => one.side === chosen.side && one.start < chosen.end && one.end > chosen.start;
    if (marks().some(touched)) keep(marks().filter((one) => !touched(one)));
  }

  function undo() {
    if (past.length) write(past.pop());
  }

  const passagesOf = (side) => [...(card()?.querySelectorAll(`[data-side=${side}] [data-evidence] [data-passage]`) ?? [])];
  const passageName = (passage) => passage.dataset.passageName;

  function nextPassage() {
    const all = passagesOf(chosen.side);
    if (!all.length) return;
    const next = chosen.passage === null ? 0 : chosen.passage + 1;
    chosen.passage = next < all.length ? next : null;
    namePassage();
  }

  function namePassage() {
    const button = bar().querySelector("[data-mark-passage]");
    const all = passagesOf(chosen.side);
    button.hidden = !all.length;
    const passage = chosen.passage === null ? null : all[chosen.passage];
    button.querySelector("span").textContent = passage ? passageName(passage) : button.dataset.none;
    for (const other of card().querySelectorAll(".passage--meant")) other.classList.remove("passage--meant");
    if (!passage) return;
    passage.classList.add("passage--meant");
    window.WinnowReveal(passage);
    passage.scrollIntoView({ block: "nearest" });
  }

  // ---- what is seen ---------------------------------------------------------------------------------------

  function draw() {
    const held = bar() ? marks() : [];
    const ranges = Object.fromEntries([...LABELS, "cursor"].map((name) => [name, []]));
    for (const one of held) {
      const range = answerOf(one.side) && toRange(answerOf(one.side), one.start, one.end);
      if (range) ranges[one.label].push(range);
    }
    if (chosen) ranges.cursor.push(toRange(answerOf(chosen.side), chosen.start, chosen.end));
    if (CSS.highlights) for (const [name, found] of Object.entries(ranges)) CSS.highlights.set(`mark-${name}`, new Highlight(...found.filter(Boolean)));
    for (const list of card()?.querySelectorAll("[data-marks]") ?? []) {
      const own = held.filter((one) => one.side === list.closest("[data-side]").dataset.side);
      list.hidden = !own.length;
      list.replaceChildren(...own.map((one) => row(one, list)));
    }
  }

  function row(one, list) {
    const word = bar().querySelector(`[data-mark=${one.label}]`).dataset.word;
    const passage = one.passage === null ? null : passagesOf(one.side)[one.passage];
    const go = element("button", { type: "button", className: "marks__quote", dir: "auto", textContent: one.quote });
    go.addEventListener("click", () => {
      const place = toRange(answerOf(one.side), one.start, one.end)?.startContainer.parentElement;
      window.WinnowReveal(place);
      place?.scrollIntoView({ block: "center" });
    });
    const off = element("button", { type: "button", className: "marks__off", textContent: "×", title: list.dataset.remove });
    off.setAttribute("aria-label", `${list.dataset.remove}: ${one.quote.slice(0, 60)}`);
    off.addEventListener("click", () => keep(marks().filter((other) => JSON.stringify(other) !== JSON.stringify(one))));
    const about = element("span", { className: `marks__label marks__label--${one.label}`, textContent: word });
    const meant = passage ? [element("span", { className: "mono faint", textContent: passageName(passage) })] : [];
    return element("li", {}, about, go, ...meant, off);
  }

  // ---- keys and the mouse ---------------------------------------------------------------------------------

  const writing = (target) => target.closest?.("textarea, select, input:not([type=checkbox], [type=radio])");

  const otherUnit = () => cursor && turnTo(cursor.side, cursor.unit === "word" ? "sentence" : "word");
  const otherSide = () => turnTo(cursor.side === "left" ? "right" : "left", cursor.unit);
  const ACTS = {
    mark: close, undo, mark_words: otherUnit, mark_passage: nextPassage,
    ...Object.fromEntries(LABELS.map((label) => [`mark_${label}`, () => mark(label)])),
  };

  // What a key does while something is chosen: the person's own keys, and those that are no characters.
  function keyOf(event) {
    const act = window.WinnowKeys.actOf(event, "marking");
    if (act) return ACTS[act];
    if (event.altKey) return undefined;
    const moves = {
      ArrowDown: () => move(1, event.shiftKey), ArrowUp: () => move(-1, event.shiftKey),
      ArrowRight: otherSide, ArrowLeft: otherSide,
    };
    const others = { Escape: close, Backspace: remove, Delete: remove, Enter: () => mark(LABELS[0]) };
    return (cursor && moves[event.key]) || others[event.key];
  }

  function onKey(event) {
    if (event.metaKey || event.ctrlKey || event.isComposing || writing(event.target) || document.querySelector("dialog[open]")) return;
    let act = null;
    if (chosen) act = event.key === "Enter" && event.target.closest("button, a, summary") ? null : keyOf(event);
    else if (window.WinnowKeys.actOf(event) === "mark" && bar() && !event.shiftKey) act = begin;
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  function onSelected() {
    const selection = getSelection();
    if (cursor || !bar()) return;
    if (selection.isCollapsed || !selection.rangeCount) return chosen && close();
    const span = fromRange(selection.getRangeAt(0));
    return span ? choose(span) : undefined;
  }

  let settled = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(settled);
    settled = setTimeout(onSelected, 120);
  });
  window.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", (event) => event.target.closest?.("[data-marker]") && event.preventDefault());
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-mark], [data-mark-passage], [data-mark-off], [data-mark-done], [data-act=mark]");
    if (!button) return;
    if (button.dataset.act === "mark") chosen ? close() : begin();
    else if (!chosen) return;
    else if (button.dataset.mark) mark(button.dataset.mark);
    else if (button.hasAttribute("data-mark-passage")) nextPassage();
    else if (button.hasAttribute("data-mark-off")) remove();
    else close();
  });
  new MutationObserver(() => { if (card() !== shown) { shown = card(); past = []; chosen = null; cursor = null; draw(); } })
    .observe(document.querySelector("[data-stage]") ?? document.body, { subtree: true, childList: true, attributeFilter: ["hidden"] });
  let shown = card();
  draw();
  window.WinnowMarks = { draw };
})();
