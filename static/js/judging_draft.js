// What was begun: kept in the browser at once, and on the server with the lease a little later.
"use strict";
(() => {
  const SAVE_AFTER = 2_500;
  const store = window.WinnowStore;

  class Draft {
    // `post(url, fields, signal)` sends as the queue does; `read(card)` gives the draft, `write(card, draft)` shows one.
    constructor({ url, post, read, write }) {
      Object.assign(this, { url, post, read, write });
      this.timer = 0;
      this.card = null;
      this.sending = null;
    }

    name(card) {
      return `winnow.draft.${card.dataset.assignment}`;
    }

    begun(card) {
      return store.get(this.name(card)) !== null;
    }

    put(assignment, draft) {
      store.set(`winnow.draft.${assignment}`, JSON.stringify({ ...draft, at: String(Date.now()) }));
    }

    keep(card) {
      this.put(card.dataset.assignment, this.read(card));
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(card), SAVE_AFTER);
    }

    // The younger of the two: this browser's, or the one the card came with from the server.
    begin(card) {
      clearTimeout(this.timer);
      this.card = card;
      const kept = JSON.parse(store.get(this.name(card)) ?? "null");
      if (kept && Number(kept.at ?? 0) >= Number(card.dataset.draftAt || 0)) this.write(card, kept);
    }

    // What is still on its way would come after the answer, to a lease that has ended.
    end(card) {
      clearTimeout(this.timer);
      this.sending?.abort();
      this.card = null;
      store.remove(this.name(card));
    }

    async send(card) {
      if (this.card !== card) return;
      const draft = { ...this.read(card), at: JSON.parse(store.get(this.name(card)) ?? "{}").at ?? "" };
      const lease = ["assignment", "lease_token"].map((name) => [name, card.querySelector(`[name=${name}]`).value]);
      this.sending = new AbortController();
      await this.post(this.url, [...lease, ["draft", JSON.stringify(draft)]], this.sending.signal).catch(() => undefined);
    }
  }

  window.WinnowDraft = Draft;
})();
