import { parse, stringify, TomlError } from "smol-toml";
import { reasonOf } from "../config/containerd-patch.ts";
import { parseJson6902 } from "../config/kubeadm-patch.ts";
import { isMapping } from "../config/mapping.ts";
import { ToolError } from "../errors/tool-error.ts";
import { applyOperations } from "./apply-patches.ts";
import { mergePatch } from "./merge-patch.ts";

type Table = Readonly<Record<string, unknown>>;

const target = "containerd's config.toml";
const criPlugin = "io.containerd.grpc.v1.cri";

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
 * Applies a cluster's patches to the text of containerd's config.toml: merge patches, then those of JSON 6902.
 * A merge patch that names another `version` is passed over, as in kind, so that a config can carry one for each.
 * One that names none and is written for version 2 is translated where the node's file is of version 3; JSON 6902
 * patches are applied as they are. Throws `patch-failed`.
 */
export function patchContainerdConfig(
  toml: string,
  patches: {
    readonly containerdConfigPatches: readonly string[];
    readonly containerdConfigPatchesJSON6902: readonly string[];
  },
): string {
  const config = parseToml(toml, "the file");
  // Without a version containerd takes a file for its oldest layout.
  const version = Number(config["version"] ?? 1);
  const merged = patches.containerdConfigPatches
    .map((patch) => parseToml(patch, "the patch"))
    .filter((patch) => patch["version"] === undefined || Number(patch["version"]) === version)
    .map((patch) => (version >= 3 && patch["version"] === undefined ? toVersion3(patch) : patch))
    .reduce<Table>((current, patch) => mergePatch(current, patch) as Table, config);
  const patched = patches.containerdConfigPatchesJSON6902.reduce(applyJson6902, merged);
  return stringify(patched, { numbersAsFloat: true });
}

function applyJson6902(config: Table, text: string): Table {
  const { operations, faults } = parseJson6902(text);
  const [fault] = faults;
  if (fault !== undefined) {
    throw new ToolError("patch-failed", { target, reason: `line ${fault.line}: ${fault.reason}` });
  }
  const typed = operations.map((operation) =>
    "value" in operation
      ? { ...operation, value: integersAsBigInt(operation.value as unknown) }
      : operation,
  );
  return applyOperations(config, typed, target);
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
    "io.containerd.cri.v1.images": images,
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
