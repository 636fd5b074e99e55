import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { scanContextServer, scanKubeconfig } from "./scan-kubeconfig.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const config = {
  apiVersion: "v1",
  kind: "Config",
  clusters: [
    {
      name: "airfield-shop",
      cluster: {
        server: "https://127.0.0.1:40001",
        "certificate-authority-data": base64("the CA"),
      },
    },
    { name: "prod", cluster: { server: "https://prod.example:6443" } },
  ],
  contexts: [
    { name: "airfield-shop", context: { cluster: "airfield-shop", user: "airfield-shop" } },
    { name: "prod", context: { cluster: "prod", user: "me", namespace: "shop" } },
  ],
  "current-context": "prod",
  users: [
    {
      name: "airfield-shop",
      user: { "client-certificate-data": base64("mine"), "client-key-data": base64("secret") },
    },
    { name: "me", user: { exec: { command: "login", env: [{ name: "A", value: "b" }] } } },
  ],
};

/** As kubectl writes it: names last, lists not indented. */
const kubectls = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64("the CA")}
    server: https://127.0.0.1:40001
  name: airfield-shop
- cluster:
    extensions:
    - extension:
        name: not-a-cluster
      name: minikube
    server: https://prod.example:6443
  name: prod
contexts:
- context:
    cluster: airfield-shop
    user: airfield-shop
  name: airfield-shop
- context:
    cluster: prod
    namespace: shop
    user: me
  name: prod
current-context: prod
kind: Config
preferences: {}
users:
- name: airfield-shop
  user:
    client-certificate-data: ${base64("mine")}
    client-key-data: ${base64("secret")}
`;

const byHand = `# mine
contexts: # all of them
  - name: "airfield-shop" # the local one
    context: {cluster: airfield-shop, user: 'airfield-shop'}

  - {not: seen}
  - name: prod
    context: {cluster: prod, user: me}
clusters:
  - name: airfield-shop
    cluster: {server: "https://127.0.0.1:40001", certificate-authority-data: ${base64("the CA")}}
users:
  - name: airfield-shop
    user:
      client-certificate-data: ${base64("mine")}
      client-key-data: ${base64("secret")}
`;

describe.each([
  ["kubectl's YAML", kubectls],
  ["YAML with lists further in", stringify(config)],
  ["JSON", JSON.stringify(config)],
  ["YAML by hand", byHand],
  ["YAML of Windows", kubectls.replaceAll("\n", "\r\n")],
])("%s", (_name, text) => {
  test("has its contexts", () => {
    expect(scanKubeconfig(text, "contexts").map(({ name }) => name)).toEqual([
      "airfield-shop",
      "prod",
    ]);
  });

  test("leads to the server of a context with a certificate", () => {
    expect(scanContextServer(text, "airfield-shop")).toEqual({
      url: "https://127.0.0.1:40001",
      tls: { ca: "the CA", cert: "mine", key: "secret" },
    });
    expect(scanContextServer(text, "prod")).toBeUndefined();
    expect(scanContextServer(text, "gone")).toBeUndefined();
  });
});

test.each(["", "contexts: []\n", "contexts:\n", "{", '{"contexts":null}', "no: [yaml", "- - -"])(
  "%j has no contexts",
  (text) => {
    expect(scanKubeconfig(text, "contexts")).toEqual([]);
  },
);
