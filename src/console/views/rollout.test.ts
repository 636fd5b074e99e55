import { expect, test } from "vitest";
import { aDeployment, aPod, aShop, fold, nowMs, press } from "../../../test/fakes/console/shop.ts";
import { commands } from "../commands/commands.ts";
import { asciiGlyphs, unicodeGlyphs } from "../lines/glyphs.ts";
import { paint } from "../lines/paint.ts";
import type { PodRow } from "../model/rows.ts";
import type { ConsoleState } from "../state/console-state.ts";
import { drawScreen } from "./screen.ts";

const owner = { kind: "Deployment", name: "orders", uid: "deployment-orders" };
const set = (name: string, revision: number) => ({
  ...aDeployment({ name, revision, version: name, owner }),
  ...{ kind: "ReplicaSet" as const, uid: `set-${name}` },
});
const pod = (version: string, end: string, given: Partial<PodRow> = {}) =>
  aPod({
    name: `orders-${version}-${end}`,
    application: "orders",
    owner: { kind: "ReplicaSet", name: version, uid: `set-${version}` },
    ...given,
  });

/** A roll-out half-way, on a screen that is wide enough for details. */
function rolling(pods: readonly PodRow[]): ConsoleState {
  return fold(
    aShop({ columns: 160, rows: 40 }),
    ...[set("old1", 1), set("new2", 2)].map((row) => ({ type: "row" as const, row, atMs: nowMs })),
    { type: "rows", kind: "Pod", rows: pods, atMs: nowMs },
    {
      type: "row",
      row: aDeployment({
        ...{ name: "orders", application: "orders", wanted: 3 },
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      }),
      atMs: nowMs,
    },
  );
}

function side(state: ConsoleState, isAscii = false): readonly string[] {
  const glyphs = isAscii ? asciiGlyphs : unicodeGlyphs;
  return drawScreen(state, { glyphs, commands }).map((each) =>
    paint(each, { depth: "none", columns: 160, isAscii })
      // eslint-disable-next-line no-control-regex -- styles are control sequences
      .replace(/\u001b\[[\d;]*m/g, "")
      .slice(102)
      .trimEnd(),
  );
}

const halfWay = [
  pod("old1", "a"),
  pod("old1", "b"),
  pod("old1", "c", { isTerminating: true, isReady: false, status: "Terminating" }),
  pod("new2", "d"),
  pod("new2", "e", { isReady: false }),
];

test.each(["", "2"])(
  "a roll-out is drawn beside its application and its Deployment (%s)",
  (keys) => {
    const lines = side(press(rolling(halfWay), keys));
    const at = lines.findIndex((each) => each.includes("ROLL-OUT"));
    expect(lines.slice(at, at + 5)).toEqual([
      "ROLL-OUT   rolling  3 of 3 ready, from 3 to 4",
      "new2  new  █s░",
      "old1  old  ██-",
      "█ ready  s starts  ░ to come  - ends",
      "1 of 3 new pods are ready",
    ]);
  },
);

test("what holds it up is said, in ASCII too", () => {
  const state = rolling([
    pod("old1", "a"),
    pod("new2", "d", { isReady: false, status: "ImagePullBackOff", why: "no such image" }),
  ]);
  const lines = side(state, true);
  expect(lines.join("\n")).toMatch(/ROLL-OUT {3}stuck[^]*new2 {2}new {2}x\.\.[^]*no such image/);
});

test("without a version that has pods there is no picture", () => {
  expect(side(aShop({ columns: 160, rows: 40 })).join("\n")).not.toContain("ROLL-OUT");
});
