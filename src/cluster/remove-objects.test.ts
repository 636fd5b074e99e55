import { expect, test } from "vitest";
import { refuseLeftovers } from "./remove-objects.ts";

test("what could not be removed is told with the commands that remove it", () => {
  const cause = new Error("device busy");
  const leftover = (name: string) => ({
    what: `volume ${name}`,
    command: `docker volume rm ${name}`,
    cause,
  });
  const removal = { removed: ["c"], leftovers: [leftover("a"), leftover("b")] };
  expect(() => {
    refuseLeftovers(removal);
  }).toThrow(
    expect.objectContaining({
      code: "leftovers-remain",
      message: "Not everything could be removed: volume a, volume b.",
      hint: "Remove the rest with: docker volume rm a && docker volume rm b",
      cause,
    }),
  );
  expect(() => {
    refuseLeftovers({ ...removal, leftovers: [] });
  }).not.toThrow();
});
