import { expect, test } from "vitest";
import { ToolError } from "../../errors/tool-error.ts";
import { type RequestContext, translateError } from "./translate-error.ts";

const context: RequestContext = {
  address: "unix:///var/run/docker.sock",
  action: "do something",
  hasAnswered: false,
};

function refusal(status: number, message: string): Error {
  return Object.assign(new Error(`(HTTP code ${status}) server error - ${message} `), {
    statusCode: status,
    json: { message },
  });
}

function failure(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

const { address } = context;

test.each([
  ["no socket", failure("ENOENT"), {}, "engine-not-running", { address }],
  ["nobody listens", failure("ECONNREFUSED"), {}, "engine-not-running", { address }],
  ["no such host", failure("ENOTFOUND"), {}, "engine-not-running", { address }],
  ["not allowed", failure("EACCES"), {}, "engine-permission-denied", { address }],
  [
    "gone since the last answer",
    failure("ECONNREFUSED"),
    { hasAnswered: true },
    "engine-connection-lost",
    { address },
  ],
  ["reset", failure("ECONNRESET"), {}, "engine-connection-lost", { address }],
  [
    "hung up",
    failure("ECONNRESET", "socket hang up"),
    { hasAnswered: true },
    "engine-connection-lost",
    { address },
  ],
  ["ended early", failure("ERR_STREAM_PREMATURE_CLOSE"), {}, "engine-connection-lost", { address }],
  [
    "name taken",
    refusal(
      409,
      'Conflict. The container name "/web" is already in use by container "0123abc". You have to remove (or rename) that container to be able to reuse that name.',
    ),
    {},
    "container-name-taken",
    { container: "web" },
  ],
  [
    "no container",
    refusal(404, "No such container: web"),
    { container: "web" },
    "container-not-found",
    { container: "web" },
  ],
  [
    "container stopped",
    refusal(409, "container 0123abc is not running"),
    { container: "web" },
    "container-not-running",
    { container: "web" },
  ],
  [
    "container paused",
    refusal(409, "Container 0123abc is paused, unpause the container before exec"),
    { container: "web" },
    "container-not-running",
    { container: "web", state: "paused" },
  ],
  [
    "no image",
    refusal(404, "No such image: web:1"),
    { image: "web:1", container: "web" },
    "image-not-found",
    { image: "web:1", reason: "the engine does not have it" },
  ],
  [
    "image unknown to its registry",
    refusal(404, "manifest for web:1 not found: manifest unknown"),
    { image: "web:1" },
    "image-not-found",
    { image: "web:1", reason: "manifest for web:1 not found: manifest unknown" },
  ],
  [
    "network name taken",
    refusal(409, "network with name web already exists"),
    { network: "web" },
    "network-name-taken",
    { network: "web" },
  ],
  [
    "subnet taken",
    refusal(403, "Pool overlaps with other one on this address space"),
    { network: "web", subnet: "10.0.0.0/24" },
    "subnet-taken",
    { subnet: "10.0.0.0/24" },
  ],
  [
    "subnet taken, Docker 28",
    refusal(403, "invalid pool request: Pool overlaps with other one on this address space"),
    { subnet: "10.0.0.0/24" },
    "subnet-taken",
    { subnet: "10.0.0.0/24" },
  ],
  [
    "disk full",
    refusal(500, "write /var/lib/docker/tmp/x: no space left on device"),
    {},
    "disk-full",
    { action: "do something" },
  ],
  [
    "anything else",
    refusal(400, "invalid mount config\nfor type bind."),
    {},
    "engine-request-failed",
    { action: "do something", status: 400, reason: "invalid mount config for type bind" },
  ],
  [
    "an address on the network, not a port",
    refusal(403, "Address already in use"),
    {},
    "engine-request-failed",
    { action: "do something", status: 403, reason: "Address already in use" },
  ],
  [
    "what only TLS says",
    failure("CERT_HAS_EXPIRED", "certificate has expired"),
    {},
    "engine-request-failed",
    { action: "do something", status: 0, reason: "certificate has expired" },
  ],
])("%s", (_, cause, about, code, facts) => {
  const error = translateError(cause, { ...context, ...about });
  expect(error).toBeInstanceOf(ToolError);
  expect(error).toMatchObject({ code, cause });
  expect((error as ToolError).facts).toEqual(facts);
});

test.each([
  ["Bind for 127.0.0.1:8080 failed: port is already allocated", 8080, "another container"],
  ["Bind for 0.0.0.0:80 failed: port is already allocated", 80, "another container"],
  ["Bind for :::8443 failed: port is already allocated", 8443, "another container"],
  [
    "driver failed programming external connectivity on endpoint web (0123): Error starting userland proxy: listen tcp4 127.0.0.1:36473: bind: address already in use",
    36473,
    "another program",
  ],
  [
    "driver failed programming external connectivity on endpoint web (0123): failed to bind port 127.0.0.1:5000/tcp: Error starting userland proxy: listen tcp4 127.0.0.1:5000: bind: address already in use",
    5000,
    "another program",
  ],
  [
    "failed to set up container networking: driver failed programming external connectivity on endpoint web (0123): failed to bind host port for 127.0.0.1:8080:172.18.0.2:80/tcp: address already in use",
    8080,
    "another program",
  ],
  [
    "failed to set up container networking: driver failed programming external connectivity on endpoint web (0123): failed to bind host port 127.0.0.1:8080/tcp: address already in use",
    8080,
    "another program",
  ],
  ["failed to bind host port [::1]:8080/tcp: address already in use", 8080, "another program"],
  [
    "Ports are not available: exposing port TCP 127.0.0.1:443 -> 127.0.0.1:0: listen tcp4 127.0.0.1:443: bind: address already in use",
    443,
    "another program",
  ],
])("finds the port in: %s", (message, port, owner) => {
  const error = translateError(refusal(500, message), context);
  expect(error).toMatchObject({ code: "port-taken", facts: { port, owner } });
});

test.each([
  ["an error of the catalogue", new ToolError("disk-full", { action: "load images" })],
  ["a bug", new TypeError("x is not a function")],
  ["no error at all", "odd"],
])("passes on %s", (_, error) => {
  expect(translateError(error, context)).toBe(error);
});
