import { describe, expect, test } from "vitest";
import { planFollow } from "./plan-follow.ts";

describe("the log of a pod", () => {
  test("is a request that goes on", () => {
    const plan = planFollow(["logs", "shop-1", "--namespace", "dev", "--follow", "--tail=5"]);
    expect(plan?.path).toBe("/api/v1/namespaces/dev/pods/shop-1/log?follow=true&tailLines=5");
    expect(plan?.tellsLines).toBe(true);
    expect(plan?.isEnd("{}")).toBe(false);
  });

  test.each([
    ["--since=30s", "sinceSeconds=30"],
    ["--since-time=2026-11-21T10:00:00.5Z", "sinceTime=2026-11-21T10%3A00%3A00.5Z"],
  ])("begins where %s says", (option, query) => {
    const args = ["logs", "shop-1", "--namespace", "dev", "--follow", option];
    expect(planFollow(args)?.path).toContain(`/log?follow=true&${query}`);
  });
});

describe("a roll-out", () => {
  const plan = planFollow(["rollout", "status", "deployment/shop", "--namespace", "dev"]);
  const event = (type: string, observedGeneration: number, availableReplicas: number) =>
    JSON.stringify({
      type,
      object: {
        metadata: { generation: 2 },
        spec: { replicas: 1 },
        status: { observedGeneration, replicas: 1, updatedReplicas: 1, availableReplicas },
      },
    });

  test("is watched, and nothing is told", () => {
    expect(plan?.path).toBe(
      "/apis/apps/v1/namespaces/dev/deployments?watch=true&fieldSelector=metadata.name%3Dshop",
    );
    expect(plan?.tellsLines).toBe(false);
  });

  test.each([
    ["ADDED", 2, 1, true],
    ["MODIFIED", 2, 1, true],
    ["MODIFIED", 1, 1, false],
    ["MODIFIED", 2, 0, false],
    ["DELETED", 2, 1, false],
  ])("%s in generation %i with %i available: its end is %j", (type, seen, available, isEnd) => {
    expect(plan?.isEnd(event(type, seen, available))).toBe(isEnd);
  });

  test("an error of the server is not its end", () => {
    expect(plan?.isEnd('{"type":"ERROR","object":{"kind":"Status","code":410}}')).toBe(false);
  });
});

test.each([
  [["logs", "shop-1", "--namespace", "dev"]],
  [["logs", "shop-1", "--namespace", "dev", "--follow", "--previous"]],
  [["logs", "shop-1", "--namespace", "dev", "--follow", "--since=1h"]],
  [["get", "pods", "--watch"]],
  [["rollout", "status", "statefulset/db", "--namespace", "dev"]],
  [["rollout", "status", "deployment/shop", "--namespace", "dev", "--timeout=1m"]],
  [["rollout", "undo", "deployment/shop", "--namespace", "dev"]],
])("%j is kubectl's", (args) => {
  expect(planFollow(args)).toBeUndefined();
});
