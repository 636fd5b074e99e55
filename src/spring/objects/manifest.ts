/** A Kubernetes object as JSON; only what is read of it is typed. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Of a ConfigMap or Secret. */
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly type?: string;
  /** Of a Role, and of its binding. */
  readonly rules?: readonly unknown[];
  readonly roleRef?: Readonly<Record<string, string>>;
  readonly subjects?: readonly unknown[];
}
