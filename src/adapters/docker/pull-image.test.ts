import { expect, test } from "vitest";
import { pullFailureReason } from "./pull-image.ts";

test.each([
  [
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 192.0.2.1:53: no such host',
    "the registry registry-1.docker.io is not known to DNS",
  ],
  [
    'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
    "the registry 127.0.0.1:1 refuses connections",
  ],
  [
    'Get "https://ghcr.io/v2/": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    "the registry ghcr.io does not answer",
  ],
  [
    'Get "https://r.example/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    "the certificate of the registry r.example is not trusted by the engine",
  ],
  [
    'Get "https://127.0.0.2:5000/v2/": http: server gave HTTP response to HTTPS client',
    "the registry 127.0.0.2:5000 speaks plain HTTP, which the engine refuses",
  ],
  [
    "toomanyrequests: You have reached your pull rate limit",
    "the registry has had too many requests",
  ],
  [
    "pull access denied for nope, repository does not exist or may require 'docker login': denied",
    "it does not exist or needs a login (docker login)",
  ],
  [
    "manifest for busybox:nope not found: manifest unknown: manifest unknown",
    "the registry has no such image",
  ],
  [
    "no matching manifest for linux/arm64/v8 in the manifest list entries",
    "it is not built for this platform",
  ],
  ["something new", "something new"],
])("%s", (said, reason) => {
  expect(pullFailureReason(said)).toBe(reason);
});
