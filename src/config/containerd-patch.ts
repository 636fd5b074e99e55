import { parse, TomlError } from "smol-toml";
import { faultsOfOldRegistries, faultsOfOldRegistryOperations } from "./containerd-registries.ts";
import { parseJson6902, type PatchFault } from "./kubeadm-patch.ts";
import { isMapping } from "../formats/mapping.ts";
import { quote } from "./quote.ts";
import { lineOfToml } from "./toml-lines.ts";

/** What is wrong with the text of a merge patch of containerd's config.toml. */
export function faultsOfContainerdPatch(text: string): readonly PatchFault[] {
  try {
    const { version, plugins } = parse(text);
    if (version !== undefined && !Number.isInteger(version))
      return [{ line: 1, reason: "version must be a whole number" }];
    // Passed over: one config can carry a patch for each version of the file.
    if (version === 1) return [];
    return [
      ...faultsOfPlugins(plugins).map(({ path, reason }) => ({
        line: lineOfToml(text, ["plugins", ...path]),
        reason,
      })),
      ...faultsOfOldRegistries(text),
    ];
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return [{ line: error.line, reason: `it is no TOML: ${reasonOf(error)}` }];
  }
}

/** What is wrong with the text of a JSON 6902 patch of containerd's config.toml. */
export function faultsOfContainerdOperations(text: string): readonly PatchFault[] {
  const { operations, lines, faults } = parseJson6902(text);
  if (faults.length > 0) return faults;
  const wrong = operations.flatMap((operation, index) => {
    const [, root, plugin, ...below] = operation.path
      .split("/")
      .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
    if (root !== "plugins" || plugin === undefined) return [];
    const value = "value" in operation ? (operation.value as unknown) : undefined;
    const content = below.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
    return faultsOfPlugins({ [plugin]: content }).map(({ reason }) => ({
      line: lines[index] ?? 1,
      reason: `operation ${index + 1}: ${reason}`,
    }));
  });
  return wrong.length > 0 ? wrong : faultsOfOldRegistryOperations(text);
}

interface PluginFault {
  /** Below `plugins`. */
  readonly path: readonly string[];
  readonly reason: string;
}

const criPlugin = "io.containerd.grpc.v1.cri";
const pluginsWithRegistries = [criPlugin, "io.containerd.cri.v1.images"];

/**
 * containerd passes over plugins that it does not know, in silence, and does not start with a setting of another type.
 * https://github.com/containerd/containerd/blob/v2.0.0/docs/PLUGINS.md
 */
function faultsOfPlugins(plugins: unknown): readonly PluginFault[] {
  if (!isMapping(plugins)) return [];
  return Object.entries(plugins).flatMap(([name, settings]): readonly PluginFault[] => {
    if (!name.includes(".")) return [{ path: [name], reason: reasonOfName(name) }];
    if (!pluginsWithRegistries.includes(name) || !isMapping(settings)) return [];
    const registry = settings["registry"];
    const folders = isMapping(registry) ? registry["config_path"] : undefined;
    const reason = faultOfFolders(folders);
    return reason === undefined ? [] : [{ path: [name, "registry", "config_path"], reason }];
  });
}

function reasonOfName(name: string): string {
  const right = `[plugins.${quote(criPlugin)}]`;
  return name === "io"
    ? `plugins.io is no plugin: a plugin's name is written in quotes, as ${right}`
    : `plugins.${name} is a name of version 1 of containerd's file, and passed over by containerd since; write ${
        name === "cri" ? right : `the plugin's whole name, as ${right}`
      }`;
}

/** Empty: none. https://github.com/containerd/containerd/blob/main/docs/hosts.md */
function faultOfFolders(folders: unknown): string | undefined {
  if (folders === undefined || folders === "") return undefined;
  if (typeof folders !== "string")
    return `registry.config_path is ${JSON.stringify(folders)}; it is a text with the folders of hosts.toml files in the node`;
  const relative = folders.split(":").find((folder) => !folder.startsWith("/"));
  return relative === undefined
    ? undefined
    : `registry.config_path is ${quote(folders)}; a folder in the node begins with "/"`;
}

/** The message of smol-toml without its heading and the excerpt that follows. */
export function reasonOf(error: TomlError): string {
  const [first = ""] = error.message.split("\n");
  return first.replace(/^Invalid TOML document: /, "");
}
