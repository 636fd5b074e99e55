import { homedir } from "node:os";
import { SystemClock } from "./adapters/system/system-clock.ts";
import { SystemFiles } from "./adapters/system/system-files.ts";
import { continueList, readNamesRequest } from "./cli/completion/names-request.ts";
import { liveNames, type LiveNamesPorts } from "./cluster/live-names.ts";

/** An engine that hangs must not hang the shell. */
const ENGINE_MS = 1000;

/**
 * Prints names for a completion script (src/cli/completion), one a line. Beside main.ts, because Tab waits for it:
 * nothing is loaded that the one request does not need, which makes it half again as fast as a command.
 */
async function complete(): Promise<void> {
  const words = process.argv.slice(3);
  const { env } = process;
  const homeDirectory = homedir();
  const files = new SystemFiles();
  const world = { env, homeDirectory, workingDirectory: process.cwd(), files };
  const request = await readNamesRequest(words, world);
  if (request === undefined) return;
  const clock = new SystemClock();
  const signal = clock.deadline(ENGINE_MS);
  const engine = async () => {
    const { openQuickEngine } = await import("./adapters/docker/quick-engine.ts");
    return openQuickEngine({ env, homeDirectory, files }, { signal });
  };
  const ports: LiveNamesPorts = {
    engine: {
      listContainers: async (filter) => (await engine()).listContainers(filter),
      listImages: async () => (await engine()).listImages(),
    },
    http: {
      async get(url, options) {
        const { SystemHttp } = await import("./adapters/system/system-http.ts");
        return new SystemHttp().get(url, options);
      },
    },
    ...{ files, clock },
  };
  const offered = continueList(await liveNames(request, ports), words.at(-1) ?? "");
  process.stdout.write(offered.map((name) => `${name}\n`).join(""));
}

try {
  await complete();
} catch {
  // No engine, no kubeconfig, a folder that is gone: nothing is offered, and the line being typed stays whole.
}
process.exit(0);
