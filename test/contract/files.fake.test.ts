import { describe } from "vitest";
import { FakeFiles } from "../fakes/fake-files.ts";
import { filesContract } from "./files.contract.ts";

describe("the fake files", () => {
  filesContract(async () => {
    const files = new FakeFiles();
    await files.makeDirectory("/home/me");
    return {
      files,
      root: "/home/me",
      link: (path, target) => {
        files.link(path, target);
        return Promise.resolve();
      },
    };
  });
});
