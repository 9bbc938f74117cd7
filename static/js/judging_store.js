// What the page keeps in the browser. Where the browser keeps nothing (private windows, a full disk), it is kept in
// memory for as long as the page is open, and `durable` says so.
"use strict";
(() => {
  class Store {
    constructor() {
      this.memory = new Map();
      this.durable = true;
    }

    get(key) {
      if (this.memory.has(key)) return this.memory.get(key);
      try {
        return localStorage.getItem(key);
      } catch {
        this.durable = false;
        return null;
      }
    }

    // Drafts make room for answers: a draft can be written again.
    set(key, value) {
      for (const room of [() => {}, () => this.clearDrafts(key)]) {
        try {
          room();
          localStorage.setItem(key, value);
          this.memory.delete(key);
          return true;
        } catch {
          // tried once more with room made, then kept in memory
        }
      }
      this.memory.set(key, value);
      this.durable = false;
      return false;
    }

    remove(key) {
      this.memory.delete(key);
      try {
        localStorage.removeItem(key);
      } catch {
        this.durable = false;
      }
    }

    keys(prefix) {
      const found = new Set([...this.memory.keys()]);
      try {
        for (let n = 0; n < localStorage.length; n += 1) found.add(localStorage.key(n));
      } catch {
        this.durable = false;
      }
      return [...found].filter((key) => key.startsWith(prefix)).sort();
    }

    clearDrafts(except) {
      for (const key of this.keys("winnow.draft.")) if (key !== except) localStorage.removeItem(key);
    }

    // Whether anything would be lost if the page were closed now.
    get inMemory() {
      return this.memory.size > 0;
    }
  }

  window.WinnowStore = new Store();
})();
