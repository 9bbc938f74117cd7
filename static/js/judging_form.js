// What the form of a pair says: read for a draft or an answer, written back, and what it still lacks.
"use strict";
(() => {
  const BESIDES = new Set(["text", "question", "reason"]);
  const WRITTEN = new Set(["rationale", "text", "question"]);
  const part = (card, name) => card.querySelector(`[name=${name}]`);
  const ticked = (card) => [...card.querySelectorAll("input[name=tags]:checked")].map((box) => box.value);

  window.WinnowForm = {
    press(card, choice) {
      for (const button of card.querySelectorAll("button[data-choice]")) {
        button.setAttribute("aria-pressed", String(button.value === choice));
      }
    },

    missing(card) {
      const wants = (card.dataset.requires ?? "").split(" ").filter(Boolean);
      if (wants.includes("tags") && !ticked(card).length) return "tags";
      return wants.includes("rationale") && !part(card, "rationale").value.trim() ? "rationale" : "";
    },

    fields: (card) => [...new FormData(card).entries()].filter(([name]) => name !== "csrfmiddlewaretoken"),

    lease: (card) => ["assignment", "lease_token"].map((name) => [name, part(card, name).value]),

    draft: (card) => ({
      tags: ticked(card),
      rationale: part(card, "rationale").value,
      spans: part(card, "spans").value,
      section: part(card, "section")?.value ?? "",
    }),

    write(card, draft) {
      part(card, "rationale").value = draft.rationale ?? "";
      part(card, "spans").value = draft.spans || "[]";
      for (const box of card.querySelectorAll("input[name=tags]")) box.checked = (draft.tags ?? []).includes(box.value);
      const cited = part(card, "section");
      if (!cited || !draft.section) return;
      cited.value = draft.section;
      card.querySelector("[data-cited]").textContent = `§ ${draft.section}`;
    },

    // A judgment or a change of one; not a fix, a question, a skipped or reported pair.
    isAnswer: (entry) => !entry.fields.some(([name]) => BESIDES.has(name)),

    // A change behind a refused answer is the last word: it goes where the answer was to go, with the time of both.
    inPlaceOf(refused, change) {
      if (!window.WinnowForm.isAnswer(change)) return null;
      const active = [refused, change].reduce((sum, { fields }) => sum + Number(new URLSearchParams(fields).get("active_ms")), 0);
      const fields = change.fields.map(([name, value]) => [name, name === "active_ms" ? String(active) : value]);
      return { ...change, url: refused.url, fields };
    },

    // What somebody wrote in what is on its way.
    wordsOf: (entry) => entry.fields.filter(([name, value]) => WRITTEN.has(name) && value).map(([, value]) => value),

    // An answer on its way, as the draft it was.
    draftOf(entry) {
      const said = new URLSearchParams(entry.fields);
      const words = ["choice", "rationale", "spans", "section"].map((name) => [name, said.get(name) ?? ""]);
      return { ...Object.fromEntries(words), tags: said.getAll("tags") };
    },
  };
})();
