import { localStore } from "@aizuchi/sdk";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/App.tsx";
import { pushes } from "./notifications/push.ts";
import { permission } from "./shell/notifications.ts";
import { registerWorker } from "./shell/worker.ts";
import { createAccount } from "./state/account.ts";
import { backendOf, connect } from "./state/backend.ts";
import { createDeviceMemory } from "./state/device.ts";
import { createPreferences } from "./state/preferences.ts";

const preferences = createPreferences(localStore());
/** Where nothing is pushed, only a connection brings what there is to notify of. */
const notifies = (): boolean =>
  preferences.getSnapshot().notify === true && permission() === "granted" && !pushes();
const account = createAccount({
  connect: () => connect(notifies),
  backendOf: (config) => backendOf(config, notifies),
  device: createDeviceMemory(),
});
addEventListener("storage", preferences.reread);
void account.restore();

// Live reload and a worker that holds files are at odds.
if (import.meta.env.PROD) void registerWorker();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App services={{ account, preferences }} />
    </StrictMode>,
  );
}
