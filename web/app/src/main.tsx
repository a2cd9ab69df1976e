import { localStore } from "@aizuchi/sdk";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/App.tsx";
import { createAccount } from "./state/account.ts";
import { connect } from "./state/backend.ts";
import { createPreferences } from "./state/preferences.ts";

const account = createAccount(connect);
const preferences = createPreferences(localStore());
addEventListener("storage", preferences.reread);
void account.restore();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App services={{ account, preferences }} />
    </StrictMode>,
  );
}
