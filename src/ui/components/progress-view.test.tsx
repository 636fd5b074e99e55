import { renderToString } from "ink";
import { expect, test } from "vitest";
import { nestedEvents, sampleEvents } from "../../../test/fakes/sample-events.ts";
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

function nestedView(count: number, more: { rows?: number; isAscii?: boolean } = {}): string {
  const state = nestedEvents.slice(0, count).reduce(reduceProgress, initialState);
  return withoutColour(renderToString(<ProgressView state={state} {...more} />, { columns: 80 }));
}

test("a run within a step stands further in below it, not among the others", () => {
  expect(nestedView(10)).toMatchInlineSnapshot(`
    "Bringing up users
     ⠋ Cluster "shop" · 2 of 4
       ✓ Ensuring images 90 ms
       - Caches: none
       ⠋ Starting node · booting
     ⠋ Building with Maven
     │ [INFO] Compiling"
  `);
  expect(nestedView(nestedEvents.length)).toMatchInlineSnapshot(`
    "Bringing up users
    Warning: The nodes use a proxy.
     ✓ Building with Maven 9.0 s
     ✓ Cluster "shop" 9.4 s
       ✓ Ensuring images 90 ms
       - Caches: none
       ✓ Starting node 1.2 s
       ✓ Starting control plane 8.0 s
    users is up."
  `);
});

test("a picture is never higher than the screen: old news goes first", () => {
  const full = nestedView(10).split("\n").length;
  expect(full).toBe(7);
  for (let rows = 4; rows <= full + 1; rows++) {
    // The title above scrolls away.
    expect(nestedView(10, { rows }).split("\n").length - 1).toBeLessThan(rows);
  }
  expect(nestedView(10, { rows: 6 })).toMatchInlineSnapshot(`
    "Bringing up users
     ⠋ Cluster "shop" · 2 of 4
       … 2 more
       ⠋ Starting node · booting
     ⠋ Building with Maven
     │ [INFO] Compiling"
  `);
});

test("all of it can be drawn in ASCII", () => {
  const pictures = [nestedView(10), nestedView(nestedEvents.length), viewAfter(12)];
  expect(pictures.join("")).toMatch(/[^\n\x20-\x7e]/);
  for (const count of [10, nestedEvents.length])
    expect(nestedView(count, { isAscii: true })).toMatch(/^[\n\x20-\x7e]*$/);
  const state = sampleEvents.reduce(reduceProgress, initialState);
  const text = renderToString(<ProgressView state={state} isAscii />, { columns: 80 });
  expect(withoutColour(text)).toMatch(/^[\n\x20-\x7e]*$/);
});
