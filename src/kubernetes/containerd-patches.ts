import { parse, stringify, TomlError } from "smol-toml";
import type { Operation } from "rfc6902";
import { reasonOf } from "../config/containerd-patch.ts";
import {
  oldRegistryTables,
  registriesOfPatches,
  type ContainerdPatches,
} from "../config/containerd-registries.ts";
import { parseJson6902 } from "../config/kubeadm-patch.ts";
import { isMapping } from "../formats/mapping.ts";
import { ToolError } from "../errors/tool-error.ts";
import { applyOperations } from "./apply-patches.ts";
import { mergePatch } from "../config/merge-patch.ts";

type Table = Readonly<Record<string, unknown>>;

const target = "containerd's config.toml";
const criPlugin = "io.containerd.grpc.v1.cri";
const imagesPlugin = "io.containerd.cri.v1.images";

/** Where containerd 2 moved the settings of the CRI plugin (config version 3). */
const imageSettings = [
  "registry",
  "image_decryption",
  "max_concurrent_downloads",
  "image_pull_progress_timeout",
  "image_pull_with_sync_fs",
  "stats_collect_period",
];
const imageSettingsOfContainerd = [
  "snapshotter",
  "disable_snapshot_annotations",
  "discard_unpacked_layers",
];
const serverSettings = [
  "disable_tcp_service",
  "stream_server_address",
  "stream_server_port",
  "stream_idle_timeout",
  "enable_tls_streaming",
  "x509_key_pair_streaming",
];

/**
 * What the entrypoint of a node fits to its host at each start, by lines that begin with one of these keys. A key in
 * quotes is the same to TOML, and passed over by the entrypoints of our node image and of kind's.
 */
const fittedKeys: readonly string[] = ["snapshotter", "SystemdCgroup", "restrict_oom_score_adj"];

/** Where Airfield writes its hosts.toml files. */
const ourFolder = "/etc/containerd/certs.d";

/**
 * Applies a cluster's patches to the text of containerd's config.toml: merge patches, then those of JSON 6902.
 * A merge patch that names another `version` is passed over, as in kind, so that a config can carry one for each.
 * One that names none and is written for version 2 is translated where the node's file is of version 3; JSON 6902
 * patches are applied as they are. What a patch sets is not fitted to the host afterwards. Registries in containerd's
 * older way are left out: they become hosts.toml files (registriesOfPatches). Throws `patch-failed`.
 */
export function patchContainerdConfig(toml: string, patches: ContainerdPatches): string {
  const config = parseToml(toml, "the file");
  // Without a version containerd takes a file for its oldest layout.
  const version = Number(config["version"] ?? 1);
  const merges = patches.containerdConfigPatches
    .map((patch) => parseToml(patch, "the patch"))
    .filter((patch) => patch["version"] === undefined || Number(patch["version"]) === version)
    .map((patch) => (version >= 3 && patch["version"] === undefined ? toVersion3(patch) : patch));
  const operations = patches.containerdConfigPatchesJSON6902.map(readJson6902);
  const patched = applyAll(config, merges, operations);
  const isKept = applyAll(
    marked(config),
    merges,
    // The marks would fail them; they have been tested.
    operations.map((list) => list.filter(({ op }) => op !== "test")),
  );
  const text = stringify(protectedFromFitting(withHostsFiles(patched, version, patches), isKept), {
    numbersAsFloat: true,
  });
  return text.replaceAll(/^"own (\w+)" = /gm, '"$1" = ');
}

/** Whether the patches may choose another snapshotter than the one that warm images are made for. */
export function mayChooseSnapshotter(patches: ContainerdPatches): boolean {
  return [...patches.containerdConfigPatches, ...patches.containerdConfigPatchesJSON6902].some(
    (text) => /\bsnapshotter\b/.test(text),
  );
}

function applyAll(
  config: Table,
  merges: readonly Table[],
  operations: readonly (readonly Operation[])[],
): Table {
  const merged = merges.reduce<Table>(
    (current, patch) => mergePatch(current, patch) as Table,
    config,
  );
  return operations.reduce<Table>(
    (current, list) => applyOperations(current, list, target),
    merged,
  );
}

/** Stands for a value that no patch has set. */
const mark = "as the image has it";

function marked(value: unknown): Table {
  return mapTable(value, (key, content) => [
    key,
    fittedKeys.includes(key) ? mark : isMapping(content) ? marked(content) : content,
  ]);
}

/** Gives a mark of their own to the keys that a patch has set. */
function protectedFromFitting(value: unknown, isKept: unknown): Table {
  return mapTable(value, (key, content) => {
    const other = isMapping(isKept) ? isKept[key] : undefined;
    const name = fittedKeys.includes(key) && other !== mark ? `own ${key}` : key;
    return [name, isMapping(content) ? protectedFromFitting(content, other) : content];
  });
}

function mapTable(
  value: unknown,
  change: (key: string, content: unknown) => readonly [string, unknown],
): Table {
  const entries = Object.entries(isMapping(value) ? value : {});
  return Object.fromEntries(entries.map(([key, content]) => change(key, content)));
}

/** containerd refuses the older way of naming registries beside `config_path`, and without that it reads no hosts.toml. */
function withHostsFiles(config: Table, version: number, patches: ContainerdPatches): Table {
  const plugins = mapTable(config["plugins"], (name, settings) => [
    name,
    isMapping(settings) && isMapping(settings["registry"])
      ? { ...settings, registry: omit(settings["registry"], oldRegistryTables) }
      : settings,
  ]);
  const [name = criPlugin] = version >= 3 ? [imagesPlugin] : [];
  const settings = isMapping(plugins[name]) ? plugins[name] : {};
  const registry = isMapping(settings["registry"]) ? settings["registry"] : {};
  const folders = foldersToRead(registry["config_path"], patches);
  if (folders === registry["config_path"])
    return isEmpty(plugins) ? config : { ...config, plugins };
  const changed = { ...settings, registry: { ...registry, config_path: folders } };
  return { ...config, plugins: { ...plugins, [name]: changed } };
}

/** The user's own come first; of the two that name one registry, containerd reads the first. */
function foldersToRead(given: unknown, patches: ContainerdPatches): unknown {
  if (typeof given === "string" && given !== "")
    return given.split(":").includes(ourFolder) ? given : `${given}:${ourFolder}`;
  return registriesOfPatches(patches).length > 0 ? `${ourFolder}:/etc/docker/certs.d` : given;
}

function readJson6902(text: string): readonly Operation[] {
  const { operations, faults } = parseJson6902(text);
  const [fault] = faults;
  if (fault !== undefined) {
    throw new ToolError("patch-failed", { target, reason: `line ${fault.line}: ${fault.reason}` });
  }
  return operations
    .filter(({ path }) => !isOldRegistryPath(path))
    .map((operation) =>
      "value" in operation
        ? { ...operation, value: integersAsBigInt(operation.value as unknown) }
        : operation,
    );
}

/** Of registries in the older way, which the file does not get. */
function isOldRegistryPath(path: string): boolean {
  const [, , plugin = "", registry, table = ""] = path.split("/");
  return (
    [criPlugin, imagesPlugin].includes(plugin) &&
    registry === "registry" &&
    oldRegistryTables.includes(table)
  );
}

/** TOML tells 1 from 1.0, and containerd refuses a float for an integer: integers are bigint here. */
function parseToml(text: string, what: string): Table {
  try {
    return parse(text, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new ToolError(
      "patch-failed",
      { target, reason: `${what} is no TOML, line ${error.line}: ${reasonOf(error)}` },
      { cause: error },
    );
  }
}

function integersAsBigInt(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(integersAsBigInt);
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, content]) => [key, integersAsBigInt(content)]),
  );
}

/**
 * Moves the settings of the CRI plugin as containerd moves those of a version 2 file; it ignores them
 * silently in a version 3 file.
 * https://github.com/containerd/containerd/tree/v2.4.2/plugins/cri (configMigration)
 */
function toVersion3(patch: Table): Table {
  const plugins = patch["plugins"];
  if (!isMapping(plugins) || !isMapping(plugins[criPlugin])) return patch;
  const { [criPlugin]: old, ...others } = plugins;
  const cri = old;
  const { sandbox_image: sandbox, containerd, ...rest } = cri;
  const ofContainerd = isMapping(containerd) ? containerd : {};
  const images = {
    ...pick(rest, imageSettings),
    ...pick(ofContainerd, imageSettingsOfContainerd),
    ...(sandbox === undefined ? {} : { pinned_images: { sandbox } }),
  };
  const runtimeOfContainerd = omit(ofContainerd, imageSettingsOfContainerd);
  const runtime = {
    ...omit(rest, [...imageSettings, ...serverSettings, "enable_cdi"]),
    ...(isMapping(rest["cni"]) ? { cni: binDirAsList(rest["cni"]) } : {}),
    ...(isEmpty(runtimeOfContainerd) ? {} : { containerd: runtimeOfContainerd }),
  };
  const moved = {
    [criPlugin]: pick(rest, serverSettings),
    [imagesPlugin]: images,
    "io.containerd.cri.v1.runtime": runtime,
  };
  const translated = Object.fromEntries(
    Object.entries(moved).filter(([, settings]) => !isEmpty(settings)),
  );
  return { ...patch, plugins: mergePatch(translated, others) };
}

function binDirAsList({ bin_dir: directory, ...rest }: Table): Table {
  return directory === undefined ? rest : { bin_dirs: [directory], ...rest };
}

function pick(table: Table, keys: readonly string[]): Table {
  return Object.fromEntries(Object.entries(table).filter(([key]) => keys.includes(key)));
}

function omit(table: Table, keys: readonly string[]): Table {
  return Object.fromEntries(Object.entries(table).filter(([key]) => !keys.includes(key)));
}

function isEmpty(table: Table): boolean {
  return Object.keys(table).length === 0;
}
