import { parseKubeadmMergePatch } from "../config/kubeadm-patch.ts";
import type { KubeadmDocument, KubeadmPatches } from "./kubeadm-document.ts";

/** A patch, or one document of it, that changes nothing. */
export interface UnmatchedPatch {
  /** Path in the config: "nodes[0].kubeadmConfigPatches[1]". */
  readonly path: string;
  /** Line inside the patch's text, from 1 on. */
  readonly line: number;
  readonly kind: string;
  /** Empty: the patch names none. */
  readonly apiVersion: string;
  /** apiVersions of the documents of its kind; none where there is no such document. */
  readonly known: readonly string[];
}

/**
 * The patches of one level that fit no document. kubeadm and kind pass over them in silence.
 *
 * @param at path of what has the patches, as "nodes[0]."; empty for the cluster
 * @param documents those that the patches are for
 */
export function unmatchedPatches(
  level: KubeadmPatches,
  at: string,
  documents: readonly Pick<KubeadmDocument, "kind" | "apiVersion">[],
): readonly UnmatchedPatch[] {
  const patches: readonly Omit<UnmatchedPatch, "known">[] = [
    ...level.kubeadmConfigPatches.flatMap((text, index) =>
      parseKubeadmMergePatch(text).patches.map(({ kind, apiVersion, line }) => ({
        ...{ kind, apiVersion, line },
        path: `${at}kubeadmConfigPatches[${index}]`,
      })),
    ),
    ...level.kubeadmConfigPatchesJSON6902.map(({ group, version, kind }, index) => ({
      kind,
      apiVersion: [group, version].filter((part) => part !== "").join("/"),
      line: 1,
      path: `${at}kubeadmConfigPatchesJSON6902[${index}]`,
    })),
  ];
  return patches.flatMap((patch) => {
    const known = documents.flatMap(({ kind, apiVersion }) =>
      kind === patch.kind ? [apiVersion] : [],
    );
    const isTaken = patch.apiVersion === "" ? known.length > 0 : known.includes(patch.apiVersion);
    return isTaken ? [] : [{ ...patch, known: [...new Set(known)] }];
  });
}
