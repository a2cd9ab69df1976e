import "../src/styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "../src/shell/App.tsx";
import { scenes } from "./scenes.ts";

// Shows one state of the application without a server, for eyes and screenshots:
// /preview.html?scene=conversation&theme=dark&locale=ja
// Only the development server serves this page; the build does not know it.
const query = new URLSearchParams(location.search);
const scene = scenes[query.get("scene") ?? "conversation"];
const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");

if (scene) {
  const { services, path } = scene({
    theme: query.get("theme") === "dark" ? "dark" : "light",
    locale: query.get("locale") === "ja" ? "ja" : "en",
  });
  history.replaceState(null, "", path);
  createRoot(root).render(
    <StrictMode>
      <App services={services} />
    </StrictMode>,
  );
} else {
  root.textContent = `Scenes: ${Object.keys(scenes).join(", ")}`;
}
