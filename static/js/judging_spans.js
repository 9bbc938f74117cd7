// Marks on answers: select words with the mouse, or M and the arrows; 1 to 4 say what they are, P which passage is meant.
"use strict";
(() => {
  const LABELS = ["ungrounded", "contradicted", "wrong", "unsafe"];
  const MOST = 50;
  let chosen = null; // { side, start, end, passage } while something is selected
  let cursor = null; // { side, units, unit, from, to } while marking by keyboard
  let past = [];

  const card = () => document.querySelector("[data-card]:not([hidden])");
  const bar = () => document.querySelector("[data-card]:not([hidden], [data-covered]) [data-marker]");
  const field = (of = card()) => of?.querySelector("[name=spans]");
  const element = (name, attributes, ...children) => {
    const made = Object.assign(document.createElement(name), attributes);
    made.append(...children);
    return made;
  };

  const text = window.WinnowText;
  const answerOf = (side) => text.of(card()?.querySelector(`[data-side=${side}]`));

  // A selection in the page → side and offsets, or null where it touches no run of one answer.
  function fromRange(range) {
    const origin = range.startContainer.nodeType === Node.TEXT_NODE ? range.startContainer.parentElement : range.startContainer;
    const side = origin.closest("[data-side]")?.dataset.side;
    const answer = side && answerOf(side);
    const found = answer && text.fromRange(answer, range);
    return found ? { side, ...found } : null;
  }

  // ---- walking with the keyboard -------------------------------------------------------------------------

  function begin() {
    const focused = document.activeElement?.closest("[data-side]")?.dataset.side;
    const side = [focused, "left", "right"].find((one) => one && answerOf(one)?.runs.length);
    if (!side || !bar()) return;
    cursor = { side, unit: "sentence", units: text.units(answerOf(side), "sentence"), from: 0, to: 0 };
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
    const units = text.units(answer, unit);
    const at = Math.max(0, units.findIndex((one) => one.end > here));
    cursor = { side, unit, units, from: at, to: at };
    follow();
  }

  // ---- choosing, marking, taking back --------------------------------------------------------------------

  const marks = () => JSON.parse(field()?.value || "[]");

  function choose(span) {
    chosen = { passage: null, ...span };
    const words = text.revealed(text.quote(answerOf(span.side), span.start, span.end));
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
    keep([...others, { side, start, end, quote: text.quote(answerOf(side), start, end), label, passage }]);
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
      const range = answerOf(one.side) && text.toRange(answerOf(one.side), one.start, one.end);
      if (range) ranges[one.label].push(range);
    }
    if (chosen) ranges.cursor.push(text.toRange(answerOf(chosen.side), chosen.start, chosen.end));
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
    const go = element("button", { type: "button", className: "marks__quote", dir: "auto", textContent: text.revealed(one.quote) });
    go.addEventListener("click", () => {
      const place = text.toRange(answerOf(one.side), one.start, one.end)?.startContainer.parentElement;
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
