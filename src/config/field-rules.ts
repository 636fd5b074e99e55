import { parseIpv4, parseNetwork } from "../formats/ipv4.ts";
import { parseQuantity } from "./quantity.ts";

/** Says what is wrong with a text, as "it …", or undefined when nothing is. */
export type FieldRule = (text: string) => string | undefined;

const qualifiedNamePart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const dnsLabelPattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** RFC 1123: namespaces. */
export const dnsLabel: FieldRule = (text) =>
  text.length <= 63 && dnsLabelPattern.test(text)
    ? undefined
    : "it must be 1 to 63 lower-case letters, digits and dashes, and begin and end with a letter or digit";

/** Names of shared registries. What ends with "-registry" is a cluster's own: "CLUSTER-registry". */
export const registryName: FieldRule = (text) => {
  if (text.length > 40 || !dnsLabelPattern.test(text))
    return "it must be 1 to 40 lower-case letters, digits and dashes, and begin and end with a letter or digit";
  return text.endsWith("-registry")
    ? 'names that end with "-registry" are those of clusters\' own registries'
    : undefined;
};

/** The first part of an image's name: with a dot or a port, else it would be taken for a folder of docker.io. */
export const registryHost: FieldRule = (text) => {
  if (/^(index\.|registry-1\.)docker\.io$/.test(text)) return "images name it docker.io";
  const isHost = /^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(text);
  if (isHost && text.length <= 200 && (/[.:]/.test(text) || text === "localhost")) return undefined;
  return "it is no registry as images name one, as docker.io or registry.example:5000";
};

export const registryUrl: FieldRule = (text) => {
  const url = httpUrl(text);
  if (url === undefined) return "it is no URL, as https://registry.example:5000";
  if (url.username !== "" || url.password !== "")
    return "a login does not belong into a URL; use username, and password or passwordFile";
  return url.search === "" && url.hash === "" ? undefined : "it may not have a query";
};

export const proxyUrl: FieldRule = (text) => {
  if (environmentReference(text) === undefined) return undefined;
  const url = httpUrl(text);
  if (url === undefined) return "it is no URL, as http://proxy.example:3128, and not ${env:NAME}";
  return url.password === ""
    ? undefined
    : "a password does not belong into this file; put the whole URL into a variable and write ${env:NAME}";
};

export const noProxyEntry: FieldRule = (text) =>
  /^[\w.*:/[\]-]{1,253}$/.test(text) ? undefined : "it is no host, domain or network";

export const userName: FieldRule = (text) =>
  text !== "" && text.length <= 500 && !text.includes(":") && !hasControlCharacters(text)
    ? undefined
    : "it may not be empty or contain a colon";

/** A secret by the name of the environment variable that holds it. */
export const environmentReference: FieldRule = (text) =>
  /^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/.test(text)
    ? undefined
    : "a password does not belong into this file; name the variable that holds it as ${env:NAME}, or use passwordFile";

/** RFC 1035: names of Services may not begin with a digit. */
export const serviceName: FieldRule = (text) =>
  text.length <= 63 && /^[a-z]/.test(text) && dnsLabelPattern.test(text)
    ? undefined
    : "it must be 1 to 63 lower-case letters, digits and dashes, begin with a letter and not end with a dash";

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export const qualifiedName: FieldRule = (text) => {
  const [prefix, name, ...rest] = text.includes("/") ? text.split("/") : [undefined, text];
  if (name === undefined || rest.length > 0) return 'it has more than one "/"';
  if (prefix !== undefined && !isDomain(prefix)) return 'what stands before "/" must be a domain';
  return name.length <= 63 && qualifiedNamePart.test(name)
    ? undefined
    : 'it must be 1 to 63 letters, digits, "-", "_" and ".", and begin and end with a letter or digit';
};

export const labelValue: FieldRule = (text) =>
  text === "" || (text.length <= 63 && qualifiedNamePart.test(text))
    ? undefined
    : 'it must be up to 63 letters, digits, "-", "_" and ".", and begin and end with a letter or digit';

export const imageReference: FieldRule = (text) => {
  const reason = "it is no image reference, as kindest/node:v1.34.0 or NAME@sha256:DIGEST";
  if (text.length > 500) return reason;
  const [name = "", digest, ...rest] = text.split("@");
  if (rest.length > 0 || (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest))) {
    return reason;
  }
  const [, untagged = "", tag] = /^(.*?)(?::([^/]*))?$/s.exec(name) ?? [];
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return reason;
  const components = untagged.split("/");
  const isRight = components.every((component, index) =>
    index === 0 && components.length > 1
      ? /^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?(:\d{1,5})?$/.test(component)
      : /^[a-z0-9]+((\.|_{1,2}|-+)[a-z0-9]+)*$/.test(component),
  );
  return isRight ? undefined : reason;
};

/** An address and, if any, folders in lower case, as image names have them. */
export const imageRepository: FieldRule = (text) =>
  /^[A-Za-z0-9.-]+(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*\/?$/.test(text)
    ? undefined
    : "it is no registry as HOST[:PORT]/PATH, with the path in lower case";

export const ipv4Address: FieldRule = (text) =>
  parseIpv4(text) === undefined ? "it is no IPv4 address, as 127.0.0.1" : undefined;

/** A CIDR whose prefix lies between two bounds. */
export function ipv4Subnet(
  shortest: number,
  longest: number,
  why: { readonly tooLarge: string; readonly tooSmall: string },
): FieldRule {
  return (text) => {
    const subnet = parseNetwork(text);
    if (subnet === undefined) {
      return text.includes(":")
        ? "only IPv4 is supported so far; write a network as 10.244.0.0/16"
        : "it is no IPv4 network, as 10.244.0.0/16";
    }
    if (subnet.prefix < shortest) return `/${subnet.prefix} is too large: ${why.tooLarge}`;
    if (subnet.prefix > longest) return `/${subnet.prefix} is too small: ${why.tooSmall}`;
    return undefined;
  };
}

export const hostPath: FieldRule = (text) => {
  if (text === "") return "it is empty";
  if (hasControlCharacters(text)) return "it contains control characters";
  if (/^~/.test(text)) return '"~" is not expanded here; write the whole path';
  return undefined;
};

/** In kind's files a folder may be named "~". */
export const hostPathOfKind: FieldRule = (text) => hostPath(text.replace(/^~/, "./~"));

/** What the node itself mounts; a second mount at the same place is refused by Docker. */
const mountedByNodes = ["/", "/lib/modules", "/run", "/tmp", "/var"];

export const containerPath: FieldRule = (text) => {
  if (hasControlCharacters(text)) return "it contains control characters";
  if (!text.startsWith("/")) return 'it must begin with "/"';
  const normal = text.replaceAll(/\/+/g, "/").replace(/(.)\/$/, "$1");
  if (normal.split("/").includes("..")) return 'it contains ".."';
  return mountedByNodes.includes(normal)
    ? `the node itself uses ${normal}; mount below it`
    : undefined;
};

export const searchDomain: FieldRule = (text) =>
  isDomain(text.replace(/\.$/, "")) || text === "." ? undefined : "it is no domain";

/** https://github.com/kubernetes/kubernetes/blob/v1.34.0/cmd/kubeadm/app/apis/kubeadm/validation/validation.go (ValidateNetworking) */
export const dnsDomain: FieldRule = (text) =>
  isDomain(text)
    ? undefined
    : "it must be a domain of lower-case letters, digits, dashes and dots, as acme.internal";

export const featureGate: FieldRule = (text) =>
  /^[A-Za-z][A-Za-z0-9]{0,99}$/.test(text) ? undefined : "a feature gate is a word, as MyFeature";

export const runtimeConfigKey: FieldRule = (text) =>
  /^[a-z0-9][a-z0-9./-]{0,200}$/.test(text)
    ? undefined
    : "it must be api/all, api/alpha, GROUP/VERSION or GROUP/VERSION/RESOURCE";

export const runtimeConfigValue: FieldRule = (text) =>
  // As the API server reads it. https://pkg.go.dev/strconv#ParseBool
  /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text)
    ? undefined
    : 'it must be "true" or "false"';

/** Names of environment variables in a Pod; Spring Boot reads dotted ones too. */
export const environmentName: FieldRule = (text) =>
  /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) && text.length <= 253 && text !== "." && text !== ".."
    ? undefined
    : 'it must consist of letters, digits, "_", "-" and ".", and not begin with a digit';

export const springProfile: FieldRule = (text) =>
  /^[\w.@+-]{1,100}$/.test(text)
    ? undefined
    : 'it must consist of letters, digits, "-", "_", ".", "+" and "@"';

/** "order-service", "services/order" for Maven; ":services:order" for Gradle. */
export const moduleName: FieldRule = (text) =>
  /^[\w:.][\w:./-]{0,250}$/.test(text) && !text.split("/").includes("..")
    ? undefined
    : "it is neither a Maven module nor a Gradle project path";

export const quantity: FieldRule = (text) => {
  const value = parseQuantity(text);
  if (value === undefined) return "it is no quantity, as 500m, 2, 512Mi or 1Gi";
  return value > 0 ? undefined : "it must be more than 0";
};

/** Its pod is NAME-0 and its volume data-NAME-0; the name of a StatefulSet is a label of its pods, with a suffix. */
export const dependencyName: FieldRule = (text) =>
  serviceName(text) ?? (text.length <= 52 ? undefined : "it must be 1 to 52 characters");

export const imageTag: FieldRule = (text) =>
  /^\w[\w.-]{0,127}$/.test(text) ? undefined : "it is no tag of an image, as 17.5";

/** What needs no quotes in SQL, in a URL or in a file of a service binding. */
export const databaseName: FieldRule = (text) =>
  /^[a-z_][a-z0-9_]{0,62}$/.test(text)
    ? undefined
    : 'it must be 1 to 63 lower-case letters, digits and "_", and not begin with a digit';

/** Keys of a Secret, which are file names in the pod. https://kubernetes.io/docs/concepts/configuration/secret/ */
export const secretKey: FieldRule = (text) =>
  /^[-._a-zA-Z0-9]{1,253}$/.test(text) && !text.startsWith("..") && text !== "."
    ? undefined
    : 'it must consist of letters, digits, "-", "_" and "."';

export const secretValue: FieldRule = (text) => {
  const wrong = [...text.matchAll(/\$\{(env|file):([^}]*)\}?/g)].find(
    ([whole, kind, name = ""]) =>
      !whole.endsWith("}") ||
      (kind === "env" ? !/^[A-Za-z_]\w*$/.test(name) : hostPath(name) !== undefined),
  );
  return wrong === undefined
    ? undefined
    : `"${wrong[0]}" is neither \${env:NAME} nor \${file:PATH}`;
};

export const checkPath: FieldRule = (text) => {
  if (!text.startsWith("/")) return 'it must begin with "/"';
  return /^[!-~]+$/.test(text) && text.length <= 2000
    ? undefined
    : "it contains characters that a URL has to encode";
};

function httpUrl(text: string): URL | undefined {
  if (hasControlCharacters(text) || text.length > 1000 || !/^https?:\/\/[^/]/.test(text))
    return undefined;
  return URL.parse(text) ?? undefined;
}

function isDomain(text: string): boolean {
  return text.length <= 253 && text.split(".").every((label) => dnsLabel(label) === undefined);
}

function hasControlCharacters(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- finding them is the purpose
  return /[\u0000-\u001f\u007f]/.test(text);
}
