import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Plugin, type ResolvedConfig } from "vite";

/**
 * Builds the service worker beside the application: `/sw.js`, a script without a hash in its name,
 * that knows every other file by its digest.
 */
export function serviceWorker(): Plugin {
  let config: ResolvedConfig;
  return {
    name: "service-worker",
    apply: "build",
    configResolved: (resolved) => {
      config = resolved;
    },
    // After all else is written, the public folder's copies among it.
    closeBundle: {
      order: "post",
      sequential: true,
      handler: async () => {
        const { root } = config;
        if (!config.build.write) return;
        const folder = join(root, config.build.outDir);
        const shell = await files(folder);
        const version = digest("sha256", JSON.stringify(shell)).slice(0, 16);
        await build({
          configFile: false,
          root,
          logLevel: "warn",
          publicDir: false,
          define: {
            __SHELL__: JSON.stringify(shell),
            __VERSION__: JSON.stringify(version.replace(/\W/g, "-")),
          },
          build: {
            target: config.build.target,
            outDir: folder,
            emptyOutDir: false,
            // One classic script: not every browser takes modules here.
            lib: {
              entry: join(root, "src/sw/sw.ts"),
              formats: ["iife"],
              name: "sw",
              fileName: () => "sw.js",
            },
          },
        });
      },
    },
  };
}

/** Every file that a browser asks for, by its path, with its digest as `integrity` takes it. */
async function files(folder: string): Promise<[path: string, integrity: string][]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll("\\", "/"))
    .filter((path) => path !== "/sw.js" && !/\.(gz|br|map)$/.test(path))
    .sort();
  return Promise.all(
    paths.map(async (path): Promise<[string, string]> => {
      return [path, `sha256-${digest("sha256", await readFile(join(folder, path)))}`];
    }),
  );
}

function digest(algorithm: string, data: string | Buffer): string {
  return createHash(algorithm).update(data).digest("base64");
}
