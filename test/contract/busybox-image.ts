import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

/** Debian's busybox-static puts it there; bin/setup installs it. No registry is needed for the tests. */
const BUSYBOX = "/bin/busybox";
const PROGRAMS = ["sh", "cat", "echo", "sleep", "true", "wc", "head", "stat"];

export function hasBusybox(): boolean {
  return existsSync(BUSYBOX);
}

/** The tar of `docker save` of an image with nothing but busybox in it. */
export async function busyboxImage(ref: string, arch: string): Promise<Buffer> {
  const layer = pack();
  layer.entry({ name: "bin/", type: "directory", mode: 0o755 });
  layer.entry({ name: "bin/busybox", mode: 0o755 }, readFileSync(BUSYBOX));
  for (const program of PROGRAMS) {
    layer.entry({ name: `bin/${program}`, type: "symlink", linkname: "busybox" });
  }
  layer.finalize();
  const layerTar = await buffer(layer);
  const diffId = `sha256:${createHash("sha256").update(layerTar).digest("hex")}`;
  const config = {
    architecture: arch,
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: ["sleep", "100000"] },
    rootfs: { type: "layers", diff_ids: [diffId] },
  };
  const image = pack();
  image.entry({ name: "config.json" }, JSON.stringify(config));
  image.entry({ name: "layer.tar" }, layerTar);
  const manifest = [{ Config: "config.json", RepoTags: [ref], Layers: ["layer.tar"] }];
  image.entry({ name: "manifest.json" }, JSON.stringify(manifest));
  image.finalize();
  return buffer(image);
}
