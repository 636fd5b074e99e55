import { expect, test } from "vitest";
import { chooseCacheFolder } from "./cache-folder.ts";

test("the cache is where AIRFIELD_CACHE, the desktop or custom says", () => {
  expect(chooseCacheFolder({}, "/home/me")).toBe("/home/me/.cache/airfield");
  expect(chooseCacheFolder({ XDG_CACHE_HOME: "/big" }, "/home/me")).toBe("/big/airfield");
  const both = { XDG_CACHE_HOME: "/big", AIRFIELD_CACHE: "/own" };
  expect(chooseCacheFolder(both, "/home/me")).toBe("/own");
});
