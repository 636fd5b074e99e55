import { describe, expect, test } from "vitest";
import { exitCodeOf, redactSecrets, renderError } from "./render-error.ts";
import { ToolError } from "./tool-error.ts";

const plain = { format: "text", hasColour: false } as const;
const taken = () => new ToolError("port-taken", { port: 6443, owner: "container web-1" });
const missing = () =>
  new ToolError("image-not-found", { image: "shop:1", reason: "no registry answers" });

describe("text", () => {
  test("shows what happened, why, and what to do", () => {
    const error = new ToolError(
      "engine-not-running",
      { address: "unix:///var/run/docker.sock" },
      { cause: new Error("connect ENOENT /var/run/docker.sock") },
    );
    expect(renderError(error, plain)).toMatchInlineSnapshot(`
      "Error: No container engine answers at unix:///var/run/docker.sock.
        caused by: connect ENOENT /var/run/docker.sock
      Hint: Start Docker (for example: sudo systemctl start docker), or point DOCKER_HOST at a running engine. \`airfield doctor\` checks the rest.
      More: airfield explain engine-not-running
      "
    `);
  });

  test("leaves out causes that repeat the message", () => {
    const error = new ToolError(
      "image-not-found",
      { image: "shop:1", reason: "no registry answers" },
      { cause: new Error("no registry answers", { cause: new Error("dial tcp: timeout") }) },
    );
    expect(renderError(error, plain)).toMatchInlineSnapshot(`
      "Error: Image "shop:1" is not available: no registry answers.
        caused by: dial tcp: timeout
      Hint: Check the name, or bring it to the engine first (docker pull shop:1, or docker build -t shop:1 .).
      More: airfield explain image-not-found
      "
    `);
  });

  test("lists the failures of an AggregateError, those the user can mend first", () => {
    const error = new AggregateError([new Error("oops"), taken(), missing()]);
    const text = renderError(error, plain);
    expect(text.indexOf("Port 6443")).toBeLessThan(text.indexOf('Image "shop:1"'));
    expect(text.indexOf('Image "shop:1"')).toBeLessThan(text.indexOf("Bug: Error: oops"));
  });

  test("shows the stack of a bug and where to report it", () => {
    const text = renderError(new TypeError("x is not a function"), plain);
    expect(text).toMatch(/^Bug: TypeError: x is not a function\n {4}at /);
    expect(text).toContain("Please report it");
  });

  test("shows a thrown value that is no error", () => {
    expect(renderError("nonsense", plain)).toMatch(/^Bug: nonsense\n/);
  });

  test("calls a cancellation by its name", () => {
    const error = new ToolError("cancelled", { what: 'Creating cluster "shop"' });
    expect(renderError(error, plain)).toMatchInlineSnapshot(`
      "Cancelled: Creating cluster "shop" was cancelled.
      Hint: Run the command again to continue from what is there. What was being created has been removed, unless --retain keeps it.
      "
    `);
  });

  test("names the command that says more, once, with all codes that it says more about", () => {
    const text = renderError(new AggregateError([taken(), missing(), taken()]), plain);
    expect(text.match(/More:/g)).toHaveLength(1);
    expect(text.trimEnd().split("\n").at(-1)).toBe(
      "More: airfield explain port-taken image-not-found",
    );
  });

  test.each([
    new ToolError("invalid-flag", { flag: "--workers", value: "x", reason: "no number" }),
    new ToolError("cancelled", { what: "It" }),
    new ToolError("error-code-unknown", { code: "x", near: [] }),
    new Error("x"),
  ])("does not point to a page that says no more: %s", (error) => {
    expect(renderError(error, plain)).not.toContain("airfield explain ");
  });

  test("paints labels when colour is wanted", () => {
    expect(renderError(taken(), { format: "text", hasColour: true })).toContain(
      "\u001b[1;31mError:\u001b[0m Port 6443",
    );
  });

  test("says last where all that was printed is", () => {
    const log = "/home/me/.cache/airfield/logs/1.log";
    expect(
      renderError(taken(), { ...plain, log })
        .trimEnd()
        .split("\n")
        .at(-1),
    ).toBe(`Log: ${log} has all that was printed.`);
    const json = renderError(taken(), { format: "json", hasColour: false, log });
    expect(JSON.parse(json)).toMatchObject({ code: "port-taken", log });
    expect(renderError(taken(), { ...plain, log: undefined })).not.toContain("Log:");
  });

  test("survives a chain of causes that bites its tail", () => {
    const error = new Error("quota exceeded");
    error.cause = error;
    const tool = new ToolError("disk-full", { action: "pull" }, { cause: error });
    expect(renderError(tool, plain)).toContain("caused by: quota exceeded");
  });
});

describe("JSON", () => {
  test("is one line with everything a program needs", () => {
    const text = renderError(taken(), { format: "json", hasColour: true });
    expect(text).toMatch(/^[^\n]*\n$/);
    expect(JSON.parse(text)).toEqual({
      type: "error",
      code: "port-taken",
      message: "Port 6443 is already used by container web-1.",
      hint: expect.stringContaining("ss -ltnp"),
      exitCode: 4,
      causes: [],
    });
  });

  test("keeps the other failures of an AggregateError", () => {
    const text = renderError(new AggregateError([taken(), missing()]), {
      format: "json",
      hasColour: false,
    });
    expect(JSON.parse(text)).toMatchObject({
      code: "port-taken",
      others: [{ code: "image-not-found" }],
    });
  });

  test("stays JSON when secrets were taken out", () => {
    const error = new ToolError("image-not-found", {
      image: "shop:1",
      reason:
        'answer: {"auth": "dXNlcjpwYXNz", "password":"hunter2"} from https://me:pw@r.example/v2/',
    });
    const text = renderError(error, { format: "json", hasColour: false });
    expect((JSON.parse(text) as { message: string }).message).toContain(
      "https://***@r.example/v2/",
    );
    expect(text).not.toMatch(/dXNlcjpwYXNz|hunter2/);
  });
});

describe("secrets", () => {
  test.each([
    ["https://user:pass@registry.example/v2/", "https://***@registry.example/v2/"],
    ["Authorization: Bearer abcdefghijkl", "Authorization: Bearer ***"],
    ['{"auth":"dXNlcg=="}', '{"auth":"***"}'],
    ["kubeadm join --token abcdef.0123456789abcdef", "kubeadm join --token ***"],
    ["the token abcdef.0123456789abcdef was used", "the token *** was used"],
    ["--password=hunter2 --user me", "--password=*** --user me"],
    ["password=hunter2", "password=***"],
    ["a password does not belong into this file", "a password does not belong into this file"],
  ])("%s", (given, shown) => {
    expect(redactSecrets(given)).toBe(shown);
  });

  test.each([
    "unix:///var/run/docker.sock",
    "docker.io/kindest/node:v1.34.4@sha256:44e222ee",
    "localhost:5001/user-service:latest",
    "io.containerd.snapshotter.v1",
  ])("leaves %s as it is", (text) => {
    expect(redactSecrets(text)).toBe(text);
  });
});

test.each([
  [taken(), 4],
  [new AggregateError([new Error("x"), missing()]), 3],
  [new Error("x"), 70],
  [new ToolError("cancelled", { what: "It" }), 130],
])("the exit code is that of the first failure that can be mended", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
