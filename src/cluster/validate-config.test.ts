import { expect, test } from "vitest";
import { FakeFiles } from "../../test/fakes/fake-files.ts";
import { isToolError } from "../errors/tool-error.ts";
import { validateConfig } from "./validate-config.ts";

const certificate = `-----BEGIN CERTIFICATE-----
MIIBgjCCASegAwIBAgIUDoo8As+/pSFMKvAapvbFq70dJpUwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKY2EuZXhhbXBsZTAgFw0yNjExMjgwMDQwNDBaGA8yMTI2MTEw
NDAwNDA0MFowFTETMBEGA1UEAwwKY2EuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABJte3cwMr9Jic0H/zdt/fprN5K5NEv1U5vxcxm8Pd7p+RBa+XcDD
bj6hh0eER8pH2N6MWY22QO3XOxbUyywSKaOjUzBRMB0GA1UdDgQWBBRN8O2Kkd15
onx/15Nn7MPqbQ80ajAfBgNVHSMEGDAWgBRN8O2Kkd15onx/15Nn7MPqbQ80ajAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDeVm0npGN5hSP3ZyPu
3nXBD4X3QF355ZATvaIoLX41LgIhAK89n5pmbHUJ0oAaCnmKfkTLlRoOJELLpKgv
PcW5H1Aq
-----END CERTIFICATE-----
`;

/** Names a file or a folder in every field that can. */
const text = `apiVersion: airfield.dev/v1
kind: Cluster
nodes:
  - extraMounts:
      - {hostPath: ./made-when-missing, containerPath: /data}
registries:
  caFiles:
    - company.pem
  hosts:
    - host: registry.example
      caFile: ca.pem
      clientCertFile: client.pem
      clientKeyFile: client.key
      username: me
      passwordFile: password
      mirrors:
        - url: https://mirror.example
          caFile: /etc/mirror.pem
applications:
  - path: users
    kustomize: users/k8s
    config:
      files: [limits.yml]
    secrets:
      tls.key: ${"${file:tls.key}"} and ${"${env:NOT_LOOKED_AT}"}
`;

async function faults(
  files: Readonly<Record<string, string>>,
  {
    config = text,
    change = () => {},
  }: { config?: string; change?: (files: FakeFiles) => void } = {},
): Promise<readonly string[]> {
  const fake = new FakeFiles(files);
  change(fake);
  try {
    await validateConfig({ text: config, file: "airfield.yaml", folder: "/shop" }, { files: fake });
  } catch (error) {
    if (!isToolError(error, "invalid-config")) throw error;
    return error.facts.faults.map(({ line, path, reason }) => `${line} ${path}: ${reason}`);
  }
  return [];
}

const complete = {
  "/shop/company.pem": certificate,
  "/shop/ca.pem": certificate,
  "/shop/client.pem": certificate,
  "/shop/client.key": "a key",
  "/shop/password": "secret\n",
  "/etc/mirror.pem": certificate,
  "/shop/users/pom.xml": "",
  "/shop/users/k8s/kustomization.yaml": "",
  "/shop/limits.yml": "",
  "/shop/tls.key": "",
};

test("a config is right when all that it names is there", async () => {
  expect(await faults(complete)).toEqual([]);
});

test("names all that is missing, each at its line", async () => {
  expect(await faults({})).toEqual([
    "8 registries.caFiles[0]: there is no file /shop/company.pem",
    "11 registries.hosts[0].caFile: there is no file /shop/ca.pem",
    "12 registries.hosts[0].clientCertFile: there is no file /shop/client.pem",
    "13 registries.hosts[0].clientKeyFile: there is no file /shop/client.key",
    "15 registries.hosts[0].passwordFile: there is no file /shop/password",
    "18 registries.hosts[0].mirrors[0].caFile: there is no file /etc/mirror.pem",
    "20 applications[0].path: there is no folder /shop/users",
    "21 applications[0].kustomize: there is no folder /shop/users/k8s",
    "23 applications[0].config.files[0]: there is no file /shop/limits.yml",
    '25 applications[0].secrets."tls.key": there is no file /shop/tls.key',
  ]);
});

test("names what is there and cannot be used", async () => {
  const files = { ...complete, "/shop/company.pem": "no certificate", "/shop/password": "\n" };
  expect(
    await faults(files, { change: (fake) => fake.unreadable.add("/shop/limits.yml") }),
  ).toEqual([
    "8 registries.caFiles[0]: /shop/company.pem cannot be used: there is no -----BEGIN CERTIFICATE----- in it",
    "15 registries.hosts[0].passwordFile: /shop/password is empty",
    "23 applications[0].config.files[0]: /shop/limits.yml cannot be read: you lack the permission",
  ]);
});

test("what a file says wrong is told together with what it names and is not there", async () => {
  const config = `apiVersion: airfield.dev/v1
kind: Cluster
registries: {caFiles: [company.pem]}
networking: {podSubnet: wrong}
applications:
  - {path: users, hostPort: none}
`;
  expect((await faults({}, { config })).map((fault) => fault.split(":")[0])).toEqual([
    "3 registries.caFiles[0]",
    "4 networking.podSubnet",
    "6 applications[0].hostPort",
    "6 applications[0].path",
  ]);
});
