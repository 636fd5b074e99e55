import type { DependencyType } from "../config/cluster-config.ts";
import type { LocalImage } from "../images/local-image.ts";
import type { ClusterApi } from "../ports/cluster-api.ts";
import type { ExecResult } from "../ports/container-engine.ts";

/** How an image that may have to be pulled or built first is asked for. */
export interface ImageOptions {
  readonly signal?: AbortSignal;
  /** Told what is being done. */
  readonly onProgress?: (detail: string) => void;
  /** Told each line that a program prints meanwhile. */
  readonly onOutput?: (source: string, line: string) => void;
}

/**
 * The cluster that an application is brought up on, as far as `up` and `down` need it. A port of this
 * folder: what stands behind it (an Airfield cluster now, any kubeconfig context later) is not known here.
 */
export interface SpringCluster {
  readonly name: string;
  /** With admin rights, or those of the context. Throws `cluster-not-found` when there is no such cluster. */
  readonly api: ClusterApi;
  /**
   * Creates the cluster when there is none, and waits until it can be used.
   *
   * @param options.stepId the step that this is the work of: the creation's events name it
   */
  ensureCluster(options: {
    readonly signal?: AbortSignal;
    readonly stepId?: string;
  }): Promise<{ readonly created: boolean }>;
  /**
   * Removes the cluster when this very command has created it, because of this failure; does nothing otherwise. What
   * cannot be removed becomes a warning.
   */
  removeCreated(failure: unknown): Promise<void>;
  /**
   * The sockets that the processes of a pod's container have open, and the tables of the pod's network, for
   * `readListeners`. Undefined where the node is out of reach, as on a cluster elsewhere.
   */
  podSockets(
    container: { readonly node: string; readonly containerId: string },
    options?: { readonly signal?: AbortSignal },
  ): Promise<string | undefined>;
  /** The name by which its nodes know an image of the engine once `loadImage` has brought it. */
  pullableName(image: string): string;
  /**
   * Runs `kubectl kustomize` on a folder of these files, by their paths in it. A non-zero exit code is a result. Needs
   * no cluster where the host has a kubectl. Throws `kubectl-missing`.
   */
  kustomize(
    files: Readonly<Record<string, string>>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<ExecResult>;
  /** Whether every node has this image, as the engine has it now. */
  hasImageOnNodes(image: string, options?: { readonly signal?: AbortSignal }): Promise<boolean>;
  /** Brings an image of the engine to every node, also when they have another one of that name. */
  loadImage(
    image: string,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (detail: string) => void },
  ): Promise<void>;
  /**
   * Brings an image that was assembled here to every node, sending each what it lacks. One that `isNew` is sent to
   * nodes that have had such before without asking them whether they have it.
   */
  loadLocalImage(
    image: LocalImage,
    options?: { readonly signal?: AbortSignal; readonly isNew?: boolean },
  ): Promise<{ readonly sentBytes: number }>;
  /**
   * Throws `port-taken` where it is known already that `publishPort` would, because something else than the
   * application has the port; keeps the port from being chosen for anything else. Changes nothing.
   */
  checkHostPort(request: Omit<PublishRequest, "nodePort" | "service">): Promise<void>;
  /**
   * Makes a Service reachable on 127.0.0.1 by a published port that stays when the command ends.
   * Idempotent: what is published already stays as it is. `hostPort` 0: a free one, and the same one
   * again as long as it is published. Throws `port-taken`.
   */
  publishPort(
    request: PublishRequest,
    options?: { readonly signal?: AbortSignal },
  ): Promise<PublishedPort>;
  /** Undefined when nothing is published for it. */
  publishedUrl(request: {
    readonly name: string;
    readonly namespace: string;
  }): Promise<string | undefined>;
  /** Nothing published is fine; true when something was. */
  unpublishPort(request: { readonly name: string; readonly namespace: string }): Promise<boolean>;
  /**
   * A reference to a JRE image for this Java version that the engine has: `java` on PATH, no entrypoint
   * needed, fit for any numeric user. The reference changes when the image's content does.
   */
  jreImage(javaVersion: number, options?: ImageOptions): Promise<string>;
  /** The reference that `jreImage` would most likely resolve with; nothing is pulled or built. */
  expectedJreImage(javaVersion: number): Promise<string>;
  /** The public image that `dependencyImage` pulls where none is named. */
  publicDependencyImage(type: DependencyType): string;
  /**
   * A reference to the image of a database or broker that the engine has: `image` where one is named, else the
   * component's. Throws `image-not-found` and `component-image-unavailable`.
   */
  dependencyImage(
    wanted: { readonly type: DependencyType; readonly image?: string },
    options?: ImageOptions,
  ): Promise<string>;
  /** The reference that `dependencyImage` would most likely resolve with; nothing is pulled or built. */
  expectedDependencyImage(wanted: {
    readonly type: DependencyType;
    readonly image?: string;
  }): Promise<string>;
}

/** Where the Service answers, or, on a cluster where Airfield cannot publish, the command that makes it reachable. */
export type PublishedPort = { readonly url: string } | { readonly access: string };

export interface PublishRequest {
  /** The application's name. */
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly nodePort: number;
  /** 0: a free one is chosen. */
  readonly hostPort: number;
}
