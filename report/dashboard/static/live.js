// Keeps an open page up to date: after each pass the page is fetched anew and its content replaced. Nothing is lost without it.
(() => {
  "use strict";
  const live = document.getElementById("live");
  let stream = null;
  let stale = false;

  // A form somebody has begun to fill in is not replaced under their hands.
  const busy = () => {
    const at = document.activeElement;
    if (at && at.closest("main form") && at.matches("input, textarea, select")) return true;
    return [...document.querySelectorAll("main input, main textarea")].some(
      (f) => f.type !== "hidden" && f.value !== f.defaultValue);
  };

  const refresh = async () => {
    if (document.hidden) { stale = true; return; }
    if (busy()) { live.textContent = "There is news. It shows when you leave the form."; stale = true; return; }
    stale = false;
    try {
      const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" });
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (busy()) { stale = true; return; }
      const open = [...document.querySelectorAll("main details")].map((d) => d.open);
      const focused = document.activeElement && document.activeElement.id;
      const before = document.querySelector("main").textContent;
      const main = fresh.querySelector("main");
      for (const banner of main.querySelectorAll(".banner.good")) banner.remove();
      document.querySelector("main").replaceWith(main);
      const details = document.querySelectorAll("main details");
      if (details.length === open.length) details.forEach((d, i) => { d.open = open[i]; });
      const pass = fresh.getElementById("pass");
      if (pass) document.getElementById("pass").textContent = pass.textContent;
      const again = focused && document.getElementById(focused);
      if (again) again.focus({ preventScroll: true });
      live.textContent = main.textContent === before ? "" : "Updated.";
    } catch { stale = true; }
  };

  // A hidden page holds no connection: a browser has only six for one host.
  const connect = () => {
    if (document.hidden) { if (stream) stream.close(); stream = null; return; }
    if (stream) return;
    stream = new EventSource("/events");
    stream.addEventListener("changed", refresh);
  };
  document.addEventListener("visibilitychange", () => { connect(); if (!document.hidden) refresh(); });
  document.addEventListener("focusout", () => setTimeout(() => { if (stale) refresh(); }, 100));
  connect();

  // "/" goes to the search, as on many pages; not while typing.
  document.addEventListener("keydown", (e) => {
    const q = document.getElementById("q");
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || !q || e.target.matches("input, textarea, select")) return;
    e.preventDefault();
    q.focus();
  });
})();
