import { resolve } from "node:path";
import type * as z from "zod";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { ToolError } from "../errors/tool-error.ts";
import { checkConfig } from "./check-config.ts";
import type {
  AirfieldConfig,
  ApplicationConfig,
  ClusterConfig,
  RegistriesConfig,
  RegistryEndpointConfig,
  ClusterOrigin,
  ConfigOrigin,
} from "./cluster-config.ts";
import {
  airfieldSchema,
  apiVersionOf,
  kindSchema,
  type AirfieldFile,
  type Dialect,
  type KindFile,
} from "./config-schema.ts";
import { defaultProxy, defaultRegistries, defaultRegistry, plainNode } from "./default-config.ts";
import { describeIssue } from "./describe-issue.ts";
import { asKindReads } from "./kind-reading.ts";
import { isMapping } from "../formats/mapping.ts";
import { namedFiles, type NamedFile } from "./named-files.ts";
import { parseQuantity } from "./quantity.ts";
import { partsOf } from "./right-parts.ts";
import { parseNetwork, renderNetwork } from "../formats/ipv4.ts";
import { quote } from "./quote.ts";
import { parseYamlSource, renderPath, type Path, type YamlSource } from "./yaml-source.ts";

export interface ConfigText {
  readonly text: string;
  /** For messages, as the user named it. */
  readonly file: string;
  /** Absolute; relative paths of the file are resolved against it. */
  readonly folder: string;
  /** False where the command line says that there is to be no registry. */
  readonly hasRegistry?: boolean;
}

/** Nobody reads more at once, and a hostile file could have a hundred thousand. */
const shownFaults = 50;

/**
 * Reads a config file: one of ours (airfield.dev/v1) or one written for kind (kind.x-k8s.io/v1alpha4), with every
 * default filled in. Throws `invalid-config` with all faults.
 */
export function loadConfig(config: ConfigText): AirfieldConfig {
  const { file, folder } = config;
  const { faults, known } = readFields(config);
  if (faults.length > 0 || known?.data === undefined) throw invalidConfig(file, faults);
  const { source, data } = known;
  const originOf = (path: Path): ConfigOrigin => ({
    file,
    line: source.lineOf(path),
    path: renderPath(path),
  });
  const origin = { file, patchLines: patchLinesOf(source), doubts: doubtsOf(source, folder) };
  return { ...configOf(data, { folder, originOf }), origin };
}

/** What `loadConfig` refuses a file for, and what only the host can tell: whether the files that it names are there. */
export function examineConfig(config: ConfigText): {
  readonly faults: readonly ConfigFault[];
  readonly namedFiles: readonly (NamedFile & Pick<ConfigFault, "line" | "path">)[];
} {
  const { folder } = config;
  const { faults, known } = readFields(config);
  if (known === undefined) return { faults, namedFiles: [] };
  const { source, schema } = known;
  const named = namedFiles(partsOf(source.value, schema), folder).map((each) => ({
    ...each,
    line: source.lineOf(each.at),
    path: renderPath(each.at),
  }));
  return { faults, namedFiles: named };
}

export function invalidConfig(file: string, faults: readonly ConfigFault[]): ToolError {
  return new ToolError("invalid-config", { file, faults: inOrder(faults) });
}

interface Fields {
  readonly faults: readonly ConfigFault[];
  /** Absent where it is not even clear whose format it has. */
  readonly known?: {
    readonly source: YamlSource;
    readonly schema: typeof airfieldSchema | typeof kindSchema;
    /** Absent with faults in single fields. */
    readonly data: AirfieldFile | KindFile | undefined;
  };
}

function readFields({ text, hasRegistry = true }: ConfigText): Fields {
  const parsed = parseYamlSource(text);
  if ("faults" in parsed) return parsed;
  const dialect = dialectOf(parsed.source);
  if (typeof dialect === "object") return { faults: [dialect] };
  const { secondDocument } = parsed.source;
  // kind's reader ends with the first document.
  if (dialect !== "kind" && secondDocument !== undefined) {
    const reason =
      'the file holds several documents (a line with "---" begins another); only one can be read';
    return { faults: [{ line: secondDocument, path: "", reason }] };
  }
  const source =
    dialect === "kind"
      ? { ...parsed.source, value: asKindReads(parsed.source.value) }
      : parsed.source;

  const schema = dialect === "airfield" ? airfieldSchema : kindSchema;
  const result: z.ZodSafeParseResult<AirfieldFile | KindFile> = schema.safeParse(source.value);
  const faults = [
    ...(result.error?.issues ?? []).flatMap((issue) => describeIssue(issue, source, schema)),
    ...checkConfig(source, schema, hasRegistry),
  ];
  return { faults, known: { source, schema, data: result.data } };
}

/** A file without an apiVersion is read as one of ours, so that its other faults are reported too. */
function dialectOf(source: YamlSource): Dialect | ConfigFault {
  const { value } = source;
  if (!isMapping(value)) {
    const found = Array.isArray(value) ? "a list" : quote(value);
    const reason = `the file must be a mapping that begins with apiVersion: ${apiVersionOf.airfield}, but it is ${found}`;
    return { line: 1, path: "", reason };
  }
  const { apiVersion } = value;
  if (apiVersion === undefined || apiVersion === apiVersionOf.airfield) return "airfield";
  if (apiVersion === apiVersionOf.kind) return "kind";
  const reason = `${quote(apiVersion)} is not possible; it must be ${apiVersionOf.airfield}, or ${apiVersionOf.kind} for a file of kind`;
  return { line: source.lineOf(["apiVersion"]), path: "apiVersion", reason };
}

function inOrder(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  const sorted = [...faults].sort((a, b) => a.line - b.line);
  if (sorted.length <= shownFaults) return sorted;
  const more = sorted.length - shownFaults;
  return [...sorted.slice(0, shownFaults), { line: 0, path: "", reason: `and ${more} more` }];
}

/** The lines of all patches' texts, by their paths. */
function patchLinesOf(source: YamlSource): Readonly<Record<string, number>> {
  const { value } = source;
  const levels: readonly (readonly [Path, unknown])[] = [
    [[], value],
    ...(isMapping(value) && Array.isArray(value["nodes"]) ? value["nodes"] : []).map(
      (node: unknown, index) => [["nodes", index], node] as const,
    ),
  ];
  return Object.fromEntries(
    levels.flatMap(([at, level]) =>
      ["kubeadmConfigPatches", "kubeadmConfigPatchesJSON6902"].flatMap((field) => {
        const patches: unknown = isMapping(level) ? level[field] : undefined;
        if (!Array.isArray(patches)) return [];
        return patches.map((patch: unknown, index) => {
          const path = [...at, field, index];
          const line = typeof patch === "string" ? source.lineOfText(path) : source.lineOf(path);
          return [renderPath(path), line] as const;
        });
      }),
    ),
  );
}

/** What kind's reader takes without a word, and nobody means. */
function doubtsOf(source: YamlSource, folder: string): ClusterOrigin["doubts"] {
  const { value, secondDocument } = source;
  const nodes: readonly unknown[] =
    isMapping(value) && Array.isArray(value["nodes"]) ? value["nodes"] : [];
  const mounts = nodes.flatMap((node, index) => {
    const list: unknown = isMapping(node) ? node["extraMounts"] : undefined;
    return (Array.isArray(list) ? list : []).map(
      (mount: unknown, place) =>
        [mount, ["nodes", index, "extraMounts", place, "hostPath"]] as const,
    );
  });
  const tildes = mounts.flatMap(([mount, path]) => {
    const hostPath: unknown = isMapping(mount) ? mount["hostPath"] : undefined;
    if (typeof hostPath !== "string" || !hostPath.startsWith("~")) return [];
    return [
      {
        line: source.lineOf(path),
        message: `${renderPath(path)}: "~" is not expanded, as in kind; this is the folder ${resolve(folder, hostPath)}`,
        hint: "Write the whole path if you mean your home folder.",
      },
    ];
  });
  if (secondDocument === undefined) return tildes;
  const message = "what follows on this line is not read, as in kind: it is another document";
  const hint = "Keep one cluster per file.";
  return [...tildes, { line: secondDocument, message, hint }];
}

interface Place {
  readonly folder: string;
  readonly originOf: (path: Path) => ConfigOrigin;
}

function configOf(file: AirfieldFile | KindFile, place: Place): AirfieldConfig {
  const cluster = clusterOf(file, place.folder);
  // A file of kind has neither.
  if (!("registry" in file)) return { cluster, applications: [], dependencies: [] };
  return {
    cluster,
    applications: file.applications.map((application, index) => ({
      ...applicationOf(application, place.folder),
      origin: place.originOf(["applications", index]),
    })),
    dependencies: file.dependencies.map((dependency, index) => ({
      ...dependency,
      origin: place.originOf(["dependencies", index]),
    })),
  };
}

function clusterOf(file: AirfieldFile | KindFile, folder: string): ClusterConfig {
  const { apiVersion: _apiVersion, kind: _kind, networking, nodes, ...rest } = file;
  const {
    applications: _applications,
    dependencies: _dependencies,
    registry,
    registries,
    proxy,
    ...fields
  } = {
    applications: [],
    dependencies: [],
    registry: defaultRegistry,
    registries: defaultRegistries,
    proxy: defaultProxy,
    ...rest,
  };
  const { ipFamily: _ipFamily, ...addresses } = networking;
  return {
    ...fields,
    registry,
    registries: registriesOf(registries, folder),
    proxy,
    nodes:
      nodes.length === 0
        ? [plainNode("control-plane")]
        : nodes.map((node) => ({
            // A node of kind's file has none.
            ...{ taints: [] },
            ...node,
            extraMounts: node.extraMounts.map((mount) => ({
              ...mount,
              hostPath: resolve(folder, mount.hostPath),
            })),
            extraPortMappings: node.extraPortMappings.map((mapping) => ({
              ...mapping,
              hostPort: chosenPort(mapping.hostPort),
            })),
          })),
    networking: {
      ...addresses,
      podSubnet: normalSubnet(networking.podSubnet),
      serviceSubnet: normalSubnet(networking.serviceSubnet),
      ...(networking.nodeSubnet === undefined
        ? {}
        : { nodeSubnet: normalSubnet(networking.nodeSubnet) }),
      apiServerPort: chosenPort(networking.apiServerPort),
    },
  };
}

/** Paths are relative to the folder of the file. */
function registriesOf(registries: RegistriesConfig, folder: string): RegistriesConfig {
  const endpoint = <Endpoint extends RegistryEndpointConfig>(given: Endpoint): Endpoint => ({
    ...given,
    ...Object.fromEntries(
      (["caFile", "clientCertFile", "clientKeyFile", "passwordFile"] as const).flatMap((field) => {
        const path = given[field];
        return path === undefined ? [] : [[field, resolve(folder, path)] as const];
      }),
    ),
  });
  return {
    caches: registries.caches,
    caFiles: registries.caFiles.map((path) => resolve(folder, path)),
    hosts: registries.hosts.map((host) => ({
      ...endpoint(host),
      mirrors: host.mirrors.map(endpoint),
    })),
  };
}

/** Beside the project's own, which they win over. */
const DEFAULT_PROFILES = ["k8s"];

function applicationOf(
  application: AirfieldFile["applications"][number],
  folder: string,
): ApplicationConfig {
  return {
    ...application,
    profiles: application.profiles ?? DEFAULT_PROFILES,
    addsProfiles: application.profiles === undefined,
    path: resolve(folder, application.path),
    ...(application.kustomize === undefined
      ? {}
      : { kustomize: resolve(folder, application.kustomize) }),
    resources: resourcesOf(application.resources),
    config: { files: application.config.files.map((path) => resolve(folder, path)) },
    secrets: Object.fromEntries(
      Object.entries(application.secrets).map(([key, value]) => [
        key,
        value.replace(
          /\$\{file:([^}]*)\}/g,
          (_, path: string) => `\${file:${resolve(folder, path)}}`,
        ),
      ]),
    ),
  };
}

/** What is said goes before the defaults, and pulls them along: no limit may be less than its request. */
function resourcesOf({
  requests,
  limits,
}: ApplicationConfig["resources"]): ApplicationConfig["resources"] {
  const value = (text: string | undefined): number => parseQuantity(text ?? "") ?? 0;
  const memoryLimit = limits["memory"] ?? larger("512Mi", requests["memory"]);
  const cpuRequest = smaller("100m", limits["cpu"]);
  return {
    requests: { cpu: cpuRequest, memory: smaller("256Mi", memoryLimit), ...requests },
    limits: { memory: memoryLimit, ...limits },
  };

  function larger(a: string, b: string | undefined): string {
    return b !== undefined && value(b) > value(a) ? b : a;
  }
  function smaller(a: string, b: string | undefined): string {
    return b !== undefined && value(b) < value(a) ? b : a;
  }
}

/** kind's -1 leaves the choice to the engine, which would choose anew at each start. */
function chosenPort(port: number): number {
  return Math.max(0, port);
}

/** Without host bits, which kind's parser allows. */
function normalSubnet(text: string): string {
  const subnet = parseNetwork(text);
  return subnet === undefined ? text : renderNetwork(subnet);
}
