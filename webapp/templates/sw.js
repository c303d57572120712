// The service worker of /my/: the pages an officer has opened, and what waits to be sent, without a network.
"use strict";

importScripts({{ asset("work-pages.js")|tojson }}, {{ asset("work-queue.js")|tojson }});

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith({{ url_for("static", filename="")|tojson }})) {
    event.respondWith(TryggPages.asset(request));
  } else if (request.mode === "navigate" && TryggPages.keeps(pathname)) {
    event.respondWith(TryggPages.page(event));
  }
});

// Where the browser has background sync, what waits is sent though the page was closed meanwhile.
self.addEventListener("sync", (event) => {
  if (event.tag === TryggQueue.SYNC) event.waitUntil(TryggQueue.flush());
});
