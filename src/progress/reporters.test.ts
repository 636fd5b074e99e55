import { expect, test } from "vitest";
import { nestedEvents, sampleEvents } from "../../test/fakes/sample-events.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { NamedEvent } from "../ports/events.ts";
import { createJsonReporter } from "./json-reporter.ts";
import { createPlainReporter } from "./plain-reporter.ts";
import { createQuietReporter } from "./quiet-reporter.ts";

async function textOf(
  create: (write: (text: string) => void) => Reporter,
  events: readonly NamedEvent[] = sampleEvents,
): Promise<string> {
  let text = "";
  const reporter = create((more) => {
    text += more;
  });
  for (const event of events) reporter.report(event);
  await reporter.close();
  return text;
}

test("plain lines say what began, what ended and how long it took", async () => {
  expect(await textOf(createPlainReporter)).toMatchInlineSnapshot(`
    "Creating cluster "shop"
      • Ensuring images …
        pulling docker.io/kindest/node:v1.34.11
      ✓ Ensuring images (1.8 s)
      - Configuring load balancer: there is one control plane
      • Starting nodes …
      • Starting registry …
    Warning: Port 5001 is taken; the registry uses 5002.
      Hint: Name one with registry.port in the config.
        shop-control-plane | Failed to start containerd.service
      ✗ Starting nodes: node-boot-failed (1 m 01 s)
      ✗ Starting registry: cancelled (900 ms)
      ↩ Undoing what was begun: Node "shop-control-plane" did not start
      ↩ Undone (700 ms)
    Nothing is left.
    "
  `);
});

test("plain lines leave out news that were told already", () => {
  const lines: string[] = [];
  const reporter = createPlainReporter((text) => lines.push(text));
  const pulling = { type: "step-progress", stepId: "a", detail: "pulling" } as const;
  for (const fraction of [0.1, 0.2, 0.3]) reporter.report({ ...pulling, fraction });
  reporter.report({ ...pulling, detail: "unpacking" });
  expect(lines).toEqual(["    pulling\n", "    unpacking\n"]);
});

test("plain lines leave what the programs of steps print to the log, and say how far the whole is", () => {
  let text = "";
  const reporter = createPlainReporter((more) => {
    text += more;
  });
  const step = { stepId: "a", title: "Building" } as const;
  reporter.report({ type: "step-started", ...step });
  reporter.report({ type: "output", source: "maven", line: "[INFO] Scanning", stepId: "a" });
  reporter.report({ type: "output", source: "dev", line: "Waiting for changes." });
  reporter.report({ type: "step-finished", ...step, ms: 1800, done: 3, of: 9 });
  reporter.report({ type: "step-skipped", ...step, reason: "unchanged", done: 4, of: 9 });
  reporter.report({ type: "step-finished", ...step, ms: 1800, done: 1, of: 1 });
  expect(text).toMatchInlineSnapshot(`
    "  • Building …
        dev | Waiting for changes.
      ✓ Building (1.8 s, 3 of 9)
      - Building: unchanged (4 of 9)
      ✓ Building (1.8 s)
    "
  `);
});

test("JSON lines are the events as they are, after a line with the version", async () => {
  const lines = (await textOf(createJsonReporter)).trimEnd().split("\n");
  const [first, ...events] = lines.map((line) => JSON.parse(line) as unknown);
  expect(first).toEqual({ version: 1, tool: "airfield" });
  expect(events).toEqual(sampleEvents);
});

test("quiet says warnings only", async () => {
  expect(await textOf(createQuietReporter)).toMatchInlineSnapshot(`
    "Warning: Port 5001 is taken; the registry uses 5002.
      Hint: Name one with registry.port in the config.
    "
  `);
});

test("plain lines say which step a run within it belongs to", async () => {
  expect(await textOf(createPlainReporter, nestedEvents)).toMatchInlineSnapshot(`
    "Bringing up users
      • Cluster "shop" …
      • Building with Maven …
        • Cluster "shop": Ensuring images …
        ✓ Cluster "shop": Ensuring images (90 ms)
        • Cluster "shop": Starting node …
        - Cluster "shop": Caches: none
          Cluster "shop": booting
    Warning: The nodes use a proxy.
        ✓ Cluster "shop": Starting node (1.2 s)
      ✓ Building with Maven (9.0 s)
        • Cluster "shop": Starting control plane …
        ✓ Cluster "shop": Starting control plane (8.0 s)
      ✓ Cluster "shop" (9.4 s)
    users is up.
    "
  `);
});

test("JSON lines say it by the step's id", async () => {
  const lines = (await textOf(createJsonReporter, nestedEvents)).trimEnd().split("\n");
  const events = lines.slice(1).map((line) => JSON.parse(line) as unknown);
  expect(events).toEqual(nestedEvents);
});

test("plain lines are ASCII where that is wanted, but for what comes from elsewhere", async () => {
  const events: readonly NamedEvent[] = [
    ...sampleEvents,
    { type: "application-log", pod: "users-1", line: "grüße → …" },
  ];
  const ascii = (write: (text: string) => void) => createPlainReporter(write, { isAscii: true });
  const lines = (await textOf(ascii, events)).trimEnd().split("\n");
  expect(lines.at(-1)).toBe("users-1 | grüße → …");
  expect(lines.slice(0, -1).join("\n")).toMatch(/^[\n\x20-\x7e]*$/);
  expect(lines).toContain("  + Ensuring images (1.8 s)");
});
