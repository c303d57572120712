// The forms of the work pages: what is sent waits in the phone until the server has it. Without this script
// they are ordinary forms.
"use strict";

(() => {
  const root = document.getElementById("work");
  const said = document.getElementById("work-said");
  const list = document.getElementById("work-waiting");
  const words = JSON.parse(root.dataset.words);
  const user = root.dataset.user;
  const here = location.pathname.replace(/\/(steps|occasions|undo)$/, "");
  const isList = here === "/my/measures";
  const RETRY_MS = 30000;
  const OLD_MS = 120000;
  const PHOTO_BYTES = 10000000;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  const clock = (moment) => new Date(moment).toLocaleTimeString("sv", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Stockholm" });
  const element = (name, text = "", kind = "") => {
    const made = document.createElement(name);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };
  const button = (text, act) => {
    const made = element("button", text, "button-quiet");
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const say = (text) => {
    if (said.textContent !== text) said.textContent = text;
  };

  // A name of its own for each sending. The server's may have been used: a page can come from the phone.
  const newReference = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  // Taking away is asked about: what was written is nowhere else.
  const ask = (item, row) => {
    const actions = element("p", "", "actions");
    actions.append(
      element("strong", words.sure),
      button(words.yes, async () => {
        await TryggQueue.drop(item.ref);
        await show();
        said.focus();
      }),
      button(words.no, () => {
        const again = rowOf(item);
        row.replaceWith(again);
        again.querySelector(".actions button:last-child").focus();
      }),
    );
    row.querySelector(".actions").replaceWith(actions);
    actions.querySelector("button").focus();
  };

  // The server's own page shows both versions; it is asked for by an ordinary form.
  const seeBoth = async (item) => {
    let who = null;
    try {
      who = await TryggQueue.whoSends();
    } catch {
      await show("network");
      return;
    }
    if (!who) {
      await show("sign-in");
      return;
    }
    const form = element("form");
    form.method = "post";
    form.enctype = "multipart/form-data";
    form.action = item.url;
    for (const [name, value] of Object.entries({ ...item.fields, csrf_token: who.csrf_token })) {
      const field = element("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  };

  const rowOf = (item) => {
    const row = element("li");
    const what = element("p");
    what.append(element("strong", `${item.title}: ${item.says}`));
    const when = fill(words.written, { time: clock(item.made) });
    row.append(what, element("p", item.photo ? `${when}, ${words.withPhoto}` : when));
    if (item.fields.note) row.append(element("p", item.fields.note, "work-text"));
    if (item.state === "conflict") row.append(element("p", words.conflict));
    if (item.state === "refused") row.append(element("p", `${words.refused} ${item.reason}`));
    const actions = element("p", "", "actions");
    if (item.state === "conflict") actions.append(button(words.seeBoth, () => seeBoth(item)));
    actions.append(button(words.drop, () => ask(item, row)));
    row.append(actions);
    return row;
  };

  // What is on the page by the server's own hand need not be told again above it.
  const onPage = () => {
    const form = document.querySelector("form[data-keep-ref]");
    const drop = document.querySelector("[data-drop]");
    return (form && form.elements.client_ref.value) || (drop && drop.dataset.drop) || "";
  };

  // The number that waits, and of those that a choice is asked for where it isn't seen here.
  const announce = (number, elsewhere, stopped) => {
    if (number && stopped === "sign-in") {
      say(fill(words.signIn, { number }) + " ");
      const link = element("a", words.signInHere);
      link.href = root.dataset.signIn;
      said.append(link);
    } else {
      const told = number ? [fill(words.waiting, { number })] : [];
      if (elsewhere) told.push(fill(words.choose, { number: elsewhere }));
      say(told.join(" "));
    }
  };

  let stopped = "network";
  let items = [];
  const show = async (why = stopped) => {
    stopped = why;
    items = await TryggQueue.all(user);
    const waiting = items.filter((item) => item.state === "waiting");
    const isHere = (item) => isList || item.page === here;
    const elsewhere = items.filter((item) => item.state !== "waiting" && !isHere(item)).length;
    announce(waiting.length, elsewhere, stopped);
    const rows = items.filter((item) => isHere(item) && item.ref !== onPage());
    // A row that is being looked at, or pressed, is not made anew for nothing.
    const shown = JSON.stringify(rows.map(({ ref, state, reason }) => [ref, state, reason]));
    if (shown !== list.dataset.shown) {
      list.dataset.shown = shown;
      list.hidden = rows.length === 0;
      list.replaceChildren(...rows.map(rowOf));
    }
    const stepWaits = items.some((item) => item.page === here && item.step && item.state === "waiting");
    for (const step of document.querySelectorAll("[data-step]")) step.hidden = stepWaits;
    document.dispatchEvent(new CustomEvent("trygg-queue", { detail: items }));
  };

  const arrived = (done) => {
    const marks = new URLSearchParams({ sent: done.line });
    if (done.photo) marks.set("photo", "refused");
    location.replace(`${here}?${marks}#sent`);
  };

  // Whether words stand in a field that are not those of the form that is being sent.
  const isWriting = (form) =>
    [...document.querySelectorAll("main textarea:not([readonly])")].some(
      (area) => area.form !== form && area.value !== area.defaultValue,
    );

  // Sends what waits, then shows how things stand; a page that was waited on is fetched anew.
  const send = async (form = null) => {
    const { sent, stopped: why } = await TryggQueue.flush();
    await show(why || "network");
    if (sent.length === 0) return;
    const own = sent.filter((done) => done.page === here).pop();
    if (isWriting(form)) say(words.sent);
    else if (own) arrived(own);
    else if (isList) location.reload();
    else say(words.sent);
  };

  const itemOf = (form, earlier) => {
    const values = new FormData(form);
    const photo = values.get("photo");
    const fields = { done_at: new Date().toISOString() };
    for (const [name, value] of values) {
      if (typeof value === "string" && !["csrf_token", "done_at"].includes(name)) fields[name] = value;
    }
    // What was refused may have been so for the phone's clock, which may be right by now.
    if (earlier && earlier.state !== "refused") fields.done_at = earlier.fields.done_at;
    return {
      ref: fields.client_ref,
      user,
      url: new URL(form.action).pathname,
      page: here,
      title: root.dataset.title,
      says: form.dataset.says,
      step: "status" in fields,
      fields,
      photo: photo && photo.size ? photo : (earlier && earlier.photo) || null,
      made: earlier ? earlier.made : Date.now(),
      state: "waiting",
      reason: "",
    };
  };

  const keepForLater = async () => {
    if (!("serviceWorker" in navigator)) return;
    const registration = await navigator.serviceWorker.getRegistration("/my/");
    if (registration && "sync" in registration) await registration.sync.register(TryggQueue.SYNC);
  };

  const sendForm = async (form) => {
    const [photo] = form.elements.photo ? form.elements.photo.files : [];
    if (photo && photo.size > PHOTO_BYTES) {
      say(words.tooBig);
      said.focus();
      return;
    }
    const reference = form.elements.client_ref;
    let item;
    try {
      item = itemOf(form, await TryggQueue.get(reference.value));
      await TryggQueue.put(item);
    } catch {
      // No place to keep it in (a private window): then straight to the server.
      form.elements.done_at.value = new Date().toISOString();
      form.submit();
      return;
    }
    say(words.sending);
    await send(form);
    const left = await TryggQueue.get(item.ref);
    if (left && left.state !== "waiting") {
      // The server says it better than a script could: the page of both versions, or the form with why.
      form.elements.done_at.value = item.fields.done_at;
      form.elements.csrf_token.value = (await TryggQueue.whoSends()).csrf_token;
      form.submit();
      return;
    }
    if (left) {
      keepForLater().catch(() => undefined);
      form.reset();
      reference.value = newReference();
      for (const opened of document.querySelectorAll("details[open]")) opened.open = false;
      root.scrollIntoView({ block: "center" });
    }
  };

  for (const form of document.querySelectorAll("form[data-queue]")) {
    if (!("keepRef" in form.dataset)) form.elements.client_ref.value = newReference();
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      try {
        await sendForm(form);
      } finally {
        busy = false;
      }
    });
  }

  for (const form of document.querySelectorAll("form[data-undo]")) {
    form.addEventListener("submit", (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      say(words.undoNeeds);
    });
  }

  for (const link of document.querySelectorAll("[data-drop]")) {
    link.addEventListener("click", async (event) => {
      event.preventDefault();
      await TryggQueue.drop(link.dataset.drop);
      location.assign(link.href);
    });
  }

  // Another tab, or the service worker, has sent something: what was waited for here is fetched anew.
  const heard = async () => {
    const concerns = (item) => isList || item.page === here;
    const before = items.filter(concerns);
    await show();
    const refs = new Set(items.map((item) => item.ref));
    if (before.some((item) => !refs.has(item.ref)) && !isWriting()) location.replace(here);
  };

  const start = async () => {
    if (TryggQueue.news) TryggQueue.news.addEventListener("message", heard);
    window.addEventListener("online", () => send());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
    setInterval(() => send(), RETRY_MS);
    if (Date.now() - Date.parse(root.dataset.made) > OLD_MS) {
      root.before(element("p", fill(words.saved, { time: clock(root.dataset.made) }), "work-hint"));
    }
    await show();
    await send();
  };

  // The first visit comes before the service worker: the page keeps itself and what the list leads to.
  const keepPages = async () => {
    if (!("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register(root.dataset.worker, { scope: "/my/" });
    if (!navigator.onLine) return;
    await TryggPages.bring(here, "");
    for (const row of document.querySelectorAll("#work-rows > li")) {
      await TryggPages.bring(row.querySelector("a").pathname, row.dataset.tag);
    }
    for (const loaded of document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon]")) {
      await TryggPages.asset(new Request(loaded.src || loaded.href));
    }
  };

  start().catch(() => undefined);
  window.addEventListener("load", () => keepPages().catch(() => undefined));
})();
