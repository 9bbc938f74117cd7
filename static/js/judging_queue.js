// Answers on their way to the server. An answer is written here before anything else happens and leaves only
// when the server has said that it holds it, so a lost connection, a closed lid or a signed-out session loses none.
"use strict";
(() => {
  const RETRY_AFTER = 4_000;
  const GIVEN_UP = new Set([400, 404, 409, 410, 413, 422]);

  const cookie = (name) =>
    document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

  class AnswerQueue {
    constructor({ name, token, onSaved, onState, onRefused }) {
      this.name = name;
      this.token = token;
      this.onSaved = onSaved;
      this.onState = onState;
      this.onRefused = onRefused;
      this.sending = false;
      this.timer = 0;
      window.addEventListener("online", () => this.flush());
    }

    waiting() {
      try {
        return JSON.parse(localStorage.getItem(this.name) ?? "[]");
      } catch {
        return [];
      }
    }

    keep(entries) {
      localStorage.setItem(this.name, JSON.stringify(entries));
    }

    add(entry) {
      this.keep([...this.waiting(), entry]);
      return this.flush();
    }

    drop(key) {
      this.keep(this.waiting().filter((entry) => entry.key !== key));
    }

    // One at a time and in order: a revision must not overtake the answer it revises.
    async flush() {
      if (this.sending) return;
      this.sending = true;
      clearTimeout(this.timer);
      let state = "saved";
      for (let entry = this.waiting()[0]; entry; entry = this.waiting()[0]) {
        this.onState("sending", this.waiting().length);
        state = await this.send(entry);
        if (state !== "saved") break;
      }
      this.sending = false;
      this.onState(state, this.waiting().length);
      if (state !== "saved") this.timer = setTimeout(() => this.flush(), RETRY_AFTER);
    }

    async send(entry) {
      let response;
      try {
        response = await fetch(entry.url, {
          method: "POST",
          body: new URLSearchParams(entry.fields),
          headers: { "X-CSRFToken": cookie("csrftoken") || this.token, "X-Winnow-Judging": "1", Accept: "text/html" },
          credentials: "same-origin",
        });
      } catch {
        return "offline";
      }
      if (response.ok && response.headers.get("X-Winnow-Answer")) {
        this.drop(entry.key);
        this.onSaved(entry, await response.text(), response.headers.get("X-Winnow-Answer"));
        return "saved";
      }
      if (GIVEN_UP.has(response.status)) {
        this.drop(entry.key);
        this.onRefused(entry, await response.text());
        return "saved";
      }
      return response.redirected || response.status === 401 || response.status === 403 ? "signed-out" : "offline";
    }
  }

  window.WinnowAnswerQueue = AnswerQueue;
})();
