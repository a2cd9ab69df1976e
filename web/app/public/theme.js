/* global document, localStorage, matchMedia */
// Runs before the first paint, so that no other theme flashes before the chosen
// one. A file of its own: the Content-Security-Policy allows no inline script.
(() => {
  let chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem("aizuchi.preferences")) ?? {};
  } catch {
    // Storage is blocked or holds something else: the system decides.
  }
  const dark =
    chosen.theme === "dark" ||
    (chosen.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
