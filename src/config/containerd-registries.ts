import { applyPatch } from "rfc6902";
import { parse, TomlError } from "smol-toml";
import { parseJson6902, type PatchFault } from "./kubeadm-patch.ts";
import { isMapping } from "../formats/mapping.ts";
import { mergePatch } from "./merge-patch.ts";
import { quote } from "./quote.ts";
import { lineOfToml } from "./toml-lines.ts";

type Table = Readonly<Record<string, unknown>>;

/** The CRI plugin's name in a file of version 2, and the one that has its registries in version 3. */
const plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images"];

/** What containerd's older way of naming registries has beside `config_path`, which excludes it. */
export const oldRegistryTables: readonly string[] = ["mirrors", "configs", "auths", "headers"];

/** A registry as patches of containerd's config.toml describe it in the older way. */
export interface PatchedRegistry extends PatchedEndpoint {
  /** As images name it; "*" for all that nothing else is said of. */
  readonly host: string;
  /** Asked before it, in order. */
  readonly mirrors: readonly PatchedEndpoint[];
}

export interface PatchedEndpoint {
  /** Undefined: where the registry answers by default. */
  readonly url: string | undefined;
  /** The URL ends where the API begins: no /v2 is added. */
  readonly isWholePath: boolean;
  readonly skipVerify: boolean;
  /** Paths in the node. */
  readonly authorityPath?: string;
  readonly client?: { readonly certificatePath: string; readonly keyPath: string };
  readonly login?: { readonly username: string; readonly password: string };
}

export interface ContainerdPatches {
  readonly containerdConfigPatches: readonly string[];
  readonly containerdConfigPatchesJSON6902: readonly string[];
}

/**
 * The registries that patches describe by `registry.mirrors`, `registry.configs` and `registry.auths`, kind's long
 * documented way. containerd refuses them beside `config_path`, which node images set, so they become hosts.toml files.
 * https://github.com/containerd/containerd/blob/release/1.7/docs/cri/registry.md
 *
 * @param patches without the faults that `faultsOfOldRegistries` finds
 */
export function registriesOfPatches(patches: ContainerdPatches): readonly PatchedRegistry[] {
  const { mirrors, configs } = mergedRegistry(patches);
  const hosts = new Set([...Object.keys(mirrors), ...Object.keys(configs).map(nameOfHost)]);
  return [...hosts].map((host) => {
    const { endpoint: all = [] } = (mirrors[host] ?? mirrors["*"] ?? {}) as {
      readonly endpoint?: readonly string[];
    };
    const endpoints = all.map((text) => endpointOf(withScheme(text), configs));
    // A registry that is its own mirror: the entry says how it is reached, and it is tried last.
    const itself = endpoints.findLast(({ url = "" }) => hostOf(url) === host);
    const isDefault = itself === undefined;
    return {
      host,
      mirrors: endpoints.filter((endpoint) => endpoint !== itself),
      ...(isDefault ? defaultEndpoint(host, configs) : itself),
    };
  });
}

/**
 * What cannot be translated of one merge patch.
 *
 * @param text TOML without faults
 */
export function faultsOfOldRegistries(text: string): readonly PatchFault[] {
  const patch = parse(text);
  return registryTables(patch).flatMap(([plugin, registry]) =>
    faultsOfRegistry(registry).map(({ path, reason }) => ({
      line: lineOfToml(text, ["plugins", plugin, "registry", ...path]),
      reason: `${[...path].join(".")}: ${reason}`,
    })),
  );
}

/** What cannot be translated of one JSON 6902 patch. */
export function faultsOfOldRegistryOperations(text: string): readonly PatchFault[] {
  const { operations } = parseJson6902(text);
  const { registry, failures } = applyToRegistry({}, operations);
  return [...failures, ...faultsOfRegistry(registry).map(({ reason }) => reason)].map((reason) => ({
    line: 1,
    reason,
  }));
}

/** Hosts that a merge patch says something of, with the line where it does. */
export function hostsOfPatch(
  text: string,
): readonly { readonly host: string; readonly line: number }[] {
  return tablesOfText(text).flatMap(([plugin, registry]) =>
    ["mirrors", "configs"].flatMap((table) =>
      Object.keys(tableOf(registry[table])).map((host) => ({
        host: table === "configs" ? nameOfHost(host) : host,
        line: lineOfToml(text, ["plugins", plugin, "registry", table, host]),
      })),
    ),
  );
}

/** Whether a merge patch has a login. */
export function hasLogin(text: string): boolean {
  return tablesOfText(text).some(
    ([, { configs, auths }]) =>
      isFilled(auths) ||
      Object.values(tableOf(configs)).some((config) => isFilled(tableOf(config)["auth"])),
  );
}

/** None where the text is no TOML: that is another's fault to tell. */
function tablesOfText(text: string): ReturnType<typeof registryTables> {
  try {
    return registryTables(parse(text));
  } catch (error) {
    if (error instanceof TomlError) return [];
    throw error;
  }
}

interface RegistryFault {
  readonly path: readonly string[];
  readonly reason: string;
}

const untranslatable =
  "containerd takes no registry.mirrors and registry.configs beside its config_path, and this has no counterpart in a hosts.toml file";

function faultsOfRegistry(registry: Table): readonly RegistryFault[] {
  const faults: RegistryFault[] = [];
  const report = (path: readonly string[], reason: string): void =>
    void faults.push({ path, reason });
  if (isFilled(registry["headers"])) report(["headers"], untranslatable);
  for (const [host, mirror] of Object.entries(tableOf(registry["mirrors"]))) {
    if (!isHost(host)) report(["mirrors", host], notHost);
    for (const [key, value] of Object.entries(tableOf(mirror))) {
      const path = ["mirrors", host, key];
      if (key !== "endpoint") report(path, untranslatable);
      else if (!isTexts(value)) report(path, "it is a list of URLs");
      else
        for (const url of value)
          if (URL.parse(withScheme(url)) === null) report(path, `${quote(url)} is no URL`);
    }
  }
  for (const [host, config] of Object.entries(tableOf(registry["configs"])))
    faultsOfConfig(host, tableOf(config), report);
  for (const [url, auth] of Object.entries(tableOf(registry["auths"])))
    faultsOfAuth(["auths", url], tableOf(auth), report);
  return faults;
}

const notHost = "it is no registry as images name one, as docker.io or registry.example:5000";

/** It becomes a folder's name in the node. */
function isHost(host: string): boolean {
  return host === "*" || /^(\[[\da-fA-F:]+\]|\w[\w.-]*)(:\d{1,5})?$/.test(host);
}

function faultsOfConfig(
  host: string,
  config: Table,
  report: (path: readonly string[], reason: string) => void,
): void {
  const at = ["configs", host];
  if (!isHost(host)) report(at, notHost);
  for (const key of Object.keys(config))
    if (key !== "tls" && key !== "auth") report([...at, key], untranslatable);
  faultsOfAuth([...at, "auth"], tableOf(config["auth"]), report);
  const tls = tableOf(config["tls"]);
  for (const [key, value] of Object.entries(tls)) {
    const path = [...at, "tls", key];
    if (key === "insecure_skip_verify") {
      if (typeof value !== "boolean") report(path, "it is true or false");
    } else if (!["ca_file", "cert_file", "key_file"].includes(key)) report(path, untranslatable);
    else if (typeof value !== "string") report(path, "it is a path in the node");
  }
  if (isFilled(tls["cert_file"]) !== isFilled(tls["key_file"]))
    report([...at, "tls"], "a certificate needs its key: give cert_file and key_file");
}

function faultsOfAuth(
  at: readonly string[],
  auth: Table,
  report: (path: readonly string[], reason: string) => void,
): void {
  for (const [key, value] of Object.entries(auth)) {
    if (!["username", "password", "auth"].includes(key)) {
      if (isFilled(value)) report([...at, key], untranslatable);
    } else if (typeof value !== "string") report([...at, key], "it is a text");
  }
  if (Object.keys(auth).length > 0 && loginOf(auth) === undefined)
    report(at, "give username and password, or auth, which is both as base64 of USERNAME:PASSWORD");
}

function mergedRegistry({
  containerdConfigPatches,
  containerdConfigPatchesJSON6902,
}: ContainerdPatches): { readonly mirrors: Table; readonly configs: Table } {
  const merged = containerdConfigPatches
    .flatMap((text) => registryTables(parse(text)))
    .reduce<Table>((current, [, registry]) => mergePatch(current, registry) as Table, {});
  const patched = containerdConfigPatchesJSON6902.reduce<Table>(
    (current, text) => applyToRegistry(current, parseJson6902(text).operations).registry,
    merged,
  );
  // The oldest form: logins by URL.
  const auths = Object.entries(tableOf(patched["auths"])).map(
    ([url, auth]) => [hostOf(withScheme(url)), { auth }] as const,
  );
  const configs = mergePatch(Object.fromEntries(auths), tableOf(patched["configs"])) as Table;
  return { mirrors: tableOf(patched["mirrors"]), configs };
}

/** Applies what of the operations is about registries; the rest is nothing to this table. */
function applyToRegistry(
  registry: Table,
  operations: ReturnType<typeof parseJson6902>["operations"],
): { readonly registry: Table; readonly failures: readonly string[] } {
  const failures: string[] = [];
  const stub = {
    plugins: Object.fromEntries(plugins.map((plugin) => [plugin, { registry: {} }])),
  };
  for (const plugin of plugins) stub.plugins[plugin] = { registry: structuredClone(registry) };
  const touched = new Set<string>();
  for (const operation of operations) {
    const [, , plugin = "", , table = ""] = operation.path.split("/");
    const isOurs = /^\/plugins\/[^/]+\/registry(\/|$)/.test(operation.path);
    if (!isOurs || !plugins.includes(plugin)) continue;
    if (table !== "" && !oldRegistryTables.includes(table)) continue;
    touched.add(plugin);
    const [failure] = applyPatch(stub, [operation]);
    if (failure !== null && failure !== undefined)
      failures.push(`${operation.op} ${operation.path}: there is no such path`);
  }
  const result = [...touched].reduce<Table>(
    (current, plugin) => mergePatch(current, tableOf(stub.plugins[plugin]?.registry)) as Table,
    touched.size === 0 ? registry : {},
  );
  return { registry: result, failures };
}

function registryTables(patch: Table): readonly (readonly [plugin: string, registry: Table])[] {
  const tables = tableOf(patch["plugins"]);
  return plugins.flatMap((plugin) => {
    const registry = tableOf(tableOf(tables[plugin])["registry"]);
    return Object.keys(registry).length === 0 ? [] : [[plugin, registry] as const];
  });
}

/** A path of /v2, or none, is where a registry's API is; any other is used as it stands. */
function endpointOf(text: string, configs: Table): PatchedEndpoint {
  const { protocol, host, pathname } = new URL(text);
  const isWholePath = !["", "/", "/v2", "/v2/"].includes(pathname);
  const url = `${protocol}//${host}${isWholePath ? pathname.replace(/\/+$/, "") : ""}`;
  return { url, isWholePath, ...settingsOf(host, configs) };
}

function defaultEndpoint(host: string, configs: Table): PatchedEndpoint {
  const url = isLocal(host) ? `http://${host}` : undefined;
  return { url, isWholePath: false, ...settingsOf(host, configs) };
}

function settingsOf(
  host: string,
  configs: Table,
): Pick<PatchedEndpoint, "skipVerify" | "authorityPath" | "client" | "login"> {
  const names = Object.keys(configs).filter((name) => nameOfHost(name) === nameOfHost(host));
  const config = names.reduce<Table>((all, name) => mergePatch(all, configs[name]) as Table, {});
  const tls = tableOf(config["tls"]) as Readonly<Record<string, string | boolean>>;
  const { ca_file: authority = "", cert_file: certificate = "", key_file: key = "" } = tls;
  const login = loginOf(tableOf(config["auth"]));
  return {
    skipVerify: tls["insecure_skip_verify"] === true,
    ...(authority === "" ? {} : { authorityPath: String(authority) }),
    ...(certificate === ""
      ? {}
      : { client: { certificatePath: String(certificate), keyPath: String(key) } }),
    ...(login === undefined ? {} : { login }),
  };
}

function loginOf(auth: Table): PatchedEndpoint["login"] {
  const { username, password, auth: encoded } = auth;
  if (typeof encoded === "string" && encoded !== "") {
    const [, name, secret] =
      /^([^:]+):(.+)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
    return name === undefined || secret === undefined
      ? undefined
      : { username: name, password: secret };
  }
  return typeof username === "string" && typeof password === "string" && username !== ""
    ? { username, password }
    : undefined;
}

/** As images name the registry that is reached at `host`. */
function nameOfHost(host: string): string {
  return ["registry-1.docker.io", "index.docker.io"].includes(host) ? "docker.io" : host;
}

function hostOf(url: string): string {
  return nameOfHost(URL.parse(url)?.host ?? "");
}

/** As containerd completes an endpoint. */
function withScheme(text: string): string {
  if (text.includes("://")) return text;
  return `${isLocal(text.split("/")[0] ?? "") ? "http" : "https"}://${text}`;
}

function isLocal(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host);
}

function tableOf(value: unknown): Table {
  return isMapping(value) ? value : {};
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isFilled(value: unknown): boolean {
  if (isMapping(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== "";
}
