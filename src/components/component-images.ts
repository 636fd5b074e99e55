/**
 * The images that Airfield itself needs. Each comes from the first of: a local image built from
 * `images/` with the right content, a pinned image already there, a pull of the pinned image, a build.
 */
export const componentNames = [
  "node",
  "registry",
  "jre-17",
  "jre-21",
  "jre-25",
  "postgresql",
  "redis",
  "rabbitmq",
] as const;

export type ComponentName = (typeof componentNames)[number];

/** Where a component's image may come from. `auto` is the order above; the others force one way. */
export const imagePolicies = ["auto", "local", "pull", "build"] as const;

export type ImagePolicy = (typeof imagePolicies)[number];

export interface Component {
  /** For people: "node image". */
  readonly title: string;
  /** Public image, by digest where one is known. */
  readonly pinned: string;
}

export const components: Readonly<Record<ComponentName, Component>> = {
  node: {
    title: "node",
    // https://github.com/kubernetes-sigs/kind/releases/tag/v0.33.0
    pinned:
      "docker.io/kindest/node:v1.34.11@sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d",
  },
  registry: {
    title: "registry",
    pinned:
      "docker.io/library/registry:3.0.0@sha256:6c5666b861f3505b116bb9aa9b25175e71210414bd010d92035ff64018f9457e",
  },
  "jre-17": {
    title: "Java 17 runtime",
    pinned:
      "docker.io/library/eclipse-temurin:17-jre@sha256:13cc28a6cc72a38ce1f00c906be3580c1a3e604b8984d694f369a96742abc93b",
  },
  "jre-21": {
    title: "Java 21 runtime",
    pinned:
      "docker.io/library/eclipse-temurin:21-jre@sha256:7a65df4b22d2de92d4e04056e884f3b9122d70b21e2847fd66084278bd0ce037",
  },
  "jre-25": {
    title: "Java 25 runtime",
    pinned:
      "docker.io/library/eclipse-temurin:25-jre@sha256:681c543d6f36c50f45e9b5226930a46203dcfa351d3670e9d0bdf0dabae53539",
  },
  // By tag: of these no digest is known to be of a release, and a tag of the same major version reads the same data.
  postgresql: { title: "PostgreSQL", pinned: "docker.io/library/postgres:17.5" },
  redis: { title: "Redis", pinned: "docker.io/library/redis:8.0" },
  rabbitmq: { title: "RabbitMQ", pinned: "docker.io/library/rabbitmq:4.0" },
};

/** How component images are found on this installation; made by main. */
export interface ComponentSettings {
  readonly policy: ImagePolicy;
  /** Tags of `images/NAME` as content hashes, from the build of Airfield; empty when not shipped. */
  readonly builtTags: Readonly<Partial<Record<ComponentName, string>>>;
  /** False: nodes start from the plain image even where a warm one is there. */
  readonly isWarmAllowed: boolean;
  /** The words that start this program: what goes on after a command is a command of its own. */
  readonly ownCommand: readonly string[];
  /** Folder `images/` with the build scripts; undefined when this installation has none. */
  readonly imagesFolder?: string;
}
