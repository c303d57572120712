// The pages of /my/ that a phone keeps, for one person, until their session ends or they sign out. Used by
// every page of somebody signed in, and by the service worker.
"use strict";

self.TryggPages = (() => {
  const PAGES = "trygg-work-pages";
  const ASSETS = "trygg-work-assets";
  const PATIENCE_MS = 4000;
  const RECENT_MS = 1800000;
  const OWN = /^\/my\/measures(\/\d+)?$/;

  const keeps = (path) => OWN.test(path);

  // Browsers have caches where the connection is safe, and there alone.
  const forget = async () => (self.caches ? caches.delete(PAGES) : false);

  // Who signs out goes at once, also where pages are still on their way to be kept.
  let leaving = false;
  const leave = () => {
    leaving = true;
    return forget();
  };

  const plain = (address) => {
    const { origin, pathname } = new URL(address, location.origin);
    return origin + pathname;
  };

  const isOver = (answer) => !(Date.parse(answer.headers.get("X-Trygg-Until")) > Date.now());

  // Whatever the network says comes through here: a page of somebody signed in is kept, and an answer that
  // nobody is signed in any longer takes away all that was kept.
  const keep = async (address, answer) => {
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      await forget();
      return;
    }
    const whose = answer.headers.get("X-Trygg-Person");
    if (!answer.ok || !whose || leaving) return;
    const cache = await caches.open(PAGES);
    const [first] = await cache.keys();
    const other = first && (await cache.match(first));
    if (other && other.headers.get("X-Trygg-Person") !== whose) {
      await forget();
      await (await caches.open(PAGES)).put(plain(address), answer);
      return;
    }
    await cache.put(plain(address), answer);
    if (leaving) await forget();
  };

  const kept = async (address) => {
    const found = await caches.match(plain(address), { cacheName: PAGES });
    if (found && isOver(found)) {
      await forget();
      return undefined;
    }
    return found;
  };

  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // The network's page, unless it takes too long or isn't there and an earlier one was kept.
  const page = async (event) => {
    const { request } = event;
    const fresh = fetch(request).then(async (answer) => {
      await keep(request.url, answer.clone());
      return answer;
    });
    const settled = fresh.then(() => undefined, () => undefined);
    event.waitUntil(settled);
    await Promise.race([settled, later(PATIENCE_MS)]);
    const earlier = await kept(request.url);
    if (!earlier) return fresh;
    return Promise.race([fresh.catch(() => earlier), later(0).then(() => earlier)]);
  };

  // An asset's address carries a mark of its content, so a kept one is never old.
  const asset = async (request) => {
    const cache = await caches.open(ASSETS);
    const found = await cache.match(request);
    if (found) return found;
    const answer = await fetch(request);
    if (answer.ok && new URL(request.url).searchParams.has("v")) {
      await cache.delete(request, { ignoreSearch: true });
      await cache.put(request, answer.clone());
    }
    return answer;
  };

  // Fetches a page to keep, unless one of this version was kept a short while ago.
  const bring = async (address, tag) => {
    const earlier = await kept(address);
    const age = earlier ? Date.now() - Date.parse(earlier.headers.get("X-Trygg-Made")) : Infinity;
    if (earlier && earlier.headers.get("X-Trygg-Tag") === tag && age < RECENT_MS) return;
    const answer = await fetch(address, { redirect: "manual", headers: { Accept: "text/html" } });
    await keep(address, answer);
  };

  return { keeps, forget, leave, kept, page, asset, bring };
})();

// Who signs out, on whatever page, leaves none of their pages in the phone.
if (self.document) {
  for (const form of document.querySelectorAll('form[action^="/logout"]')) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await TryggPages.leave().catch(() => false);
      form.submit();
    });
  }
  // Whoever comes to sign in may be another person than the one whose session ran out here.
  if (document.querySelector("[data-nobody-signed-in]")) TryggPages.forget().catch(() => false);
}
