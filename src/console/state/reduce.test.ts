import { expect, test } from "vitest";
import { aDeployment, aPod, aShop, fold, nowMs, press } from "../../../test/fakes/console/shop.ts";
import { commands } from "../commands/commands.ts";
import { collisions } from "../commands/find-command.ts";
import { selectedSubject, visibleSubjects } from "../lists/visible.ts";
import type { ConsoleEvent } from "../model/events.ts";
import type { ConsoleRequest } from "../model/requests.ts";
import { currentPlace, rowsOf, type ConsoleState } from "./console-state.ts";
import { reduce } from "./reduce.ts";

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

test("no two commands have one key where both can be meant", () => {
  expect(collisions(commands)).toEqual([]);
});

test("each command has a name of its own", () => {
  const ids = commands.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the only cluster is entered at once", () => {
  const shop = aShop();
  expect(shop.cluster).toBe("shop");
  expect(currentPlace(shop).view).toBe("home");
});

test("of a cluster that is left nothing is kept, and what comes late of it is dropped", () => {
  const shop = fold(aShop(), {
    type: "clusters",
    clusters: [
      { name: "shop", state: "running", nodes: [] },
      { name: "other", state: "running", nodes: [] },
    ],
  });
  const entered = press(shop, "9j\r");
  expect(entered.cluster).toBe("other");
  const late = fold(entered, { type: "row", row: aPod({ name: "late" }), atMs: nowMs });
  expect(rowsOf(late, "Pod")).toEqual([]);
  const told = fold(
    late,
    { type: "cluster-entered", cluster: "other" },
    { type: "row", row: aPod({ name: "new" }), atMs: nowMs },
  );
  expect(rowsOf(told, "Pod").map(({ name }) => name)).toEqual(["new"]);
});

test("what is selected stays selected through a thousand changes, sorts and filters", () => {
  const random = numbers(7);
  let state = press(aShop(), "3jj");
  const selected = selectedSubject(state);
  for (let index = 0; index < 1000; index++) {
    const name = `x-${Math.floor(random() * 200)}`;
    const events: readonly ConsoleEvent[] = [
      { type: "row", row: aPod({ name, restarts: index }), atMs: nowMs + index },
      { type: "row-gone", kind: "Pod", uid: `pod-x-${Math.floor(random() * 200)}`, atMs: nowMs },
    ];
    state = fold(state, ...events);
    if (index % 50 === 0) state = press(state, "\u001b[1;2C");
    if (index % 70 === 0) state = press(state, "O");
    expect(selectedSubject(state)?.uid).toBe(selected?.uid);
  }
});

test("when what is selected is gone, its neighbour takes its place", () => {
  const state = press(aShop(), "3jj");
  const before = visibleSubjects(state).map(({ name }) => name);
  const uid = selectedSubject(state)?.uid ?? "";
  const after = fold(state, { type: "row-gone", kind: "Pod", uid, atMs: nowMs });
  expect(selectedSubject(after)?.name).toBe(before[3]);
});

test("a filter and the place in a list are still there when one comes back", () => {
  const state = press(aShop(), "3/orders\rj");
  expect(visibleSubjects(state)).toHaveLength(3);
  const selected = selectedSubject(state)?.uid;
  const back = press(press(state, "\r"), "\u001b");
  expect(currentPlace(back).filter).toBe("orders");
  expect(selectedSubject(back)?.uid).toBe(selected);
  const away = press(press(back, "8"), "3");
  expect(currentPlace(away).filter).toBe("orders");
});

test("escape goes one step back and never leaves", () => {
  let state = press(aShop(), "3/orders\r\r");
  for (let index = 0; index < 10; index++) {
    state = press(state, "\u001b");
    expect(state.requests).toEqual([]);
  }
  expect(currentPlace(state).view).toBe("home");
});

test("q goes back, and leaves where there is no way back", () => {
  const inside = press(aShop(), "\r");
  expect(press(inside, "q").requests).toEqual([]);
  expect(press(press(inside, "q"), "q").requests).toEqual([{ type: "quit" }]);
});

const acts = (state: ConsoleState) => state.requests.filter(({ type }) => type === "act");

test("a deletion names what follows, and is done by y alone", () => {
  const dialog = press(aShop(), "\u0004");
  expect(dialog.overlay).toMatchObject({ type: "dialog", command: "down" });
  for (const key of ["\r", "n", "q", "\u0004", " ", "\u001b"]) {
    const answered = press(dialog, key);
    expect(answered.overlay).toBeUndefined();
    expect(acts(answered)).toEqual([]);
  }
  expect(acts(press(dialog, "y"))).toMatchObject([
    {
      command: "down",
      line: "airfield down orders --name shop",
      of: { name: "orders", cluster: "shop" },
    },
  ]);
});

test("a cluster is deleted only when its name is typed", () => {
  const dialog = press(aShop(), "9\u0004");
  expect(acts(press(dialog, "y"))).toEqual([]);
  expect(acts(press(dialog, "shot\r"))).toEqual([]);
  expect(acts(press(dialog, "shop\r"))).toMatchObject([{ command: "delete-cluster" }]);
});

test("what Kubernetes itself runs on asks for the name, too", () => {
  const dialog = press(aShop(), "3/coredns\r\u0004");
  expect(acts(press(dialog, "y"))).toEqual([]);
  expect(acts(press(dialog, "coredns-948b-fffff\r"))).toMatchObject([{ command: "delete" }]);
});

test("scaling asks for what was counted to", () => {
  const scaled = press(aShop(), "s++-\r");
  expect(acts(scaled)).toMatchObject([
    { command: "scale", argument: "4", of: { kind: "Deployment" } },
  ]);
  expect(acts(press(aShop(), "s\r"))).toEqual([]);
});

test("what is marked is what is acted on", () => {
  const state = press(press(aShop(), "3/orders\r  \u0004"), "y");
  const asked = fold(press(press(aShop(), "3/orders\r"), "  \u0004"));
  expect(asked.overlay).toMatchObject({ type: "dialog", targets: [{}, {}] });
  expect(acts(state).map((each) => (each.type === "act" ? each.of.name : ""))).toEqual([
    "orders-7f3a-aaaaa",
    "orders-7f3a-bbbbb",
  ]);
});

test("ten thousand random keys destroy nothing without a dialog's yes", () => {
  const random = numbers(3);
  const keys = [
    ..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@:/?-+ ",
    ...[
      "\r",
      "\u0004",
      "\u0016",
      "\u0017",
      "\t",
      "\u001b[A",
      "\u001b[B",
      "\u001b[1;2C",
      "\u001b",
      "\u007f",
    ],
  ];
  let state = aShop();
  let asked = 0;
  for (let index = 0; index < 10_000; index++) {
    const key = keys[Math.floor(random() * keys.length)] ?? "j";
    const before = state;
    state = press(state, key);
    for (const request of acts(state)) {
      asked++;
      expectConfirmed(request, before, key);
    }
  }
  // Else the keys have tested nothing.
  expect(asked).toBeGreaterThan(0);
});

/** What destroys comes of an open dialog, of y or of the name and enter; scaling of its own one. */
function expectConfirmed(request: ConsoleRequest, { overlay }: ConsoleState, key: string): void {
  if (request.type !== "act") return;
  const command = commands.find(({ id }) => id === request.command);
  if (command?.danger === "none") return;
  if (command?.id === "scale") {
    expect(overlay?.type).toBe("scale");
    return;
  }
  expect(overlay?.type).toBe("dialog");
  expect(["y", "Y", "\r"]).toContain(key);
}

test("a list taken afresh equals what ten thousand changes have made", () => {
  const random = numbers(11);
  const objects = new Map<string, ReturnType<typeof aPod>>();
  let state = fold(aShop(), { type: "rows", kind: "Pod", rows: [], atMs: nowMs });
  for (let index = 0; index < 10_000; index++) {
    const name = `pod-${Math.floor(random() * 100)}`;
    if (random() < 0.3) {
      objects.delete(`pod-${name}`);
      state = reduce(
        state,
        { type: "row-gone", kind: "Pod", uid: `pod-${name}`, atMs: nowMs },
        commands,
      );
    } else {
      const row = aPod({ name, restarts: index });
      objects.set(row.uid, row);
      state = reduce(state, { type: "row", row, atMs: nowMs }, commands);
    }
  }
  const fresh = fold(state, {
    type: "rows",
    kind: "Pod",
    rows: [...objects.values()],
    atMs: nowMs,
  });
  const sorted = (of: ConsoleState) =>
    [...rowsOf(of, "Pod")].sort((a, b) => (a.uid < b.uid ? -1 : 1));
  expect(sorted(state)).toEqual(sorted(fresh));
});

test("what an action says, and how it ended, is listed as its command", () => {
  const asked = press(press(aShop(), "r"), "y");
  const [request] = acts(asked);
  const id = request?.type === "act" ? request.id : 0;
  const line = request?.type === "act" ? request.line : "";
  const failed = fold(
    asked,
    { type: "action-started", action: { id, command: "restart", line }, atMs: nowMs },
    {
      type: "action-progress",
      id,
      event: { type: "step-started", stepId: "a", title: "Restarting" },
      atMs: nowMs,
    },
    { type: "action-ended", id, error: "it is forbidden\nask somebody", atMs: nowMs },
  );
  expect(failed.actions).toMatchObject([
    { line, progress: "Restarting", error: "it is forbidden\nask somebody" },
  ]);
  expect(failed.message).toMatchObject({ tone: "bad" });
  expect(press(press(failed, "@"), "\r").document?.lines).toContain("it is forbidden");
});

test("a paste in a prompt is its text, and elsewhere it is nothing", () => {
  const paste = "\u001b[200~orders\rq\u001b[201~";
  expect(currentPlace(press(aShop(), `3/${paste}`)).filter).toBe("orders");
  const ignored = press(aShop(), paste);
  expect(ignored.requests).toEqual([]);
});

test("a workload that is scaled by hand keeps its name in the dialog", () => {
  const state = fold(aShop(), {
    type: "row",
    row: aDeployment({ name: "orders", application: "orders", wanted: 5, ready: 5 }),
    atMs: nowMs,
  });
  expect(press(state, "s").overlay).toMatchObject({ type: "scale", before: 5 });
});
