// Answers on their way to the server. An answer is written here before anything else happens and leaves only
// when the server has said that it holds it, so a lost connection, a closed lid or an ended sign-in loses none.
// Each answer has a place of its own in the store: two tabs never write over each other's.
"use strict";
(() => {
  const RETRY_AFTER = 4_000;
  const ORPHANED_AFTER = 20_000;
  const GIVEN_UP = new Set([400, 404, 409, 410, 413, 422]);
  const store = window.WinnowStore;

  const cookie = (name) =>
    document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

  class AnswerQueue {
    constructor({ name, token, who, onSaved, onState, onRefused }) {
      Object.assign(this, { name, token, who, onSaved, onState, onRefused });
      this.tab = crypto.randomUUID();
      this.count = 0;
      this.sending = false;
      this.timer = 0;
      this.failures = 0;
      this.takeOver();
      window.addEventListener("online", () => this.flush());
    }

    // Earlier versions kept all answers in one list.
    takeOver() {
      const list = store.get(this.name);
      if (list === null) return;
      for (const entry of JSON.parse(list)) this.write({ tab: "", ...entry });
      store.remove(this.name);
    }

    write(entry) {
      this.count += 1;
      const at = Date.now();
      store.set(`${this.name}.${at}.${String(this.count).padStart(6, "0")}.${entry.key}`, JSON.stringify({ ...entry, at }));
    }

    waiting() {
      return store.keys(`${this.name}.`).flatMap((place) => {
        try {
          return [{ place, ...JSON.parse(store.get(place)) }];
        } catch {
          return [];
        }
      });
    }

    // One's own answers, and those a closed tab has left.
    mine() {
      return this.waiting().filter((entry) => entry.tab === this.tab || Math.abs(Date.now() - entry.at) > ORPHANED_AFTER);
    }

    add(entry) {
      this.write({ ...entry, tab: this.tab });
      return this.flush();
    }

    // Whether something that waits takes the place of a refused answer; `inPlaceOf(entry, next)` says what is sent then.
    succeed(entry, inPlaceOf) {
      const next = this.waiting().find((one) => one.assignment === entry.assignment);
      const sent = next && inPlaceOf(entry, next);
      if (!sent) return false;
      const { place, ...kept } = sent;
      store.set(place, JSON.stringify(kept));
      return true;
    }

    // In order for one assignment: a revision must not overtake the answer it revises. What the server cannot take
    // now holds up its own assignment only.
    async flush() {
      if (this.sending) return;
      this.sending = true;
      clearTimeout(this.timer);
      const held = new Set();
      let worst = "saved";
      let entry = this.mine()[0];
      while (entry) {
        this.onState("sending", this.waiting().length);
        const state = await this.send(entry);
        if (state !== "saved") {
          worst = state;
          held.add(entry.assignment);
        }
        if (state === "offline" || state === "signed-out") break;
        entry = this.mine().find((one) => !held.has(one.assignment));
      }
      this.sending = false;
      this.failures = worst === "saved" ? 0 : this.failures + 1;
      this.onState(worst, this.waiting().length);
      const wait = worst === "failing" ? RETRY_AFTER * Math.min(8, this.failures) : RETRY_AFTER;
      if (worst !== "saved") this.timer = setTimeout(() => this.flush(), wait);
      else if (this.waiting().length) this.timer = setTimeout(() => this.flush(), ORPHANED_AFTER);
    }

    post(url, fields, signal) {
      return fetch(url, {
        method: "POST",
        signal,
        body: new URLSearchParams(fields),
        headers: {
          "X-CSRFToken": cookie("csrftoken") || this.token, "X-Winnow-Judging": "1", "X-Winnow-As": this.who, Accept: "text/html",
        },
        credentials: "same-origin",
      });
    }

    async send(entry) {
      let response;
      let text;
      try {
        response = await this.post(entry.url, entry.fields);
        text = await response.text();
      } catch {
        return "offline";
      }
      if (response.ok && response.headers.get("X-Winnow-Answer")) {
        store.remove(entry.place);
        this.onSaved(entry, text, response.headers.get("X-Winnow-Answer"));
        return "saved";
      }
      if (GIVEN_UP.has(response.status)) {
        store.remove(entry.place);
        this.onRefused(entry, text);
        return "saved";
      }
      return response.redirected || response.status === 401 || response.status === 403 ? "signed-out" : "failing";
    }
  }

  window.WinnowAnswerQueue = AnswerQueue;
})();
