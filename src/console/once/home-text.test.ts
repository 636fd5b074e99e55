import { expect, test } from "vitest";
import { aShop, fold } from "../../../test/fakes/console/shop.ts";
import { initialState } from "../state/console-state.ts";
import { homeText } from "./home-text.ts";

const plain = { columns: 100, depth: "none", isAscii: false } as const;

test("home as text is the view, with nothing selected and nothing left out", () => {
  const text = homeText({ state: aShop(), missing: [] }, plain);
  expect(text).toMatchSnapshot();
  expect(text).not.toContain("\u001b");
});

test("clusters are listed where none was entered, and what did not come is said", () => {
  const state = fold(initialState({ columns: 80, rows: 24 }), {
    type: "clusters",
    clusters: [
      { name: "shop", state: "running", nodes: [] },
      { name: "other", state: "stopped", nodes: [] },
    ],
  });
  const text = homeText({ state, missing: ["Pod: connecting"] }, plain);
  expect(text).toMatchSnapshot();
});

test("in ASCII there is nothing else", () => {
  const text = homeText({ state: aShop(), missing: [] }, { ...plain, isAscii: true });
  expect(text).toMatch(/^[ -~\n]*$/);
});
