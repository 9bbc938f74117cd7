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
  const name = `winnow.repair.${form.elements.namedItem("assignment").value}`;
  const clock = new window.WinnowActiveClock();
  let timer = 0;

  const changed = () => text.value.trim() !== text.dataset.original.trim();

  async function showChanges() {
    changes.hidden = !changed();
    fix.disabled = !changed();
    if (!changed()) return;
    const body = new URLSearchParams([...new FormData(form).entries()]);
    const response = await fetch(form.dataset.diffUrl, { method: "POST", body, credentials: "same-origin" });
    if (!response.ok) return;
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    target.replaceChildren(...parsed.body.childNodes);
    changes.open = true;
  }

  text.addEventListener("input", () => {
    fix.disabled = !changed();
    localStorage.setItem(name, text.value);
    clearTimeout(timer);
    timer = setTimeout(showChanges, 350);
  });
  for (const sign of ["keydown", "pointermove"]) {
    document.addEventListener(sign, () => clock.sign(), { passive: true });
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clock.pause() : clock.resume()));
  form.addEventListener("submit", () => {
    form.elements.namedItem("active_ms").value = String(clock.milliseconds());
    localStorage.setItem(SENT, name);
  });

  const skip = form.querySelector("[data-skip]");
  skip?.addEventListener("toggle", () => skip.open && skip.querySelector(".aside-menu__list button").focus());
  skip?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !skip.open) return;
    skip.open = false;
    skip.querySelector("summary").focus();
  });

  // The next item is only shown once the one before was stored: a lost connection leaves its draft where it was.
  const sent = localStorage.getItem(SENT);
  if (sent && sent !== name) {
    localStorage.removeItem(sent);
    localStorage.removeItem(SENT);
  }
  const kept = localStorage.getItem(name);
  if (kept !== null) text.value = kept;
  showChanges();
})();
