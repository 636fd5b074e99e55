import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { keepCompiled } from "./adapters/system/compile-cache.ts";
import { chooseCacheFolder } from "./cli/request/cache-folder.ts";

// Before anything else is read, main.ts with all that it imports in particular.
keepCompiled(chooseCacheFolder(process.env, homedir()), fileURLToPath(import.meta.url));
await import("./main.ts");
