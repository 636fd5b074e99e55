import { examineConfig, invalidConfig, type ConfigText } from "../config/load-config.ts";
import type { NamedFile } from "../config/named-files.ts";
import type { ConfigFault } from "../errors/catalog/config.ts";
import { AnyToolError, isToolError } from "../errors/tool-error.ts";
import type { Ports } from "../ports/ports.ts";
import { readCertificates, readPasswordFile } from "../registry/access/read-registry-access.ts";

/**
 * Refuses a config for its own faults and for the files that it names: what is missing, may not be read, or cannot be
 * used. Creating a cluster or bringing up an application would find these out one by one.
 * Throws `invalid-config` with all faults.
 */
export async function validateConfig(
  config: ConfigText,
  ports: Pick<Ports, "files">,
): Promise<void> {
  const { faults, namedFiles } = examineConfig(config);
  const ofFiles: ConfigFault[] = [];
  // One after the other: a config may name more files than can be open at once.
  for (const { line, path, ...named } of namedFiles) {
    const reason = await reasonAgainst(named, ports);
    if (reason !== undefined) ofFiles.push({ line, path, reason });
  }
  if (faults.length + ofFiles.length > 0) throw invalidConfig(config.file, [...faults, ...ofFiles]);
}

/** Certificates and passwords are read as they will be in earnest. */
async function reasonAgainst(
  { file, kind }: Pick<NamedFile, "file" | "kind">,
  ports: Pick<Ports, "files">,
): Promise<string | undefined> {
  try {
    if (kind === "certificate") await readCertificates(file, ports);
    else if (kind === "password") await readPasswordFile(file, ports);
    else if (kind === "folder") {
      const status = await ports.files.status(file);
      if (status?.kind !== "directory") return `there is no folder ${file}`;
    } else if ((await ports.files.readBytes(file)) === undefined) return `there is no file ${file}`;
    return undefined;
  } catch (error) {
    // Without what the line of a fault says already: what the file is for, and in which field it stands.
    if (isToolError(error, "file-not-found")) return `there is no file ${file}`;
    if (isToolError(error, "secret-missing")) return `${file} is empty`;
    if (error instanceof AnyToolError) return error.message.replace(/\.$/, "");
    throw error;
  }
}
