import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { controlPlaneScript } from "../../src/nodes/bootstrap/scripts.ts";

let pods: string;

beforeEach(async () => {
  pods = await mkdtemp(join(tmpdir(), "airfield-pods-"));
});

afterEach(async () => {
  await rm(pods, { recursive: true });
});

/** The part of a node's script that looks for programs that end again and again. */
const looking = controlPlaneScript.text.slice(
  controlPlaneScript.text.indexOf("look_for_crashes() {"),
  controlPlaneScript.text.indexOf("# Whether somebody listens"),
);

const ended = (words: string) => `2026-11-29T18:20:00.95Z stderr F ${words}\n`;
const ipvs = (second: string) =>
  ended(`E1129 18:20:0${second} 1 run.go:72] "command failed" err="can't use the IPVS proxier"`);

/**
 * What the script gives up on, when it looks after each step; a step writes logs (by pod, container and run) and
 * removes those that it leaves out.
 */
async function gaveUpOn(
  ...steps: readonly Readonly<Record<string, string>>[]
): Promise<readonly string[]> {
  const looks: string[] = [];
  for (const [index, logs] of steps.entries()) {
    for (const [path, text] of Object.entries(logs)) {
      const file = join(pods, String(index), `${path}.log`);
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, text);
    }
    looks.push(`ln -sfn ${index} ${pods}/now; look_for_crashes; echo nothing`);
  }
  const script = `
set -Eeuo pipefail
give_up() { echo "$1"; exit; }
systemctl() { printf '0\\n\\n0\\n'; }
${looking}
SECONDS=10 pods=${pods}/now
${looks.join("\n")}`;
  const { stdout } = await promisify(execFile)("bash", ["-c", script]);
  return stdout.trim().split("\n");
}

const proxy = "kube-system_kube-proxy-rfvxw_90a23154/kube-proxy";

test("a kube-proxy that ends twice with the same words", async () => {
  expect(
    await gaveUpOn(
      { [`${proxy}/0`]: ipvs("0.1") },
      { [`${proxy}/0`]: ipvs("0.1"), [`${proxy}/1`]: ended("I1129 starting") },
      { [`${proxy}/0`]: ipvs("0.1"), [`${proxy}/1`]: ipvs("1.2") },
    ),
  ).toEqual(["nothing", "nothing", "kube-proxy"]);
});

test("also when the kubelet has removed the log of the run before", async () => {
  expect(await gaveUpOn({ [`${proxy}/1`]: ipvs("0.1") }, { [`${proxy}/2`]: ipvs("1.2") })).toEqual([
    "nothing",
    "kube-proxy",
  ]);
});

test("not one that ends for another reason each time, until its fourth run", async () => {
  expect(
    await gaveUpOn(
      { [`${proxy}/0`]: ipvs("0.1"), [`${proxy}/1`]: ended("panic: another") },
      { [`${proxy}/2`]: ipvs("0.1") },
      { [`${proxy}/3`]: ended("nothing yet") },
    ),
  ).toEqual(["nothing", "nothing", "kube-proxy"]);
});

test("not one that waits for what is not there yet", async () => {
  const refused = ended('E1129 18:20:00 1 run.go:72] "command failed" err="connection refused"');
  expect(
    await gaveUpOn(
      { [`${proxy}/0`]: refused, [`${proxy}/1`]: refused },
      { [`${proxy}/2`]: refused },
    ),
  ).toEqual(["nothing", "nothing"]);
});

test.each([
  ["coredns", "kube-system_coredns-ff46_3e/coredns", "/etc/coredns/Corefile:3 - Error: bad"],
  ["coredns", "kube-system_coredns-ff46_3e/coredns", "plugin/forward: not an IP address"],
  [
    "kube-flannel",
    "kube-flannel_kube-flannel-ds-hczhs_06/kube-flannel",
    "E1129 18:20:00.9 1 main.go:262] Failed to create SubnetManager: no such node",
  ],
  [
    "kube-apiserver",
    "kube-system_kube-apiserver-dev_c7/kube-apiserver",
    'E1129 18:20:00.9 1 run.go:72] "command failed" err="unrecognized feature gate"',
  ],
])("%s that ends twice alike", async (component, folder, words) => {
  const logs = { [`${folder}/0`]: ended(words), [`${folder}/1`]: ended(words) };
  expect(await gaveUpOn(logs)).toEqual([component]);
});

test("a static pod may take more runs, and one of the user's as many as it likes", async () => {
  expect(
    await gaveUpOn(
      { "kube-system_kube-apiserver-dev_c7/kube-apiserver/3": ended("nothing yet") },
      { "kube-system_own-dev_c7/own/4": ipvs("0.1"), "kube-system_own-dev_c7/own/5": ipvs("0.1") },
    ),
  ).toEqual(["nothing", "nothing"]);
});

test("is found at another node's pod of the same kind, too", async () => {
  const second = "kube-system_coredns-bbbb_2/coredns";
  expect(
    await gaveUpOn({
      "kube-system_coredns-aaaa_1/coredns/0": ended("[INFO] fine"),
      [`${second}/0`]: ended("panic: same"),
      [`${second}/1`]: ended("panic: same"),
    }),
  ).toEqual(["coredns"]);
});
