// The judging page: one key, next pair. Both pairs are in the page already; the answer travels behind.
"use strict";
(() => {
  const root = document.querySelector("[data-judge]");
  if (!root) return;

  const PAST = 10;
  const HUNT_AFTER = 3_000;
  const stage = root.querySelector("[data-stage]");
  const status = root.querySelector("[data-sync]");
  const announce = root.querySelector("[data-announce]");
  const progress = root.querySelector("[data-progress]");
  const words = JSON.parse(document.getElementById("judging-words").textContent);
  const round = Number(root.dataset.round) || 0;
  const clock = new window.WinnowActiveClock();
  const store = window.WinnowStore;
  const past = [];
  const started = Date.now();
  let done = 0;
  let pending = "";
  let revising = null;
  let hunt = 0;

  const cards = () => [...stage.querySelectorAll("[data-card]")];
  const current = () => cards().find((card) => !card.hidden);
  const say = (text) => { announce.textContent = text; };

  // ---- what is shown -------------------------------------------------------------------------------------

  function show(card) {
    for (const other of cards()) other.hidden = other !== card;
    stage.removeAttribute("aria-busy");
    root.querySelector("[data-waiting]").hidden = true;
    clearTimeout(hunt);
    if (!card) return;
    choose(card, card.dataset.chosen ?? "");
    if (revising !== card) drafts.begin(card);
    clock.restart();
    card.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    window.WinnowPanels.meet(card);
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
      clearTimeout(hunt);
      hunt = setTimeout(fetchNext, HUNT_AFTER);
    }
    return undefined;
  }

  // The answer that would have brought the next pair was sent by another tab, or was refused.
  async function fetchNext() {
    if (current()) return;
    hunt = setTimeout(fetchNext, HUNT_AFTER);
    if (queue.mine().length) return;
    const campaign = new URLSearchParams(location.search).get("campaign") ?? "";
    const url = `${root.dataset.followingUrl}?${new URLSearchParams({ have: past.map((card) => card.dataset.assignment).join(" "), campaign })}`;
    const response = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    if (response?.ok && response.headers.get("X-Winnow-Answer")) take(await response.text());
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
    if (!card) return undefined;
    if (card.hasAttribute("data-covered")) return say(words.covered);
    if (card.hasAttribute("data-which")) return fixSide(card, choice.startsWith("right") ? "right" : "left");
    choose(card, choice);
    drafts.keep(card);
    return missing(card) ? say(words[`needs_${missing(card)}`]) : submit();
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
    if (card?.hasAttribute("data-covered")) return uncover();
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
    drafts.end(card);
    queue.add(entry);
    say(store.durable ? words.saved : words.saved_in_memory);
    advance();
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
    drafts.end(card);
    queue.add({ key, url, fields, assignment: card.dataset.assignment });
    advance();
  }

  function uncover() {
    const card = current();
    card.removeAttribute("data-covered");
    card.querySelector("[data-cover]")?.remove();
    window.WinnowMarks.draw();
    card.focus({ preventScroll: true });
    clock.restart();
  }

  function ask() {
    const card = current();
    if (card && revising !== card) window.WinnowPanels.ask((text) => later(root.dataset.askUrl, [["question", text]]));
  }

  function section() {
    const card = current();
    if (card) window.WinnowPanels.chooseSection(card, () => drafts.keep(card));
  }

  // ---- fixing the better answer --------------------------------------------------------------------------

  // The one chosen, else the one under focus or pointer, else the person says which.
  function edit() {
    const card = current();
    if (!card || card.hasAttribute("data-covered") || revising === card) return undefined;
    const chosen = /^(left|right)/.exec(pending)?.[1];
    const near = document.activeElement?.closest?.("[data-side]") ?? card.querySelector("[data-side]:hover");
    const side = chosen ?? near?.dataset.side;
    if (side) return fixSide(card, side);
    card.setAttribute("data-which", "");
    return say(words.fix_which);
  }

  function fixSide(card, side) {
    card.removeAttribute("data-which");
    return mend.open(card, side);
  }

  // ---- the server ----------------------------------------------------------------------------------------

  const queue = new window.WinnowAnswerQueue({
    name: root.dataset.queue,
    token: root.dataset.csrf,
    who: root.dataset.who,
    onState(state, waiting) {
      status.dataset.state = waiting ? state : "saved";
      status.textContent = waiting ? words[state].replace("%n", String(waiting)) : words.all_saved;
      const out = Boolean(waiting) && state === "signed-out";
      const button = root.querySelector("[data-sign-in]");
      if (out && button.hidden && !window.WinnowKeys.writing(document.activeElement)) signIn();
      if (!out && state === "saved") window.WinnowSignIn.close();
      button.hidden = !out;
    },
    onSaved(entry, html, how) {
      if (how === "uncounted") say(words.uncounted);
      if (Object.hasOwn(AFTERWARDS, how)) say(words[how]);
      if (how !== "fixed") take(html);
    },
    onRefused(entry, html) {
      const page = new DOMParser().parseFromString(html, "text/html");
      const told = page.querySelector("[data-refused]") ?? page.querySelector("h1");
      if (told?.dataset.refused === "guidelines_changed") return bringBack(entry);
      const text = told?.textContent;
      const list = root.querySelector("[data-refusals]");
      const line = document.createElement("p");
      const written = entry.fields.filter(([name, value]) => ["rationale", "text", "question"].includes(name) && value);
      line.textContent = [text?.trim() || words.refused, ...written.map(([, value]) => `“${value}”`)].join(" ");
      list.append(line);
      list.hidden = false;
      return current() || fetchNext();
    },
  });

  // The answer waits on its own card, and in the draft for a page that no longer has it.
  function bringBack(entry) {
    const said = new URLSearchParams(entry.fields);
    const draft = Object.fromEntries(["choice", "rationale", "spans", "section"].map((name) => [name, said.get(name) ?? ""]));
    store.set(`winnow.draft.${entry.assignment}`, JSON.stringify({ ...draft, tags: said.getAll("tags"), at: String(Date.now()) }));
    const at = past.findIndex((card) => card.dataset.assignment === entry.assignment);
    if (at < 0) return current() || fetchNext();
    const [card] = past.splice(at, 1);
    for (const end of root.querySelectorAll("[data-end], [data-round-end]")) end.hidden = true;
    stage.prepend(card);
    count(-1);
    if (entry.url === card.dataset.revise) revising = card;
    show(card);
    say(words.guidelines_changed);
    return window.WinnowPanels.readAgain(card);
  }

  const AFTERWARDS = { flagged: true, asked: true };
  const signIn = () => window.WinnowSignIn.open(() => queue.flush());
  const mend = new window.WinnowMend({
    post: (url, fields) => queue.post(url, fields),
    say: (name) => say(words[name]),
    keep(card, extra) {
      const key = crypto.randomUUID();
      const lease = ["assignment", "lease_token"].map((name) => [name, card.querySelector(`[name=${name}]`).value]);
      queue.add({ key, url: card.dataset.fixUrl, fields: [...lease, ...extra, ["key", key]], assignment: card.dataset.assignment });
    },
  });
  const drafts = new window.WinnowDraft({
    url: root.dataset.draftUrl,
    post: (url, fields) => queue.post(url, fields),
    read: (card) => ({
      choice: pending,
      tags: [...card.querySelectorAll("input[name=tags]:checked")].map((box) => box.value),
      rationale: card.querySelector("[name=rationale]").value,
      spans: card.querySelector("[name=spans]").value,
      section: card.querySelector("[name=section]")?.value ?? "",
    }),
    write(card, draft) {
      choose(card, draft.choice ?? "");
      card.querySelector("[name=rationale]").value = draft.rationale ?? "";
      card.querySelector("[name=spans]").value = draft.spans || "[]";
      for (const box of card.querySelectorAll("input[name=tags]")) box.checked = (draft.tags ?? []).includes(box.value);
      const cited = card.querySelector("[name=section]");
      if (!cited || !draft.section) return;
      cited.value = draft.section;
      card.querySelector("[data-cited]").textContent = `§ ${draft.section}`;
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

  const ARROWS = { ArrowLeft: "left", ArrowRight: "right" };
  const ACTS = {
    undo, edit, ask, section,
    sync: toggleSync,
    diff: toggleDiff,
    evidence: () => toggle("[data-evidence]"),
    rationale: () => current()?.querySelector("[name=rationale]").focus(),
    skip: () => toggle("[data-skip]"),
    flag: () => toggle("[data-flag]"),
    guidelines: () => current() && window.WinnowPanels.toggleGuidelines(current()),
    keys: () => document.getElementById("keys").showModal(),
    uncover,
  };

  function tick(act) {
    const box = current()?.querySelector(`input[name=tags][data-press="${CSS.escape(act)}"]`);
    if (!box) return;
    box.checked = !box.checked;
    drafts.keep(current());
  }

  function perform(act) {
    if (act.startsWith("tag:")) return tick(act);
    return Object.hasOwn(ACTS, act) ? ACTS[act]() : pick(act);
  }

  function onKey(event) {
    clock.sign();
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return undefined;
    const act = window.WinnowKeys.actOf(event);
    if (act) {
      event.preventDefault();
      return perform(act);
    }
    if (event.altKey || event.metaKey || event.ctrlKey) return undefined;
    if (window.WinnowKeys.writing(target)) return event.key === "Escape" ? target.blur() : undefined;
    if (event.key === "Escape") {
      current()?.removeAttribute("data-which");
      return closeMenus() || mend.close(current());
    }
    if (Object.hasOwn(ARROWS, event.key)) {
      event.preventDefault();
      return pick(event.shiftKey ? `${ARROWS[event.key]}_clear` : ARROWS[event.key]);
    }
    if (event.key !== "Enter" || target.closest("button, a, summary")) return undefined;
    event.preventDefault();
    return submit();
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
    if (event.target.closest("[data-sign-in]")) return signIn();
    const act = event.target.closest("[data-act]")?.dataset.act;
    return act && Object.hasOwn(ACTS, act) ? ACTS[act]() : undefined;
  });
  root.addEventListener("input", (event) => event.target.closest("[data-card]") && drafts.keep(current()));
  window.addEventListener("beforeunload", (event) => store.inMemory && queue.waiting().length && event.preventDefault());

  show(cards()[0]);
  if (!cards().length) advance();
  queue.flush();
})();
