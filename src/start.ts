import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { keepCompiled } from "./adapters/system/compile-cache.ts";
import { continueWithSmallHeap } from "./adapters/system/small-heap.ts";
import { COMPLETE } from "./cli/completion/complete-word.ts";
import { chooseCacheFolder } from "./cli/request/cache-folder.ts";

if (process.argv[2] === "ui" && process.stdout.isTTY) continueWithSmallHeap();
// Before anything else is read, main.ts with all that it imports in particular.
keepCompiled(chooseCacheFolder(process.env, homedir()), fileURLToPath(import.meta.url));
if (process.argv[2] === COMPLETE) await import("./complete.ts");
else await import("./main.ts");
