// The judging page: one key, next pair. Both pairs are in the page already; the answer travels behind.
"use strict";
(() => {
  const root = document.querySelector("[data-judge]");
  if (!root) return;

  const PAST = 10;
  const stage = root.querySelector("[data-stage]");
  const status = root.querySelector("[data-sync]");
  const announce = root.querySelector("[data-announce]");
  const progress = root.querySelector("[data-progress]");
  const words = JSON.parse(document.getElementById("judging-words").textContent);
  const round = Number(root.dataset.round) || 0;
  const clock = new window.WinnowActiveClock();
  const past = [];
  const started = Date.now();
  let done = 0;
  let pending = "";
  let revising = null;

  const cards = () => [...stage.querySelectorAll("[data-card]")];
  const current = () => cards().find((card) => !card.hidden);
  const draftName = (card) => `winnow.draft.${card.dataset.assignment}`;
  const say = (text) => { announce.textContent = text; };

  // ---- what is shown -------------------------------------------------------------------------------------

  function show(card) {
    for (const other of cards()) other.hidden = other !== card;
    stage.removeAttribute("aria-busy");
    root.querySelector("[data-waiting]").hidden = true;
    if (!card) return;
    choose(card, card.dataset.chosen ?? "");
    restore(card);
    clock.restart();
    card.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  function advance() {
    if (round && done >= round) return finish();
    const next = cards().find((card) => card.hidden);
    if (next) return show(next);
    const end = stage.querySelector("[data-end]");
    for (const card of cards()) card.hidden = true;
    if (end) {
      end.hidden = false;
      end.focus();
    } else {
      stage.setAttribute("aria-busy", "true");
      root.querySelector("[data-waiting]").hidden = false;
    }
    return undefined;
  }

  function finish() {
    giveBack();
    for (const card of cards()) card.remove();
    const end = root.querySelector("[data-round-end]");
    const seconds = Math.round((Date.now() - started) / 1000);
    end.querySelector("[data-round-time]").textContent =
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    end.querySelector("[data-round-done]").textContent = String(done);
    end.hidden = false;
    end.focus();
  }

  function count(by) {
    done += by;
    progress.value = Math.max(0, progress.value + by);
    root.querySelector("[data-done]").textContent = String(Number(root.dataset.start || 0) + done);
    const undo = root.querySelector("[data-act=undo]");
    if (undo) undo.disabled = past.length === 0;
  }

  // ---- one answer ----------------------------------------------------------------------------------------

  function choose(card, choice) {
    pending = choice;
    for (const button of card.querySelectorAll("button[data-choice]")) {
      button.setAttribute("aria-pressed", String(button.value === choice));
    }
  }

  function missing(card) {
    const wants = (card.dataset.requires ?? "").split(" ").filter(Boolean);
    if (wants.includes("tags") && !card.querySelector("input[name=tags]:checked")) return "tags";
    if (wants.includes("rationale") && !card.querySelector("[name=rationale]").value.trim()) return "rationale";
    return "";
  }

  function pick(choice) {
    const card = current();
    if (!card) return;
    choose(card, choice);
    keepDraft(card);
    if (!missing(card)) submit();
    else say(words[`needs_${missing(card)}`]);
  }

  function fieldsOf(card) {
    const fields = [...new FormData(card).entries()].filter(([name]) => name !== "csrfmiddlewaretoken");
    const active = clock.milliseconds() + Number(card.dataset.active || 0);
    card.dataset.active = String(active);
    const have = cards().map((other) => other.dataset.assignment).join(" ");
    return [...fields, ["choice", pending], ["active_ms", String(active)], ["have", have]];
  }

  function submit() {
    const card = current();
    if (!card || !pending) return card && say(words.choose_first);
    const lacking = missing(card);
    if (lacking) {
      card.querySelector(`[name=${lacking}]`).focus();
      return say(words[`needs_${lacking}`]);
    }
    const key = crypto.randomUUID();
    const fields = [...fieldsOf(card), ["key", key]];
    const again = revising === card;
    card.dataset.chosen = pending;
    pending = "";
    const entry = { key, url: again ? card.dataset.revise : card.getAttribute("action"), fields, assignment: card.dataset.assignment };
    card.hidden = true;
    card.remove();
    past.push(card);
    while (past.length > PAST) past.shift();
    if (again) revising = null;
    count(1);
    localStorage.removeItem(draftName(card));
    say(words.saved);
    advance();
    queue.add(entry);
    return undefined;
  }

  function undo() {
    const card = past.pop();
    if (!card) return say(words.nothing_to_undo);
    for (const other of cards()) other.hidden = true;
    for (const end of root.querySelectorAll("[data-end], [data-round-end]")) end.hidden = true;
    stage.prepend(card);
    count(-1);
    revising = card;
    show(card);
    return say(words.undone);
  }

  function later(url, extra = []) {
    const card = current();
    if (!card || revising === card) return;
    const key = crypto.randomUUID();
    const fields = [...fieldsOf(card), ...extra, ["key", key]];
    card.remove();
    advance();
    queue.add({ key, url, fields, assignment: card.dataset.assignment });
  }

  // ---- drafts --------------------------------------------------------------------------------------------

  function keepDraft(card) {
    const tags = [...card.querySelectorAll("input[name=tags]:checked")].map((box) => box.value);
    const draft = { choice: pending, tags, rationale: card.querySelector("[name=rationale]").value, spans: card.querySelector("[name=spans]").value };
    localStorage.setItem(draftName(card), JSON.stringify(draft));
  }

  function restore(card) {
    const kept = localStorage.getItem(draftName(card));
    if (!kept) return;
    const draft = JSON.parse(kept);
    choose(card, draft.choice);
    card.querySelector("[name=rationale]").value = draft.rationale;
    card.querySelector("[name=spans]").value = draft.spans ?? "[]";
    for (const box of card.querySelectorAll("input[name=tags]")) box.checked = draft.tags.includes(box.value);
  }

  // ---- the server ----------------------------------------------------------------------------------------

  const queue = new window.WinnowAnswerQueue({
    name: root.dataset.queue,
    token: root.dataset.csrf,
    onState(state, waiting) {
      status.dataset.state = waiting ? state : "saved";
      status.textContent = waiting ? words[state].replace("%n", String(waiting)) : words.all_saved;
      root.querySelector("[data-sign-in]").hidden = !(waiting && state === "signed-out");
    },
    onSaved(entry, html, how) {
      if (how === "uncounted") say(words.uncounted);
      if (how === "flagged") say(words.flagged);
      take(html);
    },
    onRefused(entry, html) {
      const text = new DOMParser().parseFromString(html, "text/html").querySelector("[data-refused], h1")?.textContent;
      const list = root.querySelector("[data-refusals]");
      const line = document.createElement("p");
      line.textContent = text?.trim() || words.refused;
      list.append(line);
      list.hidden = false;
      take("");
    },
  });

  function take(html) {
    const known = new Set([...cards(), ...past].map((card) => card.dataset.assignment));
    const parsed = new DOMParser().parseFromString(html, "text/html");
    for (const card of parsed.querySelectorAll("[data-card]")) {
      if (!known.has(card.dataset.assignment)) {
        card.hidden = true;
        stage.append(card);
      }
    }
    const end = parsed.querySelector("[data-end]");
    stage.querySelector("[data-end]")?.remove();
    if (end) {
      end.hidden = true;
      stage.append(end);
    }
    if (!current() && root.querySelector("[data-round-end]").hidden) advance();
  }

  // A pair fetched ahead and never looked at goes back to the others when the page is left.
  function giveBack() {
    for (const card of cards().filter((one) => one.hidden)) {
      const form = new FormData();
      form.set("csrfmiddlewaretoken", root.dataset.csrf);
      form.set("assignment", card.dataset.assignment);
      form.set("lease_token", card.querySelector("[name=lease_token]").value);
      navigator.sendBeacon(root.dataset.release, form);
    }
  }

  // ---- looking closer ------------------------------------------------------------------------------------

  async function toggleDiff() {
    const card = current();
    if (!card) return;
    const on = card.toggleAttribute("data-diff");
    const button = card.querySelector("[data-act=diff]");
    button.setAttribute("aria-pressed", String(on));
    if (on && !card.querySelector("[data-diff-side]")) {
      const response = await fetch(card.dataset.diffUrl, { credentials: "same-origin" });
      if (!response.ok) return;
      const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
      for (const side of ["left", "right"]) {
        card.querySelector(`[data-side=${side}] .answer__body`).after(parsed.querySelector(`[data-diff-side=${side}]`));
      }
    }
  }

  function toggleSync() {
    const card = current();
    const on = card?.toggleAttribute("data-synchronised");
    card?.querySelector("[data-act=sync]").setAttribute("aria-pressed", String(on));
  }

  stage.addEventListener("scroll", (event) => {
    const card = current();
    if (!card?.hasAttribute("data-synchronised") || !event.target.matches?.("[data-side]")) return;
    const share = event.target.scrollTop / Math.max(1, event.target.scrollHeight - event.target.clientHeight);
    for (const side of card.querySelectorAll("[data-side]")) {
      if (side !== event.target) side.scrollTop = share * (side.scrollHeight - side.clientHeight);
    }
  }, { capture: true, passive: true });

  function closeMenus() {
    const open = [...(current()?.querySelectorAll(".aside-menu[open]") ?? [])];
    for (const menu of open) menu.open = false;
    if (open.length) current().focus({ preventScroll: true });
    return open.length > 0;
  }

  function toggle(selector) {
    const parts = [...(current()?.querySelectorAll(selector) ?? [])];
    const open = !parts.some((part) => part.open);
    closeMenus();
    for (const part of parts) part.open = open;
    const first = open && parts[0]?.querySelector(".aside-menu__list button");
    if (first) first.focus();
  }

  // ---- keys ----------------------------------------------------------------------------------------------

  const CHOICES = {
    1: "left_clear", 2: "left", 3: "tie", 4: "right", 5: "right_clear", 6: "both_bad", 7: "cannot_judge",
    ArrowLeft: "left", ArrowRight: "right",
  };
  const ACTS = {
    u: undo,
    s: toggleSync,
    d: toggleDiff,
    v: () => toggle("[data-evidence]"),
    r: () => current()?.querySelector("[name=rationale]").focus(),
    k: () => toggle("[data-skip]"),
    f: () => toggle("[data-flag]"),
    Enter: submit,
  };

  function onKey(event) {
    clock.sign();
    const panel = document.getElementById("keys");
    if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey || event.ctrlKey || panel.open) return;
    const writing = event.target.matches("textarea, select, input:not([type=checkbox], [type=radio])");
    if (writing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "Escape" && closeMenus()) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const tag = current()?.querySelector(`input[name=tags][data-tag-key="${CSS.escape(key)}"]`);
    if (Object.hasOwn(CHOICES, key)) {
      event.preventDefault();
      pick(event.shiftKey && key.startsWith("Arrow") ? `${CHOICES[key]}_clear` : CHOICES[key]);
    } else if (Object.hasOwn(ACTS, key)) {
      event.preventDefault();
      ACTS[key]();
    } else if (tag) {
      event.preventDefault();
      tag.checked = !tag.checked;
      keepDraft(current());
    }
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("pointermove", () => clock.sign(), { passive: true });
  document.addEventListener("visibilitychange", () => (document.hidden ? clock.pause() : clock.resume()));
  window.addEventListener("pagehide", giveBack);

  root.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!event.target.matches("[data-card]")) return undefined;
    event.preventDefault();
    if (button?.hasAttribute("formaction")) {
      return later(button.getAttribute("formaction"), [[button.name, button.value]]);
    }
    return button?.dataset.choice === undefined ? submit() : pick(button.value);
  });
  root.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "undo") undo();
    if (act === "diff") toggleDiff();
    if (act === "sync") toggleSync();
    if (act === "keys") document.getElementById("keys").showModal();
  });
  root.addEventListener("input", () => current() && keepDraft(current()));

  show(cards()[0]);
  if (!cards().length) advance();
  queue.flush();
})();
