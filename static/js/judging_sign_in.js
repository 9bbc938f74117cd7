// Signing in again without leaving the page: the same form as the door, sent from a small panel.
"use strict";
(() => {
  const panel = document.querySelector("[data-sign-in-panel]");
  if (!panel) return;
  const form = panel.querySelector("[data-sign-in-form]");
  const error = panel.querySelector("[data-sign-in-error]");
  const password = form.elements.namedItem("password");
  let after = () => {};

  const parsed = async (response) => new DOMParser().parseFromString(await response.text(), "text/html");

  function complain(text) {
    error.textContent = text;
    error.hidden = false;
    password.value = "";
    password.focus();
  }

  // The page's own forms get the token that goes with the new sign-in.
  async function renewTokens() {
    const page = await parsed(await fetch(location.href, { credentials: "same-origin" }));
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    const desk = document.querySelector("[data-desk]");
    if (desk) desk.dataset.csrf = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    try {
      const door = await parsed(await fetch(form.action, { credentials: "same-origin" }));
      const fields = [...new FormData(form).entries(), ["next", "/healthz"]];
      const token = door.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
      const body = new URLSearchParams([...fields, ["csrfmiddlewaretoken", token]]);
      const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      if (!response.redirected) {
        const page = await parsed(response);
        return complain((page.querySelector(".error-summary, h1")?.textContent ?? "").trim() || panel.dataset.failed);
      }
      password.value = "";
      panel.close();
      await renewTokens();
      return after();
    } catch {
      return complain(panel.dataset.offline);
    }
  });

  window.WinnowSignIn = {
    open(then) {
      after = then;
      if (!panel.open) panel.showModal();
      password.focus();
    },
    // Somebody has signed in in another tab.
    close() {
      if (panel.open) panel.close();
    },
  };
})();
