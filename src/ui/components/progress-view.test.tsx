import { renderToString } from "ink";
import { expect, test } from "vitest";
import { sampleEvents } from "../../../test/fakes/sample-events.ts";
import type { ProgressEvent } from "../../ports/events.ts";
import { initialState, reduceProgress } from "../../progress/progress-state.ts";
import { ProgressView } from "./progress-view.tsx";

function viewAfter(count: number, columns = 80): string {
  const state = sampleEvents.slice(0, count).reduce(reduceProgress, initialState);
  return withoutColour(renderToString(<ProgressView state={state} />, { columns }));
}

function withoutColour(text: string): string {
  // eslint-disable-next-line no-control-regex -- colours are control sequences
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}

const upTo = (type: ProgressEvent["type"]) =>
  sampleEvents.findIndex((event) => event.type === type) + 1;

test("a running step is one line, whatever it has to tell", () => {
  expect(viewAfter(upTo("step-progress"))).toMatchInlineSnapshot(`
    "Creating cluster "shop"
     ⠋ Ensuring images · 42 % pulling docker.io/kindest/node:v1.34.11"
  `);
  expect(viewAfter(upTo("step-progress"), 40).split("\n")).toHaveLength(2);
});

test("finished steps stand above those that run", () => {
  expect(viewAfter(upTo("output"))).toMatchInlineSnapshot(`
    "Creating cluster "shop"
     ✓ Ensuring images 1.8 s
     - Configuring load balancer: there is one control plane
    Warning: Port 5001 is taken; the registry uses 5002.
      Hint: Name one with registry.port in the config.
     ⠋ Starting nodes
     ⠋ Starting registry
     │ Failed to start containerd.service"
  `);
});

test("a rollback says why", () => {
  expect(viewAfter(upTo("rollback-started"))).toMatchInlineSnapshot(`
    "Creating cluster "shop"
     ✓ Ensuring images 1.8 s
     - Configuring load balancer: there is one control plane
    Warning: Port 5001 is taken; the registry uses 5002.
      Hint: Name one with registry.port in the config.
     ✗ Starting nodes node-boot-failed 1 m 01 s
     - Starting registry: cancelled
     ↩ Undoing what was begun: Node "shop-control-plane" did not start"
  `);
});

test("the end leaves nothing running", () => {
  expect(viewAfter(sampleEvents.length)).toMatchInlineSnapshot(`
    "Creating cluster "shop"
     ✓ Ensuring images 1.8 s
     - Configuring load balancer: there is one control plane
    Warning: Port 5001 is taken; the registry uses 5002.
      Hint: Name one with registry.port in the config.
     ✗ Starting nodes node-boot-failed 1 m 01 s
     - Starting registry: cancelled
     ↩ Undone 700 ms
    Nothing is left."
  `);
});
