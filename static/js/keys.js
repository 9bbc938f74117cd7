// Keyboard: j/k/Enter in lists, g then a letter to go somewhere, ? for the keys of this page, Ctrl+Enter to send a form.
// A page adds its own keys with data-key="x" on any link or button; it is pressed as if it had been clicked.

let prefix = "";

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]");
}

const within = ":scope > details > summary, a[href], button";

function rows() {
  const all = document.querySelectorAll("[data-rows] > tbody > tr, [data-rows] > li");
  return [...all].filter((row) => row.querySelector(within));
}

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, now < 0 ? 0 : now + step))];
  next.querySelector(within).focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(keys) {
  const element = document.querySelector(`[data-key="${CSS.escape(keys)}"]`);
  if (!element || element.disabled) return false;
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) element.focus();
  else element.click();
  return true;
}

function handle(event) {
  const panel = document.getElementById("keys");
  if (event.key === "?") { panel.open ? panel.close() : panel.showModal(); return true; }
  if (panel.open) return false;
  if (prefix) { const keys = `${prefix} ${event.key}`; prefix = ""; return press(keys); }
  if (event.key === "g") { prefix = "g"; setTimeout(() => { prefix = ""; }, 1500); return true; }
  if (event.key === "j" && move(1)) return true;
  if (event.key === "k" && move(-1)) return true;
  return !event.repeat && press(event.key); // a key still held from the page before presses nothing here
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    event.target.form.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  const own = document.querySelector("[data-own-keys]");
  if (own && (event.key !== "?" || own.dataset.ownKeys)) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (handle(event)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-keys]")) document.getElementById("keys").showModal();
});
