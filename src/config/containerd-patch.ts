import { parse, TomlError } from "smol-toml";
import { faultsOfOldRegistries } from "./containerd-registries.ts";
import type { PatchFault } from "./kubeadm-patch.ts";

/** What is wrong with the text of a merge patch of containerd's config.toml. */
export function faultsOfContainerdPatch(text: string): readonly PatchFault[] {
  try {
    const { version } = parse(text);
    return version === undefined || Number.isInteger(version)
      ? faultsOfOldRegistries(text)
      : [{ line: 1, reason: "version must be a whole number" }];
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return [{ line: error.line, reason: `it is no TOML: ${reasonOf(error)}` }];
  }
}

/** The message of smol-toml without its heading and the excerpt that follows. */
export function reasonOf(error: TomlError): string {
  const [first = ""] = error.message.split("\n");
  return first.replace(/^Invalid TOML document: /, "");
}
