// The judging page: one key, next pair. Both pairs are in the page already; the answer travels behind.
"use strict";
(() => {
  const root = document.querySelector("[data-judge]");
  if (!root) return;

  const AFTERWARDS = new Set(["flagged", "asked"]);
  const CHANGED = "guidelines_changed";
  // Refusals after which there is nothing to send again.
  const SETTLED = new Set(["already_answered", "assignment_not_found", "judgment_not_found", "key_used"]);
  const ARROWS = { ArrowLeft: "left", ArrowRight: "right" };
  const status = root.querySelector("[data-sync]");
  const announce = root.querySelector("[data-announce]");
  const words = JSON.parse(document.getElementById("judging-words").textContent);
  const clock = new window.WinnowActiveClock();
  const store = window.WinnowStore;
  const form = window.WinnowForm;
  const round = new window.WinnowRound(root);
  const say = (text) => { announce.textContent = text; };
  const answeredBefore = (card) => card.hasAttribute("data-answered");
  let pending = "";
  let clicked = null;

  const queue = new window.WinnowAnswerQueue({
    name: root.dataset.queue, token: root.dataset.csrf, who: root.dataset.who, onState, onSaved, onRefused,
  });
  const stage = new window.WinnowStage({
    root,
    idle: () => !queue.mine().length,
    arrived: () => round.end.hidden && advance(),
  });
  const current = () => stage.current();
  const look = new window.WinnowLook({ place: stage.place, current });
  const mend = new window.WinnowMend({
    post: (url, fields) => queue.post(url, fields),
    say: (name) => say(words[name]),
    keep: (card, extra) => send(card, card.dataset.fixUrl, [...form.lease(card), ...extra]),
  });
  const drafts = new window.WinnowDraft({
    url: root.dataset.draftUrl,
    post: (url, fields, signal) => queue.post(url, fields, signal),
    read: (card) => ({ choice: pending, ...form.draft(card) }),
    write(card, draft) {
      choose(card, draft.choice ?? "");
      form.write(card, draft);
    },
  });

  // ---- what is shown -------------------------------------------------------------------------------------

  function show(card) {
    stage.see(card);
    if (!card) return;
    choose(card, card.dataset.chosen ?? "");
    if (!answeredBefore(card)) drafts.begin(card);
    clock.restart();
    card.focus({ preventScroll: true });
    window.scrollTo(0, 0);
    window.WinnowPanels.meet(card);
  }

  function advance() {
    if (round.over) {
      stage.clear();
      return round.finish();
    }
    const [next] = stage.behind();
    return next ? show(next) : stage.rest();
  }

  function count(by) {
    round.count(by);
    root.querySelector("[data-act=undo]").disabled = !stage.past.length;
  }

  // ---- one answer ----------------------------------------------------------------------------------------

  function choose(card, choice) {
    pending = choice;
    form.press(card, choice);
  }

  function pick(choice) {
    const card = current();
    if (!card) return undefined;
    if (card.hasAttribute("data-covered")) return say(words.covered);
    if (card.hasAttribute("data-which")) return fixSide(card, choice.startsWith("right") ? "right" : "left");
    choose(card, choice);
    drafts.keep(card);
    return form.missing(card) ? say(words[`needs_${form.missing(card)}`]) : submit();
  }

  function fieldsOf(card) {
    const active = String(clock.milliseconds() + Number(card.dataset.active || 0));
    const have = (round.last ? [card] : stage.cards()).map((other) => other.dataset.assignment).join(" ");
    return [...form.fields(card), ["choice", pending], ["active_ms", active], ["have", have]];
  }

  function send(card, url, fields) {
    const key = crypto.randomUUID();
    queue.add({ key, url, fields: [...fields, ["key", key]], assignment: card.dataset.assignment });
  }

  function submit() {
    const card = current();
    if (card?.hasAttribute("data-covered")) return uncover();
    if (!card || !pending) return card && say(words.choose_first);
    const lacking = form.missing(card);
    if (lacking) {
      card.querySelector(`[name=${lacking}]`).focus();
      return say(words[`needs_${lacking}`]);
    }
    const url = answeredBefore(card) ? card.dataset.revise : card.getAttribute("action");
    const fields = fieldsOf(card);
    card.dataset.chosen = pending;
    card.dataset.active = "0";
    pending = "";
    stage.leave(card);
    count(1);
    drafts.end(card);
    send(card, url, fields);
    say(store.durable ? words.saved : words.saved_in_memory);
    return advance();
  }

  function undo() {
    const card = stage.comeBack();
    if (!card) return say(words.nothing_to_undo);
    count(-1);
    show(card);
    return say(words.undone);
  }

  function later(url, extra = []) {
    const card = current();
    if (!card || answeredBefore(card)) return;
    const fields = [...fieldsOf(card), ...extra];
    card.remove();
    drafts.end(card);
    send(card, url, fields);
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
    if (card && !answeredBefore(card)) window.WinnowPanels.ask((text) => later(root.dataset.askUrl, [["question", text]]));
  }

  function section() {
    const card = current();
    if (card) window.WinnowPanels.chooseSection(card, () => drafts.keep(card));
  }

  // ---- fixing the better answer --------------------------------------------------------------------------

  // The one chosen, else the one under focus or pointer, else the person says which.
  function edit() {
    const card = current();
    if (!card || card.hasAttribute("data-covered") || answeredBefore(card)) return undefined;
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

  // ---- what the server says ------------------------------------------------------------------------------

  const signIn = () => window.WinnowSignIn.open(() => queue.flush());

  function onState(state, waiting) {
    status.dataset.state = waiting ? state : "saved";
    status.textContent = waiting ? words[state].replace("%n", String(waiting)) : words.all_saved;
    const out = Boolean(waiting) && state === "signed-out";
    const button = root.querySelector("[data-sign-in]");
    if (out && button.hidden && !window.WinnowKeys.writing(document.activeElement)) signIn();
    if (!out && state === "saved") window.WinnowSignIn.close();
    button.hidden = !out;
  }

  function onSaved(entry, html, how) {
    if (how === "uncounted") say(words.uncounted);
    if (AFTERWARDS.has(how)) say(words[how]);
    if (how !== "fixed") stage.take(html);
  }

  function onRefused(entry, html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const told = page.querySelector("[data-refused]") ?? page.querySelector("h1");
    const code = told?.dataset.refused ?? "";
    const why = told?.textContent.trim() || words.refused;
    if (form.isAnswer(entry) && !SETTLED.has(code)) return queue.succeed(entry, form.inPlaceOf) || bringBack(entry, code, why);
    tell([why, ...quoted(entry)].join(" "));
    if (!current()) return stage.hunt();
    return code === CHANGED && window.WinnowPanels.readAgain(current());
  }

  const quoted = (entry) => form.wordsOf(entry).map((text) => `“${text}”`);

  function tell(text) {
    const list = root.querySelector("[data-refusals]");
    const line = document.createElement("p");
    line.textContent = text;
    list.append(line);
    list.hidden = false;
  }

  // The answer waits on its own card, and in the draft for a page that no longer has it; what somebody is writing there now
  // stays. Only guidelines that have changed take the place of what is being read: they hold for it too.
  function bringBack(entry, code, why) {
    const left = stage.comeBack(entry.assignment);
    const card = left ?? stage.find(entry.assignment);
    const begun = card && card === current() && (answeredBefore(card) || drafts.begun(card));
    if (!begun || !drafts.begun(card)) drafts.put(entry.assignment, form.draftOf(entry));
    if (code !== CHANGED) tell([why, ...(card && !begun ? [words.comes_back] : quoted(entry))].join(" "));
    if (!card) return current() || stage.hunt();
    card.toggleAttribute("data-answered", entry.url === card.dataset.revise);
    card.dataset.active = new URLSearchParams(entry.fields).get("active_ms") ?? "0";
    if (left) count(-1);
    if (begun) goOn(card);
    else if (code === CHANGED || [undefined, card].includes(current())) show(card);
    else return undefined;
    if (code !== CHANGED) return say(why);
    say(words.guidelines_changed);
    return window.WinnowPanels.readAgain(card);
  }

  // What was being changed has become an answer of its own, with a draft.
  function goOn(card) {
    if (answeredBefore(card)) return;
    if (!drafts.begun(card)) drafts.keep(card);
    drafts.begin(card);
  }

  // ---- keys and clicks -----------------------------------------------------------------------------------

  const ACTS = {
    undo, edit, ask, section, uncover,
    sync: () => look.sync(),
    diff: () => look.diff(),
    evidence: () => look.toggle("[data-evidence]"),
    skip: () => look.toggle("[data-skip]"),
    flag: () => look.toggle("[data-flag]"),
    rationale: () => current()?.querySelector("[name=rationale]").focus(),
    guidelines: () => current() && window.WinnowPanels.toggleGuidelines(current()),
    keys: () => document.getElementById("keys").showModal(),
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
      return event.repeat ? undefined : perform(act);
    }
    if (event.altKey || event.metaKey || event.ctrlKey) return undefined;
    if (window.WinnowKeys.writing(target)) return event.key === "Escape" ? target.blur() : undefined;
    if (event.repeat) return undefined;
    if (event.key === "Escape") {
      current()?.removeAttribute("data-which");
      return look.closeMenus() || mend.close(current());
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

  root.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!event.target.matches("[data-card]")) return undefined;
    event.preventDefault();
    if (button?.hasAttribute("formaction")) {
      return later(button.getAttribute("formaction"), [[button.name, button.value]]);
    }
    return button?.dataset.choice === undefined ? submit() : pick(button.value);
  });
  // The second click of a double click was meant for the pair that has just left.
  root.addEventListener("click", (event) => {
    const card = event.target.closest("[data-card]");
    if (event.detail > 1 && card && card !== clicked) {
      event.preventDefault();
      return event.stopPropagation();
    }
    clicked = card;
    return undefined;
  }, true);
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-sign-in]")) return signIn();
    const button = event.target.closest("[data-act]");
    const act = button?.dataset.act;
    if (button?.matches("a")) event.preventDefault();
    return act && Object.hasOwn(ACTS, act) ? ACTS[act]() : undefined;
  });
  root.addEventListener("input", (event) => event.target.closest("[data-card]") && drafts.keep(current()));
  window.addEventListener("beforeunload", (event) => store.inMemory && queue.waiting().length && event.preventDefault());

  show(stage.cards()[0]);
  if (!stage.cards().length) advance();
  queue.flush();
})();
