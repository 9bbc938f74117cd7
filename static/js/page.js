// Small things every page has: copy buttons, times that stay fresh, the theme without a reload, errors of background
// requests. Everything works without this file too; it only saves a step.

const words = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "auto" });
const UNITS = [["second", 60], ["minute", 60], ["hour", 24], ["day", 30]];

function relative(then) {
  let amount = (then - Date.now()) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(amount) < size) return words.format(Math.trunc(amount), unit);
    amount /= size;
  }
  return null;
}

function refresh() {
  for (const element of document.querySelectorAll("time[data-moment]")) {
    const text = relative(Date.parse(element.dateTime));
    if (text && text !== element.textContent) element.textContent = text;
  }
}
setInterval(refresh, 30_000);

// A row of links that is wider than the window shows the one that is open.
for (const chosen of document.querySelectorAll("nav [aria-current]")) {
  const row = chosen.closest("nav");
  if (row.scrollWidth <= row.clientWidth) continue;
  row.scrollLeft += chosen.getBoundingClientRect().left - row.getBoundingClientRect().left - row.clientWidth / 2 + chosen.offsetWidth / 2;
}

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    event.preventDefault();
    await navigator.clipboard.writeText(copy.dataset.copy);
    copy.classList.add("is-done");
    setTimeout(() => copy.classList.remove("is-done"), 1200);
    return;
  }
  const close = event.target.closest("[data-close-toast]");
  if (close) close.closest(".toast").remove();
});

function toast(message, detail) {
  const place = document.getElementById("toasts");
  const box = document.createElement("div");
  box.className = "toast";
  const text = document.createElement("div");
  text.textContent = detail ? `${message} ${detail}` : message;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  button.dataset.closeToast = "";
  button.textContent = place.dataset.close;
  box.append(text, button);
  place.replaceChildren(box);
}

// Other modules ask for a toast with this event, so that no module needs to know another's file name.
document.addEventListener("winnow:toast", (event) => toast(event.detail.message, event.detail.detail));

// A failed poll says so once; the same words again would only make noise.
let lastFailure = "";
document.body.addEventListener("htmx:responseError", (event) => {
  const answer = event.detail.xhr;
  const quote = answer.getResponseHeader("X-Request-Id") || "";
  const place = document.getElementById("toasts");
  if (lastFailure === answer.status + answer.responseURL) return;
  lastFailure = answer.status + answer.responseURL;
  toast(place.dataset.failed, `(${answer.status} ${quote.slice(0, 12)})`);
});
document.body.addEventListener("htmx:sendError", () => {
  if (lastFailure === "network") return;
  lastFailure = "network";
  toast(document.getElementById("toasts").dataset.lost);
});
document.body.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) lastFailure = "";
  refresh();
});

// A page nobody looks at does not poll.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const trigger = event.detail.elt.getAttribute("hx-trigger") || "";
  if (document.hidden && trigger.startsWith("every")) event.preventDefault();
});

const summary = document.querySelector("[data-focus]");
if (summary) summary.focus();
