import type * as z from "zod";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { closestName } from "./closest-name.ts";
import { checkRegistries } from "./check-registries.ts";
import { faultsOfContainerdOperations, faultsOfContainerdPatch } from "./containerd-patch.ts";
import { hasLogin, hostsOfPatch } from "./containerd-registries.ts";
import {
  faultOfTarget,
  parseJson6902,
  parseKubeadmMergePatch,
  type PatchFault,
} from "./kubeadm-patch.ts";
import { isMapping } from "../formats/mapping.ts";
import { coveredPlace, placesOfNodes, type PlaceFacts } from "./node-places.ts";
import type { Report } from "./report.ts";
import { roomForNodes } from "./node-room.ts";
import { parseQuantity } from "./quantity.ts";
import { partsOf, type Application, type NodeFields, type Parts } from "./right-parts.ts";
import { findCircle } from "./start-order.ts";
import { doNetworksOverlap, parseNetwork } from "../formats/ipv4.ts";
import { renderPath, type Path, type YamlSource } from "./yaml-source.ts";

/**
 * The faults that no field has by itself: what overlaps, comes twice or is missing, and patches. Works on what
 * is right of a file, so that one run tells as much as possible.
 */
export function checkConfig(
  source: YamlSource,
  schema: z.ZodObject,
  hasRegistry: boolean,
): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const report: Report = (path, reason, line = source.lineOf(path)) =>
    void faults.push({ line, path: renderPath(path), reason });
  const parts = partsOf(source.value, schema);

  checkRoles(parts, report);
  checkSubnets(parts, source.value, report);
  checkHostPorts(parts, report);
  checkRegistry(parts, report);
  checkRegistries(parts.registries, report);
  parts.nodes.forEach((node, index) => checkNode(node, index, report));
  checkMounts(source, parts, hasRegistry, report);
  checkApplications(parts.applications, report);
  checkDependencies(parts, report);
  checkPatches(source, parts, report);
  return faults;
}

function checkRoles({ nodes }: Parts, report: Report): void {
  // A role with a fault may be meant for the control plane.
  if (nodes.length === 0 || nodes.some(({ role }) => role !== "worker")) return;
  report(["nodes"], "there is no control plane; give one node the role control-plane");
}

function checkSubnets({ networking, nodes }: Parts, value: unknown, report: Report): void {
  const named = (["podSubnet", "serviceSubnet", "nodeSubnet"] as const).flatMap((name) => {
    const text = networking[name];
    const subnet = text === undefined ? undefined : parseNetwork(text);
    return subnet === undefined ? [] : [{ name, subnet, text }];
  });
  named.forEach((second, index) => {
    const first = named
      .slice(0, index)
      .find(({ subnet }) => doNetworksOverlap(subnet, second.subnet));
    if (first === undefined) return;
    // The default cannot be what is wrong.
    const isDefault = !hasField(value, ["networking", second.name]);
    const [at, other] = isDefault ? [first, second] : [second, first];
    report(["networking", at.name], `${at.text} overlaps with ${other.name} ${other.text}`);
  });
  const { podSubnet } = networking;
  const patches = isMapping(value) ? value : {};
  const room = roomForNodes({
    networking: { podSubnet: podSubnet ?? "" },
    kubeadmConfigPatches: patches["kubeadmConfigPatches"],
    kubeadmConfigPatchesJSON6902: patches["kubeadmConfigPatchesJSON6902"],
  });
  if (room < nodes.length) {
    const has = room === 1 ? "room for one node" : `room for ${room} nodes`;
    report(
      ["networking", "podSubnet"],
      `${podSubnet} has ${has} (each takes a /24), and there are ${nodes.length}`,
    );
  }
}

/** A shared registry was made with all that it is. */
function checkRegistry({ registry }: Parts, report: Report): void {
  const { name, port = 0, keepData = false } = registry;
  if (name === undefined) return;
  const madeWith = `the shared registry ${name} was made with its own; leave this out`;
  if (port !== 0) report(["registry", "port"], madeWith);
  if (keepData)
    report(["registry", "keepData"], `the data of a shared registry stays with it; leave this out`);
}

interface HostPort {
  readonly path: Path;
  readonly port: number;
  readonly address: string;
  readonly protocol: string;
}

function checkHostPorts(parts: Parts, report: Report): void {
  const { nodes, networking, registry, applications } = parts;
  const local = (path: Path, port: number | undefined, address = "127.0.0.1"): HostPort => ({
    path,
    port: port ?? 0,
    address,
    protocol: "TCP",
  });
  const ports = [
    local(["networking", "apiServerPort"], networking.apiServerPort, networking.apiServerAddress),
    local(["registry", "port"], registry.port),
    ...nodes.flatMap((node, index) =>
      (node.extraPortMappings ?? []).map(({ hostPort, listenAddress, protocol }, place) => ({
        path: ["nodes", index, "extraPortMappings", place, "hostPort"],
        port: hostPort,
        address: listenAddress,
        protocol,
      })),
    ),
    ...applications.map((application, index) =>
      local(["applications", index, "hostPort"], application.hostPort),
    ),
  ].filter(({ port }) => port > 0);
  ports.forEach((second, index) => {
    const first = ports.slice(0, index).find((other) => isSamePort(other, second));
    if (first !== undefined) {
      report(second.path, `host port ${second.port} is used by ${renderPath(first.path)} already`);
    }
  });
}

function isSamePort(a: HostPort, b: HostPort): boolean {
  const isWildcard = ({ address }: HostPort): boolean => address === "0.0.0.0" || address === "::";
  return (
    a.port === b.port &&
    a.protocol === b.protocol &&
    (a.address === b.address || isWildcard(a) || isWildcard(b))
  );
}

function checkNode(node: Partial<NodeFields>, index: number, report: Report): void {
  const paths = (node.extraMounts ?? []).map(({ containerPath }) =>
    containerPath.replace(/(.)\/+$/, "$1"),
  );
  paths.forEach((path, place) => {
    const first = paths.indexOf(path);
    if (first < place) {
      report(
        ["nodes", index, "extraMounts", place, "containerPath"],
        `${path} is taken by extraMounts[${first}] already`,
      );
    }
  });
  const taints = (node.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
  taints.forEach((taint, place) => {
    if (taints.indexOf(taint) < place) {
      report(["nodes", index, "taints", place], `the taint ${taint} is given twice`);
    }
  });
}

/** A mount over what Airfield or the node writes: it would end in the user's folder, or fail half-way. */
function checkMounts(source: YamlSource, parts: Parts, hasRegistry: boolean, report: Report): void {
  const places = placesOfNodes(placeFactsOf(source.value, parts, hasRegistry));
  parts.nodes.forEach(({ extraMounts = [] }, index) => {
    extraMounts.forEach((mount, place) => {
      const covered = coveredPlace(mount, places);
      if (covered === undefined) return;
      const { path, why, instead, because } = covered;
      const other =
        because === undefined ? "" : ` (${renderPath(because)}, line ${source.lineOf(because)})`;
      report(
        ["nodes", index, "extraMounts", place, "containerPath"],
        `${path} ${why}${other}${instead === undefined ? "" : `; ${instead}`}`,
      );
    });
  });
}

function placeFactsOf(value: unknown, parts: Parts, hasRegistry: boolean): PlaceFacts {
  const { registry, registries, networking } = parts;
  const hosts = registries.hosts ?? [];
  const patches = isMapping(value) ? texts(value["containerdConfigPatches"], []) : [];
  const patched = patches.flatMap(([at, text]) =>
    hostsOfPatch(text).map(({ host }) => ({ host, at: ["containerdConfigPatches", ...at] })),
  );
  const login = hosts.findIndex(({ username }) => username !== undefined);
  const patchedLogin = patches.find(([, text]) => hasLogin(text));
  const loginAt: Path | undefined =
    login !== -1
      ? ["registries", "hosts", login, "username"]
      : patchedLogin === undefined
        ? undefined
        : ["containerdConfigPatches", ...patchedLogin[0]];
  const proxy = ["httpProxy", "httpsProxy"].find((field) => hasField(value, ["proxy", field]));
  return {
    hasRegistry: hasRegistry && registry.enabled !== false,
    isCniDisabled: networking.disableDefaultCNI === true,
    registries: [
      ...hosts.map(({ host }, index) => ({ host, at: ["registries", "hosts", index] })),
      ...(registries.caches ?? []).map((host, index) => ({
        host,
        at: ["registries", "caches", index],
      })),
      ...patched,
    ],
    ...(loginAt === undefined ? {} : { loginAt }),
    ...(registries.caFiles === undefined || registries.caFiles.length === 0
      ? {}
      : { authoritiesAt: ["registries", "caFiles"] }),
    ...(proxy === undefined ? {} : { proxyAt: ["proxy", proxy] }),
  };
}

function checkApplications(applications: Parts["applications"], report: Report): void {
  const seenNames = new Map<string, number>();
  const seenProjects = new Map<string, number>();
  applications.forEach((application, index) => {
    const { name, namespace, path, module } = application;
    // One without a path has that fault already.
    if (path === undefined) return;
    const project = JSON.stringify([path, module, name, namespace]);
    const sameProject = seenProjects.get(project);
    const sameName = name === undefined ? undefined : seenNames.get(`${namespace}/${name}`);
    if (sameName !== undefined) {
      report(
        ["applications", index, "name"],
        `applications[${sameName}] has this name in namespace ${namespace} too`,
      );
    } else if (sameProject !== undefined) {
      report(
        ["applications", index, "path"],
        `applications[${sameProject}] is the same project; give one of them a name`,
      );
    }
    if (name !== undefined) seenNames.set(`${namespace}/${name}`, index);
    seenProjects.set(project, index);
    checkResources(application, index, report);
  });
}

/** Names are of both: an application and a dependency of one name would share a Service. */
function checkDependencies({ applications, dependencies }: Parts, report: Report): void {
  dependencies.forEach(({ name, namespace }, index) => {
    if (name === undefined) return;
    const isSame = (other: { name?: string; namespace?: string }): boolean =>
      other.name === name && other.namespace === namespace;
    const sameDependency = dependencies.findIndex(isSame);
    const sameApplication = applications.findIndex(isSame);
    const at = ["dependencies", index, "name"];
    if (sameDependency < index) {
      report(at, `dependencies[${sameDependency}] has this name in namespace ${namespace} too`);
    } else if (sameApplication !== -1) {
      report(at, `applications[${sameApplication}] has this name in namespace ${namespace} too`);
    }
  });
  applications.forEach((application, index) => {
    checkDependsOn({ application, index, applications, dependencies }, report);
    checkConfigFiles(application, index, report);
  });
  const circle = findCircle(
    applications.flatMap(({ name, dependsOn = [] }) =>
      name === undefined ? [] : [{ name, dependsOn }],
    ),
  );
  if (circle === undefined) return;
  const at = applications.findIndex(({ name }) => name === circle[0]);
  report(["applications", at, "dependsOn"], `this goes in a circle: ${circle.join(" → ")}`);
}

function checkDependsOn(
  {
    application,
    index,
    applications,
    dependencies,
  }: Pick<Parts, "applications" | "dependencies"> & {
    readonly application: Partial<Application>;
    readonly index: number;
  },
  report: Report,
): void {
  const { dependsOn = [], namespace, connection } = application;
  const names = [...applications, ...dependencies].flatMap(({ name }) => name ?? []);
  // An application without a name has the project's, which is not known here.
  const isComplete = applications.every(({ name }) => name !== undefined);
  const typesSeen = new Map<string, string>();
  dependsOn.forEach((wanted, place) => {
    const at = ["applications", index, "dependsOn", place];
    if (dependsOn.indexOf(wanted) < place) report(at, `${wanted} is named twice`);
    if (isComplete && !names.includes(wanted)) {
      const near = closestName(wanted, names);
      const guess = near === undefined ? "" : `; did you mean ${near}?`;
      report(at, `there is no application and no dependency ${wanted}${guess}`);
    }
    const dependency = dependencies.find(({ name }) => name === wanted);
    if (dependency?.type === undefined) return;
    if (dependency.namespace !== namespace) {
      report(
        at,
        `${wanted} is in namespace ${dependency.namespace}, and the application in ${namespace}, where it cannot read its Secret`,
      );
    }
    const before = typesSeen.get(dependency.type);
    if (before !== undefined && connection !== "binding") {
      report(
        at,
        `${before} is a ${dependency.type} too, and Spring's variables can name one only; use connection: binding`,
      );
    }
    typesSeen.set(dependency.type, wanted);
  });
}

/** A ConfigMap has no folders. */
function checkConfigFiles({ config }: Partial<Application>, index: number, report: Report): void {
  const names = (config?.files ?? []).map((path) => path.replace(/^.*\//, ""));
  names.forEach((name, place) => {
    const at = ["applications", index, "config", "files", place];
    if (names.indexOf(name) < place)
      report(at, `files[${names.indexOf(name)}] is named ${name} too`);
    else if (!/^[-._a-zA-Z0-9]{1,253}$/.test(name)) {
      report(
        at,
        `${name} cannot be in a ConfigMap: only letters, digits, "-", "_" and "." are allowed`,
      );
    }
  });
}

function checkResources({ resources }: Partial<Application>, index: number, report: Report): void {
  for (const [name, limit] of Object.entries(resources?.limits ?? {})) {
    const request = resources?.requests[name];
    if (request === undefined) continue;
    if ((parseQuantity(request) ?? 0) > (parseQuantity(limit) ?? 0)) {
      report(
        ["applications", index, "resources", "limits", name],
        `the limit ${limit} is less than the request ${request}`,
      );
    }
  }
}

/** On the raw value: the patches of a node with another fault are looked at too. */
function checkPatches(source: YamlSource, parts: Parts, report: Report): void {
  const { value } = source;
  if (!isMapping(value)) return;
  const reportAll = (path: Path, faults: readonly PatchFault[]): void => {
    for (const { line, reason } of faults) report(path, reason, source.lineOfText(path) + line - 1);
  };
  for (const [path, text] of texts(value["containerdConfigPatches"], ["containerdConfigPatches"])) {
    reportAll(path, faultsOfContainerdPatch(text));
    for (const { host, line } of hostsOfPatch(text)) {
      const other = saidOfRegistry(host, parts);
      const at = other === undefined ? "" : ` (line ${source.lineOf(other)})`;
      if (other !== undefined)
        reportAll(path, [
          { line, reason: `${renderPath(other)}${at} says where ${host} is already` },
        ]);
    }
  }
  const json6902 = "containerdConfigPatchesJSON6902";
  for (const [path, text] of texts(value[json6902], [json6902])) {
    reportAll(path, faultsOfContainerdOperations(text));
  }
  checkKubeadmPatches(value, [], report, reportAll);
  if (!Array.isArray(value["nodes"])) return;
  value["nodes"].forEach((node: unknown, index) => {
    if (isMapping(node)) checkKubeadmPatches(node, ["nodes", index], report, reportAll);
  });
}

/** Where the file's own fields speak of a registry. */
function saidOfRegistry(host: string, { registries }: Parts): Path | undefined {
  const cache = registries.caches?.indexOf(host) ?? -1;
  if (cache !== -1) return ["registries", "caches", cache];
  const place = registries.hosts?.findIndex((each) => each.host === host) ?? -1;
  return place === -1 ? undefined : ["registries", "hosts", place];
}

function checkKubeadmPatches(
  holder: Readonly<Record<string, unknown>>,
  at: Path,
  report: Report,
  reportAll: (path: Path, faults: readonly PatchFault[]) => void,
): void {
  const merges = "kubeadmConfigPatches";
  for (const [path, text] of texts(holder[merges], [...at, merges])) {
    reportAll(path, parseKubeadmMergePatch(text).faults);
  }
  const json6902 = "kubeadmConfigPatchesJSON6902";
  const patches: unknown = holder[json6902];
  if (!Array.isArray(patches)) return;
  patches.forEach((item: unknown, index) => {
    if (!isMapping(item)) return;
    const { group = "", version = "", kind, patch } = item;
    const path = [...at, json6902, index];
    const target =
      typeof kind === "string" ? faultOfTarget(kind, apiVersion(group, version)) : undefined;
    if (target !== undefined) report([...path, "kind"], target);
    if (typeof patch === "string") {
      const { faults } = parseJson6902(patch, typeof kind === "string" ? kind : undefined);
      reportAll([...path, "patch"], faults);
    }
  });
}

function apiVersion(group: unknown, version: unknown): string {
  return [group, version].filter((part) => typeof part === "string" && part !== "").join("/");
}

function texts(list: unknown, path: Path): readonly (readonly [Path, string])[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text: unknown, index) =>
    typeof text === "string" ? [[[...path, index], text] as const] : [],
  );
}

function hasField(value: unknown, path: Path): boolean {
  const found = path.reduce<unknown>(
    (current, step) => (isMapping(current) ? current[step] : undefined),
    value,
  );
  return found !== undefined;
}
