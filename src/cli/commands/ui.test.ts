import { expect, test } from "vitest";
import { runCli } from "../../../test/fakes/fake-cli.ts";
import { aShop } from "../../../test/fakes/console/shop.ts";
import type { HomeReading } from "../../console/once/read-home.ts";

const reading = (missing: readonly string[] = []) => {
  const asked: unknown[] = [];
  const readHome = async (request: unknown): Promise<HomeReading> => {
    asked.push(request);
    return { state: aShop(), missing };
  };
  return { useCases: { readHome }, asked };
};

test("without a terminal it names what needs none", async () => {
  const { error } = await runCli(["ui"]);
  expect(error).toMatchObject({ code: "invalid-usage" });
  expect(String(error)).toContain("airfield ui --once");
});

test("once prints the first view as text, of the cluster that is named", async () => {
  const { useCases, asked } = reading();
  const { stdout, exitCode, error } = await runCli(["ui", "--once", "--name", "shop"], {
    useCases,
  });
  expect(error).toBeUndefined();
  expect(asked).toEqual([{ cluster: "shop" }]);
  expect(stdout).toContain("payments");
  expect(exitCode).toBe(0);
});

test("once prints JSON, and ends with the code of a timeout when something did not come", async () => {
  const { useCases } = reading(["Pod: connecting"]);
  const { stdout, exitCode } = await runCli(["ui", "--once", "-o", "json"], { useCases });
  expect(JSON.parse(stdout)).toMatchObject({
    cluster: "shop",
    missing: ["Pod: connecting"],
    applications: [{ name: "orders" }, { name: "payments", ready: 1, wanted: 2 }],
    wrong: [{ severity: "bad" }, {}],
  });
  expect(exitCode).toBe(6);
});

test("a format without --once is refused", async () => {
  const { error } = await runCli(["ui", "-o", "json"]);
  expect(String(error)).toContain("airfield ui --once -o json");
});
