import { expect, test } from "vitest";
import { bytesOf, parseNodeContents } from "./list-node-images.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [base, app, other] = [digest("1"), digest("2"), digest("3")];
const gc = "containerd.io/gc.ref";

/** As `ctr` of containerd 2.4 prints it: spaces in some tables, tabs in others. */
const contents = parseNodeContents(
  [
    [
      "REF TYPE DIGEST SIZE PLATFORMS LABELS",
      `docker.io/library/app:1 a/manifest ${digest("a")} 1 MiB linux/amd64 airfield.dev/loaded=true`,
      `docker.io/library/app:2 a/manifest ${digest("a")} 1 MiB linux/amd64 -`,
      `${digest("c")} a/manifest ${digest("a")} 1 MiB linux/amd64 -`,
      `registry.k8s.io/pause:3 a/index ${digest("e")} 1 MiB linux/amd64 -`,
      `${digest("f")} a/manifest ${digest("f")} 1 MiB linux/amd64 -`,
    ],
    [
      "DIGEST\tSIZE\tAGE\tLABELS",
      `${digest("a")}\t1B\t1 minute\t${gc}.content.config=${digest("c")},${gc}.content.l.0=${digest("9")}`,
      `${digest("c")}\t1B\t1 minute\t${gc}.snapshot.overlayfs=${app}`,
      `${digest("e")}\t1B\t1 minute\t${gc}.content.m.0=${digest("7")},${gc}.content.m.1=${digest("8")}`,
      `${digest("8")}\t1B\t1 minute\t${gc}.content.config=${digest("d")}`,
      `${digest("d")}\t1B\t1 minute\t${gc}.snapshot.overlayfs=${other}`,
    ],
    [
      "KEY PARENT KIND",
      `${base}  Committed`,
      `${app} ${base} Committed`,
      `${other} ${base} Committed`,
      `container ${app} Active`,
    ],
    ["KEY SIZE INODES", `${base} 1000 5`, `${app} 200 2`, `${other} 30 2`, `container 7 1`],
  ]
    .map((lines) => lines.map((line) => `${line}\n`).join(""))
    .join("--8<--\n"),
);

test("finds images with their names, through indexes, with the stack of layers each has", () => {
  expect(contents.images).toEqual([
    {
      names: ["docker.io/library/app:1", "docker.io/library/app:2"],
      id: digest("c"),
      chainIds: [app, base],
      isLoaded: true,
    },
    {
      names: ["registry.k8s.io/pause:3"],
      id: digest("d"),
      chainIds: [other, base],
      isLoaded: false,
    },
  ]);
});

test("counts layers that images share once", () => {
  expect(bytesOf(contents.images, contents.sizes)).toBe(1230);
  expect(bytesOf(contents.images.slice(0, 1), contents.sizes)).toBe(1200);
});
