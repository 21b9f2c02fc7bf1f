// Keeps the application itself, so that it opens without a network; mail is never kept here, and never on a computer that others use: there this is not registered.
const cacheName = "congvu-shell";
const maxEntries = 200;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(["/", "/icon.svg"])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// What the page has loaded before this was here.
self.addEventListener("message", (event) => {
  const urls = (event.data?.keep ?? []).filter((url) => new URL(url, location.origin).pathname.startsWith("/assets/"));
  event.waitUntil(caches.open(cacheName).then((cache) => Promise.all(urls.map(async (url) => (await cache.match(url)) ?? cache.add(url).catch(() => undefined)))));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/") || url.pathname === "/icon.svg") event.respondWith(cached(event.request));
  else if (event.request.mode === "navigate" && !/^\/(api|jmap|\.well-known)|\.[a-z]+$/.test(url.pathname)) event.respondWith(page(event.request));
});

// Assets are named by their content: what is here is right.
async function cached(request) {
  const cache = await caches.open(cacheName);
  const found = await cache.match(request);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok) {
    await cache.put(request, response.clone());
    const keys = await cache.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - maxEntries))) if (new URL(old.url).pathname !== "/") await cache.delete(old);
  }
  return response;
}

async function page(request) {
  const cache = await caches.open(cacheName);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put("/", response.clone());
    return response;
  } catch (error) {
    const found = await cache.match("/");
    if (found) return found;
    throw error;
  }
}
