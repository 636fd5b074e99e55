import { stringify } from "yaml";
import { quote } from "./quote.ts";
import type { AirfieldConfig, ApplicationConfig } from "./cluster-config.ts";
import { apiVersionOf } from "./config-schema.ts";
import { defaultClusterName } from "./default-config.ts";

/** Where editors find the schema: the YAML extensions of VS Code and IntelliJ read such a line. */
const schemaUrl =
  "https://raw.githubusercontent.com/airfield-dev/airfield/main/schema/airfield.schema.json";

/** The effective config, every default filled in, as a file that loads to the same config. */
export function renderConfig({ cluster, applications, dependencies }: AirfieldConfig): string {
  const { name, nodes, networking, registry, ...rest } = cluster;
  return stringify(
    {
      apiVersion: apiVersionOf.airfield,
      kind: "Cluster",
      name,
      nodes,
      networking,
      registry,
      ...rest,
      applications: applications.map(asWritten),
      dependencies: dependencies.map(withoutOrigin),
    },
    // Two nodes may share a list; &a1 and *a1 would only puzzle the reader.
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

/** The profiles of a default are not said: named, they would take the place of the project's own. */
function asWritten({ addsProfiles, profiles, ...application }: ApplicationConfig) {
  return withoutOrigin({ ...application, ...(addsProfiles ? {} : { profiles }) });
}

function withoutOrigin<Item extends { readonly origin?: unknown }>(
  item: Item,
): Omit<Item, "origin"> {
  const { origin: _origin, ...rest } = item;
  return rest;
}

/** The file that `airfield config init` writes: what is most often set, and the rest as comments. */
export function renderStarterConfig(
  options: { readonly name?: string; readonly applicationPath?: string } = {},
): string {
  const { name = defaultClusterName, applicationPath } = options;
  const application =
    applicationPath === undefined
      ? `# applications:            # what \`airfield up\` runs
#   - path: .
#     replicas: 2
`
      : `applications:
  - path: ${quote(applicationPath)}
#   replicas: 2
`;
  return `# yaml-language-server: $schema=${schemaUrl}
# Every field: docs/configuration.md. What is commented out shows an example.
apiVersion: ${apiVersionOf.airfield}
kind: Cluster
name: ${name}

nodes:
  - role: control-plane
    # extraPortMappings:     # a port of the node on this machine
    #   - containerPort: 30080
    #     hostPort: 8080
  - role: worker
    # labels:
    #   tier: backend
    # extraMounts:
    #   - hostPath: ./data   # relative to this file
    #     containerPath: /data

# networking:
#   podSubnet: 10.244.0.0/16
#   serviceSubnet: 10.96.0.0/16
#   apiServerPort: 6443

# registry:                  # images pushed to localhost:5001 can be run
#   port: 5001

${application}`;
}
