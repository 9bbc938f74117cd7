// What opens beside the work: guidelines, sections of the policy, a question to a lead.
"use strict";
(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const find = (name) => document.querySelector(`[data-${name}]`);
  const read = new Set([desk.dataset.read].filter(Boolean));
  const token = () => desk.dataset.csrf;

  for (const dialog of document.querySelectorAll("dialog.drawer, dialog.sheet")) {
    dialog.addEventListener("click", (event) => event.target.closest("[data-close-dialog]") && dialog.close());
  }

  // ---- guidelines ----------------------------------------------------------------------------------------

  const panel = find("guidelines-panel");
  const body = find("guidelines-body");
  const acknowledge = find("guidelines-ack");

  let filled = "";

  async function fill(card) {
    filled = card.dataset.campaign;
    const url = `${desk.dataset.guidelinesUrl}?${new URLSearchParams({ campaign: card.dataset.campaign })}`;
    const response = await fetch(url, { credentials: "same-origin" });
    if (!response.ok || response.redirected) return null;
    const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
    body.replaceChildren(...parsed.body.childNodes);
    body.scrollTop = 0;
    return body.querySelector("[data-guidelines-version]");
  }

  function open(asked) {
    acknowledge.hidden = !asked;
    if (!panel.open) panel.showModal();
    (asked ? find("guidelines-read") : body).focus();
  }

  async function toggleGuidelines(card) {
    if (panel.open) return panel.close();
    const version = await fill(card);
    return open(version?.hasAttribute("data-asked"));
  }

  // A version this person has not read yet is looked up once; it opens by itself only where reading is asked.
  async function meet(card) {
    const id = card.dataset.guidelines;
    if (!id || read.has(id)) return;
    const version = await fill(card).catch(() => null);
    if (!version) return;
    if (version.hasAttribute("data-asked")) open(true);
    else read.add(id);
  }

  find("guidelines-read").addEventListener("click", async () => {
    const version = body.querySelector("[data-guidelines-version]").dataset.guidelinesVersion;
    const fields = new URLSearchParams({ version, csrfmiddlewaretoken: token() });
    const kept = await fetch(desk.dataset.guidelinesUrl, { method: "POST", body: fields, credentials: "same-origin" }).catch(() => null);
    if (kept?.ok) judgedUnder(version);
    panel.close();
  });

  // What is on the screen is judged under the version read last; the next answer says so.
  function judgedUnder(version) {
    read.add(version);
    for (const card of document.querySelectorAll("[data-card]")) {
      if (card.dataset.campaign !== filled) continue;
      card.dataset.guidelines = version;
      card.querySelector("[name=guidelines]").value = version;
    }
  }

  async function readAgain(card) {
    if (panel.open) return;
    const version = await fill(card).catch(() => null);
    if (version) open(version.hasAttribute("data-asked"));
  }

  // ---- sections of the policy ----------------------------------------------------------------------------

  const sections = find("section-panel");
  const list = find("section-list");
  const search = find("section-search");
  let shown = "";
  let choosing = null;

  const choices = () => [...list.querySelectorAll("[data-section]")].filter((one) => !one.parentElement.hidden);

  function narrow() {
    const wanted = search.value.trim().toLocaleLowerCase();
    const number = /^[\d.]+$/.test(wanted);
    for (const one of list.querySelectorAll("[data-section]")) {
      one.parentElement.hidden = number
        ? !one.dataset.section.startsWith(wanted)
        : !one.textContent.toLocaleLowerCase().includes(wanted);
    }
  }

  async function chooseSection(card, done) {
    const version = card.dataset.policy;
    if (!version) return;
    if (shown !== version) {
      const response = await fetch(`${desk.dataset.policyUrl}?version=${version}`, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
      list.replaceChildren(...parsed.body.childNodes);
      shown = version;
    }
    choosing = (number) => {
      card.querySelector("[name=section]").value = number;
      const label = card.querySelector("[data-cited]");
      label.dataset.none ??= label.textContent;
      label.textContent = number ? `§ ${number}` : label.dataset.none;
      done();
    };
    search.value = "";
    narrow();
    sections.showModal();
    search.focus();
  }

  search.addEventListener("input", narrow);
  sections.addEventListener("keydown", (event) => {
    const all = choices();
    const at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      (next < 0 ? search : all[Math.min(next, all.length - 1)])?.focus();
    } else if (event.key === "Enter" && event.target === search) {
      event.preventDefault();
      all[0]?.click();
    }
  });
  sections.addEventListener("click", (event) => {
    const number = event.target.closest("[data-section]")?.dataset.section;
    if (number === undefined) return;
    sections.close();
    choosing?.(number);
  });

  // ---- a question to a lead ------------------------------------------------------------------------------

  const asking = find("ask-panel");
  const words = find("ask-text");
  let sendQuestion = null;

  function ask(send, kept = "") {
    sendQuestion = send;
    words.value = kept || words.value;
    asking.showModal();
    words.focus();
  }

  function send() {
    if (!words.value.trim()) return words.focus();
    const text = words.value;
    words.value = "";
    asking.close();
    return sendQuestion?.(text);
  }

  find("ask-send").addEventListener("click", send);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    send();
  });

  window.WinnowPanels = { toggleGuidelines, meet, readAgain, chooseSection, ask };

  // A page with one form (repair, change) opens them for that form.
  const only = document.querySelector("[data-press-keys] [data-card], [data-card][data-press-keys]");
  if (!only) return;
  meet(only);
  document.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "guidelines") toggleGuidelines(only);
    if (act === "section") chooseSection(only, () => only.dispatchEvent(new Event("input", { bubbles: true })));
  });
})();
