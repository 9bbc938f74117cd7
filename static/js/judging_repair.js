// The repair page: shows what an edit changes, keeps a draft here until the server holds it, and counts active time.
"use strict";
(() => {
  const SENT = "winnow.repair.sent";
  const form = document.querySelector("[data-repair]");
  if (!form) return;
  const text = form.elements.namedItem("text");
  const changes = form.querySelector("[data-changes]");
  const target = form.querySelector("[data-diff-target]");
  const fix = form.querySelector("button[value=fix]");
  const original = form.querySelector("[data-act=original]");
  const store = window.WinnowStore;
  const queue = new window.WinnowAnswerQueue({ name: "winnow.none", token: form.dataset.csrf, who: form.dataset.who });
  const clock = new window.WinnowActiveClock();
  let timer = 0;

  const changed = () => text.value.trim() !== text.dataset.original.trim();

  async function showChanges() {
    changes.hidden = original.hidden = fix.disabled = !changed();
    if (!changed()) return;
    const body = new URLSearchParams([...new FormData(form).entries()]);
    const response = await fetch(form.dataset.diffUrl, { method: "POST", body, credentials: "same-origin" });
    if (!response.ok) return;
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    target.replaceChildren(...parsed.body.childNodes);
    changes.open = true;
  }

  const drafts = new window.WinnowDraft({
    url: form.dataset.draftUrl,
    post: (url, fields, signal) => queue.post(url, fields, signal),
    read: () => {
      const fields = new FormData(form);
      const said = Object.fromEntries(["text", "rationale", "act", "section"].map((one) => [one, fields.get(one) ?? ""]));
      return { ...said, tags: fields.getAll("tags") };
    },
    write(card, draft) {
      text.value = draft.text ?? text.value;
      form.elements.namedItem("rationale").value = draft.rationale ?? "";
      for (const box of form.querySelectorAll("[name=tags]")) box.checked = (draft.tags ?? []).includes(box.value);
      for (const box of form.querySelectorAll("[name=act]")) box.checked = box.value === draft.act;
      const cited = form.elements.namedItem("section");
      if (!cited || !draft.section) return;
      cited.value = draft.section;
      form.querySelector("[data-cited]").textContent = `§ ${draft.section}`;
    },
  });

  form.addEventListener("input", () => drafts.keep(form));
  text.addEventListener("input", () => {
    original.hidden = fix.disabled = !changed();
    clearTimeout(timer);
    timer = setTimeout(showChanges, 350);
  });
  for (const sign of ["keydown", "pointermove"]) {
    document.addEventListener(sign, () => clock.sign(), { passive: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clock.pause() : clock.resume()));
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-covered") && !event.submitter?.hasAttribute("formaction")) return event.preventDefault();
    form.elements.namedItem("active_ms").value = String(clock.milliseconds());
    store.set(SENT, drafts.name(form));
    return undefined;
  });

  // Looking is a decision of its own: a key that decides about the answer does not uncover it.
  document.addEventListener("keydown", (event) => {
    const elsewhere = event.defaultPrevented || document.querySelector("dialog[open]") || event.target.closest("a, button, summary");
    if (event.key !== "Enter" || elsewhere || !form.hasAttribute("data-covered")) return;
    event.preventDefault();
    uncover();
  });

  function uncover() {
    form.removeAttribute("data-covered");
    form.querySelector("[data-cover]")?.remove();
    clock.restart();
  }

  // As if it were typed: the browser's own undo brings the edit back.
  function goBack() {
    text.focus();
    text.select();
    document.execCommand("insertText", false, text.dataset.original);
  }

  async function ask(question) {
    const lease = ["assignment", "lease_token"].map((one) => [one, form.elements.namedItem(one).value]);
    const response = await queue.post(form.dataset.askUrl, [...lease, ["question", question], ["key", crypto.randomUUID()]]).catch(() => null);
    if (!response?.headers.get("X-Winnow-Answer")) return window.WinnowPanels.ask(ask, question);
    drafts.end(form);
    return location.assign(location.pathname + location.search);
  }

  form.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "ask") window.WinnowPanels.ask(ask);
    if (act === "uncover") {
      event.preventDefault();
      uncover();
    }
    if (act === "original") goBack();
  });

  // The lists beside the decision: the first entry has the focus, Esc gives it back.
  for (const menu of form.querySelectorAll(".aside-menu")) {
    menu.addEventListener("toggle", () => menu.open && menu.querySelector(".aside-menu__list button").focus());
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }

  // The next item is only shown once the one before was stored: a lost connection leaves its draft where it was.
  const sent = store.get(SENT);
  if (sent && sent !== drafts.name(form)) {
    store.remove(sent);
    store.remove(SENT);
  }
  if (!form.hasAttribute("data-revising")) drafts.begin(form);
  showChanges();
})();
