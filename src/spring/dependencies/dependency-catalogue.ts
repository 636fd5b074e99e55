import type { DependencyConfig, DependencyType } from "../../config/cluster-config.ts";

/** How one type of dependency is run; everything that differs between them is here. */
export interface DependencyKind {
  /** For people. */
  readonly title: string;
  /** Public image without its tag, for a version that the config names. */
  readonly repository: string;
  readonly port: number;
  /** Name of its user; undefined where there is only a password. */
  readonly username: string | undefined;
  /** Where the volume is mounted. */
  readonly dataFolder: string;
  readonly command: readonly string[];
  readonly env: (config: DependencyConfig) => Readonly<Record<string, string>>;
  /** Files with credentials, in CREDENTIALS_FOLDER: never an argument, which every process may read. */
  readonly files: (credentials: Credentials) => Readonly<Record<string, string>>;
  readonly readiness: (config: DependencyConfig) => Readonly<Record<string, unknown>>;
  readonly memory: { readonly request: string; readonly limit: string };
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where the pod sees its Secret's files. */
export const CREDENTIALS_FOLDER = "/etc/credentials";

/**
 * The variables and files are those that the official images and the ones of images/ both take.
 * https://hub.docker.com/_/postgres, https://hub.docker.com/_/redis, https://hub.docker.com/_/rabbitmq
 */
export const dependencyKinds: Readonly<Record<DependencyType, DependencyKind>> = {
  postgresql: {
    title: "PostgreSQL",
    repository: "docker.io/library/postgres",
    port: 5432,
    username: "app",
    dataFolder: "/var/lib/postgresql/data",
    // The default command of both images.
    command: [],
    env: ({ database }) => ({
      POSTGRES_DB: database,
      POSTGRES_USER: "app",
      POSTGRES_PASSWORD_FILE: `${CREDENTIALS_FOLDER}/password`,
      // A folder inside the volume: initdb refuses one that is not empty, and volumes may come with lost+found.
      PGDATA: "/var/lib/postgresql/data/pgdata",
    }),
    files: ({ password }) => ({ password }),
    // By TCP: while the official image makes the database, its server listens on the socket only.
    readiness: ({ database }) => ({
      exec: { command: ["pg_isready", "-h", "127.0.0.1", "-U", "app", "-d", database] },
    }),
    memory: { request: "64Mi", limit: "512Mi" },
  },
  redis: {
    title: "Redis",
    repository: "docker.io/library/redis",
    port: 6379,
    username: undefined,
    dataFolder: "/data",
    command: ["redis-server", `${CREDENTIALS_FOLDER}/redis.conf`],
    env: () => ({}),
    files: ({ password }) => ({
      "redis.conf": [
        "dir /data",
        "appendonly yes",
        // Inside the cluster it is reached from other pods; the password is asked of all of them.
        "bind * -::*",
        "protected-mode no",
        `requirepass ${password}`,
        "",
      ].join("\n"),
    }),
    readiness: () => ({ tcpSocket: { port: "main" } }),
    memory: { request: "32Mi", limit: "256Mi" },
  },
  rabbitmq: {
    title: "RabbitMQ",
    repository: "docker.io/library/rabbitmq",
    port: 5672,
    username: "app",
    dataFolder: "/var/lib/rabbitmq",
    command: ["rabbitmq-server"],
    env: () => ({
      // The data is kept under this name, which must not change with the pod's address.
      RABBITMQ_NODENAME: "rabbit@localhost",
      RABBITMQ_CONFIG_FILES: CREDENTIALS_FOLDER,
      RABBITMQ_LOGS: "-",
      HOME: "/var/lib/rabbitmq",
    }),
    files: ({ username, password }) => ({
      "10-credentials.conf": [
        `default_user = ${username}`,
        `default_pass = ${password}`,
        // The port opens when the broker takes messages.
        "listeners.tcp.default = 5672",
        "",
      ].join("\n"),
    }),
    readiness: () => ({ tcpSocket: { port: "main" } }),
    memory: { request: "128Mi", limit: "512Mi" },
  },
};

/** Which image it is to run; without a version that of the component. */
export function imageWantedBy({ type, version }: Pick<DependencyConfig, "type" | "version">): {
  readonly type: DependencyType;
  readonly image?: string;
} {
  const { repository } = dependencyKinds[type];
  return { type, ...(version === undefined ? {} : { image: `${repository}:${version}` }) };
}
