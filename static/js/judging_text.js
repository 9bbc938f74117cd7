// The text of an answer as it is stored, and where it stands in the page. A run of rendered text carries its offset
// (data-s); one with data-e is taken as a whole. The browser counts UTF-16 units, the store code points: so does this.
"use strict";
(() => {
  const BLOCK = "p, li, h1, h2, h3, h4, h5, h6, td, th, pre, blockquote";
  const known = new WeakMap();
  const length = (text) => { let n = 0; for (const _ of text) n += 1; return n; };

  // The stored text of a shown answer and its runs; null where it cannot be marked.
  function of(section) {
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

  const quote = (answer, start, end) => answer.text.slice(start, end).join("");

  function trimmed(answer, start, end) {
    let [from, to] = [Math.max(0, start), Math.min(end, answer.text.length)];
    while (from < to && !answer.text[from].trim()) from += 1;
    while (to > from && !answer.text[to - 1].trim()) to -= 1;
    return from < to ? { start: from, end: to } : null;
  }

  // A selection in the page → offsets of the stored text, or null where it touches no run of this answer.
  function fromRange(answer, range) {
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
    return trimmed(answer, start, end);
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

  function units(answer, granularity) {
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
      if (end !== null && quote(answer, end, run.start).includes("\n")) { text += " "; at.push([end, run.start]); }
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

  // As the server shows text: what would turn the reading around is named.
  const DECEIVING = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\0-\x08\x0b\f\x0e-\x1f]/g;
  const revealed = (words) => words.replace(DECEIVING, (one) => `⟨U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);

  window.WinnowText = { of, revealed, quote, fromRange, toRange, units };
})();
