// What waits in this phone to be sent, and how it is sent: once, in order, by the person who wrote it. Used
// by the page and by the service worker, so there is no page here.
"use strict";

self.TryggQueue = (() => {
  const SYNC = "trygg-work-send";
  const STORE = "queue";
  const TOKEN = "/my/token.json";
  const SEND_MS = 60000;
  const ASK_MS = 15000;

  const news = self.BroadcastChannel ? new BroadcastChannel("trygg-work") : null;
  const tell = () => news && news.postMessage("changed");

  const opened = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open("trygg-work", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "ref" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  const within = async (mode, act) => {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const work = database.transaction(STORE, mode, { durability: "strict" });
        const asked = act(work.objectStore(STORE));
        work.oncomplete = () => resolve(asked.result);
        work.onabort = () => reject(work.error);
      });
    } finally {
      database.close();
    }
  };

  const get = (ref) => within("readonly", (store) => store.get(ref));
  const save = (item) => within("readwrite", (store) => store.put(item));
  const remove = (ref) => within("readwrite", (store) => store.delete(ref));

  const put = async (item) => {
    await save(item);
    tell();
  };
  const drop = async (ref) => {
    await remove(ref);
    tell();
  };

  // Everything a person wrote that is not sent, oldest first.
  const all = async (user) => {
    const items = await within("readonly", (store) => store.getAll());
    return items.filter((item) => item.user === user).sort((one, other) => one.made - other.made);
  };

  const isWaiting = async () => {
    const items = await within("readonly", (store) => store.getAll());
    return items.some((item) => item.state === "waiting");
  };

  // Whether nobody is signed in any longer: then the kept pages go too. What was written stays.
  const signedOut = async (answer) => {
    if (answer.type !== "opaqueredirect" && answer.status !== 401) return false;
    await TryggPages.forget();
    return true;
  };

  const whoSends = async () => {
    const answer = await fetch(TOKEN, {
      redirect: "manual",
      cache: "no-store",
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(ASK_MS),
    });
    if (await signedOut(answer)) return null;
    if (!answer.ok) throw new Error(`${TOKEN}: ${answer.status}`);
    return answer.json();
  };

  const post = (item, token) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(item.fields)) body.append(name, value);
    if (item.photo) body.append("photo", item.photo, "photo");
    return fetch(item.url, {
      method: "POST",
      body,
      redirect: "manual",
      headers: { Accept: "application/json", "X-CSRFToken": token },
      signal: AbortSignal.timeout(SEND_MS),
    });
  };

  // Takes away what was sent. Two times counted without a network both name the version that was seen: when
  // the first one alone has made it a newer one, the second is meant for that. All of it or none, so that a
  // page closed in between leaves nothing meant for a version of before.
  const settle = (sent, tag) => {
    const [before, after] = [sent.fields.if_match, tag].map((told) => Number(told.split("-")[1]));
    return within("readwrite", (store) => {
      store.delete(sent.ref);
      const asked = store.getAll();
      asked.onsuccess = () => {
        for (const item of asked.result) {
          const follows = item.user === sent.user && item.page === sent.page;
          if (!follows || item.fields.if_match !== sent.fields.if_match || after !== before + 1) continue;
          item.fields.if_match = tag;
          store.put(item);
        }
      };
      return asked;
    });
  };

  const reasonOf = async (answer) => {
    try {
      return (await answer.json()).error.message;
    } catch {
      return "";
    }
  };

  // Sends what waits. Says what was sent, and what stopped the rest: "", "network" or "sign-in".
  const drain = async () => {
    const sent = [];
    if (!(await isWaiting())) return { sent, stopped: "" };
    let who;
    try {
      who = await whoSends();
    } catch {
      return { sent, stopped: "network" };
    }
    if (!who) return { sent, stopped: "sign-in" };
    const items = await all(who.username);
    const held = new Set();
    for (const { ref } of items) {
      // As it is now: while another was on its way, this one may have been taken away or followed a version.
      const item = await get(ref);
      if (!item) continue;
      if (item.state !== "waiting") held.add(item.page);
      if (held.has(item.page)) continue;
      let answer;
      let told = null;
      try {
        answer = await post(item, who.csrf_token);
        if (answer.ok) told = await answer.json();
      } catch {
        return { sent, stopped: "network" };
      }
      if (await signedOut(answer)) return { sent, stopped: "sign-in" };
      if (answer.status === 429 || answer.status >= 500) return { sent, stopped: "network" };
      if (told) {
        await settle(item, told.tag);
        sent.push({ ref: item.ref, page: item.page, line: told.line, photo: told.photo });
      } else if (await get(item.ref)) {
        held.add(item.page);
        const state = answer.status === 412 ? "conflict" : "refused";
        await save({ ...item, state, reason: await reasonOf(answer) });
      }
      tell();
    }
    return { sent, stopped: "" };
  };

  const flush = () => (navigator.locks ? navigator.locks.request(SYNC, drain) : drain());

  return { SYNC, all, drop, flush, get, news, put, whoSends };
})();
