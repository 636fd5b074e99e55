import { isMapping } from "../formats/mapping.ts";

type Mapping = Readonly<Record<string, unknown>>;

/**
 * The content of a kind file as kind's own reader takes it, beside what YAML itself says: in Go an empty text is an
 * unset field, any scalar can be a text, an empty item of a list has all defaults, and the protocol may be written in
 * any case.
 * https://github.com/kubernetes-sigs/kind/blob/v0.33.0/pkg/apis/config/v1alpha4/yaml.go
 */
export function asKindReads(value: unknown): unknown {
  if (!isMapping(value)) return value;
  return change(withTexts(value, ["name"]), {
    nodes: (nodes) => items(nodes, readNode),
    networking: (networking) =>
      isMapping(networking) ? withTexts(networking, textsOfNetworking) : networking,
  });
}

const textsOfNetworking = [
  "ipFamily",
  "apiServerAddress",
  "podSubnet",
  "serviceSubnet",
  "kubeProxyMode",
];

function readNode(node: Mapping): Mapping {
  return change(withTexts(node, ["role", "image"]), {
    extraMounts: (mounts) =>
      items(mounts, (mount) => withTexts(mount, ["hostPath", "containerPath", "propagation"])),
    extraPortMappings: (mappings) =>
      items(mappings, (mapping) =>
        change(withTexts(mapping, ["listenAddress", "protocol"]), {
          protocol: (protocol) =>
            typeof protocol === "string" ? protocol.toUpperCase() : protocol,
        }),
      ),
  });
}

/** Scalars of these fields as texts; the field is unset where the text is empty. */
function withTexts(mapping: Mapping, fields: readonly string[]): Mapping {
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([field, value]) => {
      if (!fields.includes(field)) return [[field, value]];
      if (value === "") return [];
      const isScalar = typeof value === "number" || typeof value === "boolean";
      return [[field, isScalar ? String(value) : value]];
    }),
  );
}

function items(list: unknown, read: (item: Mapping) => Mapping): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((item: unknown) => {
    if (item === null) return {};
    return isMapping(item) ? read(item) : item;
  });
}

/** Only of the fields that are there. */
function change(
  mapping: Mapping,
  changes: Readonly<Record<string, (value: unknown) => unknown>>,
): Mapping {
  return Object.fromEntries(
    Object.entries(mapping).map(([field, value]) => [field, changes[field]?.(value) ?? value]),
  );
}
