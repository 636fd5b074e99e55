import { fromContainerText } from "../objects/container-text.ts";
import { PLACEHOLDER_DOMAIN, PLACEHOLDER_SECRET } from "./placeholders.ts";
import { placeholderImage } from "./plan-kustomize.ts";
import type { PortableDependency } from "./portable-dependencies.ts";
import { isRecord, type PortableApplication } from "./portable-objects.ts";
import { splitReference } from "../../formats/image-reference.ts";
import { entries, inline, lines, renderTemplate } from "./template-text.ts";
import { isWorkload } from "../objects/user-kustomization.ts";
import { fileNameOf, yamlText, type TextFile } from "./text-file.ts";

export interface ChartOptions {
  readonly name: string;
  /** Image of each application, by its name; a placeholder where there is none. */
  readonly images: Readonly<Record<string, string>>;
  /** What the applications depend on; an installation brings its own. */
  readonly dependencies: readonly PortableDependency[];
}

/**
 * A Helm chart whose templates are the objects of `up`, with values in the places that differ between
 * installations. Names are not made of the release's: applications find each other by them.
 */
export function planChart(
  applications: readonly PortableApplication[],
  options: ChartOptions,
): readonly TextFile[] {
  const isSingle = applications.length === 1;
  const version = applications[0]?.version;
  return [
    {
      path: "Chart.yaml",
      text: yamlText(
        {
          apiVersion: "v2",
          name: options.name,
          description: `${applications.map(({ name }) => name).join(", ")}, as airfield up runs it`,
          type: "application",
          version: chartVersionOf(version),
          ...(version === undefined ? {} : { appVersion: version }),
          // preStop.sleep of the pods.
          kubeVersion: ">=1.30.0-0",
        },
        "Made by `airfield export chart`.",
      ),
    },
    { path: "values.yaml", text: valuesText(applications, options, isSingle) },
    {
      path: "values.schema.json",
      text: `${JSON.stringify(valuesSchema(applications, options, isSingle), null, 2)}\n`,
    },
    { path: "templates/_labels.tpl", text: LABELS },
    ...applications.flatMap((application) => templatesOf(application, isSingle)),
    ...options.dependencies.flatMap(dependencyTemplates),
    { path: "templates/NOTES.txt", text: notes(applications, isSingle) },
    { path: ".helmignore", text: "*.orig\n*.swp\n.git/\n.DS_Store\n" },
  ];
}

/** https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string */
const SEMVER =
  /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*)?(?:\+[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*)?$/;
/** Helm reads the three numbers as 64 bits: https://github.com/Masterminds/semver/blob/v3.3.1/version.go */
const MAX_VERSION_DIGITS = 18;
const MAX_VERSION_LENGTH = 256;

/**
 * Chart versions are SemVer 2; Maven's need not be ("1.2.3-01", "2024.01.15", "1.0"), and then the chart has one of its
 * own. https://helm.sh/docs/topics/charts/#charts-and-versioning
 */
function chartVersionOf(version: string | undefined): string {
  const isValid =
    version !== undefined &&
    version.length <= MAX_VERSION_LENGTH &&
    SEMVER.test(version) &&
    !version.split(/\D/, 3).some((number) => number.length > MAX_VERSION_DIGITS);
  return isValid ? version : "0.1.0";
}

interface ApplicationValues {
  /** Absent: it runs as a job. */
  readonly replicas?: number;
  readonly image: {
    readonly repository: string;
    readonly tag: string;
    readonly pullPolicy: string;
  };
  readonly imagePullSecrets: readonly unknown[];
  readonly env: Readonly<Record<string, string>>;
  readonly resources: unknown;
  readonly service?: { readonly type: string; readonly port: number };
  readonly ingress?: {
    readonly enabled: boolean;
    readonly className: string;
    readonly host: string;
    readonly annotations: Readonly<Record<string, string>>;
    readonly tls: readonly unknown[];
  };
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function valuesOf(application: PortableApplication, { images }: ChartOptions): ApplicationValues {
  const { name, objects, services, secrets } = application;
  const workload = objects.find(isWorkload);
  const container = containerOf(workload, application);
  const given = images[name] ?? placeholderImage(application);
  const { repository, tag, digest } = splitReference(given);
  const [service] = services;
  return {
    ...(isJob(application) ? {} : { replicas: Number(workload?.spec?.["replicas"] ?? 1) }),
    image: {
      repository,
      tag: digest ?? tag ?? "",
      pullPolicy: "IfNotPresent",
    },
    imagePullSecrets: [],
    env: plainEnvOf(container),
    resources: container?.["resources"] ?? {},
    ...(service === undefined
      ? {}
      : {
          service: { type: "ClusterIP", port: service.port },
          ingress: {
            enabled: false,
            className: "",
            host: `${name}.${PLACEHOLDER_DOMAIN}`,
            annotations: {},
            tls: [],
          },
        }),
    ...(secrets.length === 0
      ? {}
      : {
          secrets: Object.fromEntries(
            secrets.map((secret) => [
              secret.name,
              Object.fromEntries(secret.keys.map((key) => [key, PLACEHOLDER_SECRET])),
            ]),
          ),
        }),
  };
}

function valuesText(
  applications: readonly PortableApplication[],
  options: ChartOptions,
  isSingle: boolean,
): string {
  const values = applications.map(
    (application) => [application.name, valuesOf(application, options)] as const,
  );
  const comment = [
    "image.repository has to be a registry that the cluster can reach; tag: a tag or a digest (sha256:…).",
    "ingress.enabled=true needs an Ingress controller and your own host. Secrets have no values of Airfield's: give them",
    "with -f or --set, and keep them out of version control.",
  ].join("\n");
  const single = values[0]?.[1];
  const { dependencies } = options;
  const brought = dependencies.map(({ name, address, binding }) => [
    name,
    { host: address.spec?.["externalName"], binding },
  ]);
  return yamlText(
    {
      ...(isSingle ? single : { applications: Object.fromEntries(values) }),
      ...(brought.length === 0 ? {} : { dependencies: Object.fromEntries(brought) as object }),
    },
    dependencies.length === 0 ? comment : `${comment}\n${DEPENDENCIES_COMMENT}`,
  );
}

const DEPENDENCIES_COMMENT =
  "dependencies are your own databases and brokers: the host of each, and the credentials that applications read.";

/** A Service that leads to where it is, and the Secret that applications read. */
function dependencyTemplates({ name }: PortableDependency): readonly TextFile[] {
  const head = `{{- $dependency := index .Values.dependencies ${JSON.stringify(name)} }}\n`;
  const metadata = `metadata:
  name: ${name}
  labels:
    {{- include "airfield.labels" $ | nindent 4 }}
`;
  const file = (kind: string, text: string): TextFile => ({
    path: `templates/${fileNameOf({ kind, metadata: { name } })}`,
    text: `${head}apiVersion: v1\nkind: ${kind}\n${metadata}${text}`,
  });
  return [
    file(
      "Service",
      "spec:\n  type: ExternalName\n  externalName: {{ $dependency.host | quote }}\n",
    ),
    file(
      "Secret",
      "stringData:\n  {{- range $key, $value := $dependency.binding }}\n  {{ $key }}: {{ $value | quote }}\n  {{- end }}\n",
    ),
  ];
}

function templatesOf(application: PortableApplication, isSingle: boolean): readonly TextFile[] {
  const { name, objects, services, secrets } = application;
  const head = isSingle
    ? "{{- $app := .Values }}\n"
    : `{{- $app := index .Values.applications ${JSON.stringify(name)} }}\n`;
  const file = (object: Parameters<typeof fileNameOf>[0], text: string): TextFile => ({
    path: `templates/${fileNameOf(object)}`,
    text: head + text,
  });
  return [
    ...objects.map((object) => file(object, renderTemplate(templated(object, application)))),
    ...services.map((service) => {
      const object = { kind: "Ingress", metadata: { name: service.name } };
      return file(object, ingressTemplate(service.name));
    }),
    ...secrets.map((secret) => {
      const object = { kind: "Secret", metadata: { name: secret.name } };
      return file(object, secretTemplate(secret.name));
    }),
  ];
}

/** The object with values in the places that `values.yaml` speaks of. */
function templated(
  object: PortableApplication["objects"][number],
  application: PortableApplication,
): unknown {
  const labelled = withChartLabels(object);
  switch (object.kind) {
    case "Deployment":
      return templatedWorkload(labelled, application);
    case "Job":
      return templatedWorkload(asHook(labelled), application);
    case "Service":
      return object.metadata.name === application.name ? templatedService(labelled) : labelled;
    default:
      return withReleaseNamespace(labelled);
  }
}

function withChartLabels(object: PortableApplication["objects"][number]) {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: {
        ...metadata.labels,
        more: entries('{{- include "airfield.labels" $ | nindent INDENT }}'),
      },
    },
  };
}

/**
 * A Job cannot be changed, so Helm makes it anew at each installation and upgrade, after all else.
 * https://helm.sh/docs/topics/charts_hooks/
 */
function asHook(job: ReturnType<typeof withChartLabels>): ReturnType<typeof withChartLabels> {
  const annotations = {
    ...job.metadata.annotations,
    "helm.sh/hook": "post-install,post-upgrade",
    "helm.sh/hook-delete-policy": "before-hook-creation",
  };
  return { ...job, metadata: { ...job.metadata, annotations } };
}

function templatedWorkload(
  object: ReturnType<typeof withChartLabels>,
  application: PortableApplication,
): unknown {
  const template = object.spec?.["template"];
  const pod = isRecord(template) ? template["spec"] : undefined;
  if (!isRecord(template) || !isRecord(pod)) return object;
  const containers = pod["containers"] as readonly Readonly<Record<string, unknown>>[];
  return {
    ...object,
    spec: {
      ...object.spec,
      ...(isJob(application) ? {} : { replicas: inline("{{ $app.replicas }}") }),
      template: {
        ...template,
        spec: {
          imagePullSecrets: lines("{{- toYaml $app.imagePullSecrets | nindent INDENT }}"),
          ...pod,
          containers: containers.map((container) =>
            container["image"] === application.localImage
              ? templatedContainer(container)
              : container,
          ),
        },
      },
    },
  };
}

function templatedContainer(container: Readonly<Record<string, unknown>>): unknown {
  const values = plainEnvOf(container);
  const references = envOf(container).filter(({ name }) => !Object.hasOwn(values, name));
  return {
    ...container,
    image: inline(
      '{{ include "airfield.image" (dict "image" $app.image "chart" $.Chart) | quote }}',
    ),
    imagePullPolicy: inline("{{ $app.image.pullPolicy }}"),
    env: [
      lines(
        "{{- range $name, $value := $app.env }}",
        "- name: {{ $name }}",
        // Values are as the application gets them; Kubernetes would expand $(NAME) and $$.
        '  value: {{ $value | toString | replace "$" "$$" | quote }}',
        "{{- end }}",
      ),
      ...references,
    ],
    resources: lines("{{- toYaml $app.resources | nindent INDENT }}"),
  };
}

function templatedService(object: ReturnType<typeof withChartLabels>): unknown {
  const ports = (object.spec?.["ports"] ?? []) as readonly Readonly<Record<string, unknown>>[];
  return {
    ...object,
    spec: {
      ...object.spec,
      type: inline("{{ $app.service.type }}"),
      ports: ports.map((port, at) =>
        at === 0 ? { ...port, port: inline("{{ $app.service.port }}") } : port,
      ),
    },
  };
}

/** Subjects of a RoleBinding name a namespace; everything else gets the release's by itself. */
function withReleaseNamespace(object: unknown): unknown {
  if (!isRecord(object) || !Array.isArray(object["subjects"])) return object;
  return {
    ...object,
    subjects: (object["subjects"] as readonly unknown[]).map((subject) =>
      isRecord(subject) && "namespace" in subject
        ? { ...subject, namespace: inline("{{ $.Release.Namespace }}") }
        : subject,
    ),
  };
}

const LABELS = `{{/* On every object, beside its own. */}}
{{- define "airfield.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ regexReplaceAll "[^A-Za-z0-9]+$" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63) "" }}
{{- end }}

{{/* Takes image (repository, tag) and chart; a tag that is none given is the chart's appVersion. */}}
{{- define "airfield.image" -}}
{{- $tag := default .chart.AppVersion .image.tag -}}
{{- if hasPrefix "sha256:" $tag -}}
{{ .image.repository }}@{{ $tag }}
{{- else -}}
{{ .image.repository }}:{{ $tag }}
{{- end -}}
{{- end }}
`;

function ingressTemplate(name: string): string {
  return `{{- if $app.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  labels:
    app.kubernetes.io/name: ${name}
    {{- include "airfield.labels" $ | nindent 4 }}
  {{- with $app.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with $app.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with $app.ingress.tls }}
  tls:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - host: {{ $app.ingress.host | quote }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: ${name}
                port:
                  name: http
{{- end }}
`;
}

function secretTemplate(name: string): string {
  return `apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  labels:
    {{- include "airfield.labels" $ | nindent 4 }}
stringData:
  {{- range $key, $value := index $app.secrets ${JSON.stringify(name)} }}
  {{ $key }}: {{ $value | quote }}
  {{- end }}
`;
}

function notes(applications: readonly PortableApplication[], isSingle: boolean): string {
  return applications
    .map((application) => {
      const { name, services } = application;
      const [service] = services;
      const values = isSingle ? ".Values" : `(index .Values.applications ${JSON.stringify(name)})`;
      if (service === undefined) {
        const kind = isJob(application) ? "job" : "deployment";
        return `${name} listens on no port:\n  kubectl logs -n {{ .Release.Namespace }} ${kind}/${name}\n`;
      }
      return `{{- $app := ${values} }}
{{- if $app.ingress.enabled }}
${name} answers at http://{{ $app.ingress.host }}/
{{- else }}
${name}: kubectl port-forward -n {{ .Release.Namespace }} service/${service.name} 8080:{{ $app.service.port }}, then http://127.0.0.1:8080/
{{- end }}
`;
    })
    .join("");
}

/** JSON Schema draft 7, which Helm checks values against at every install and upgrade. */
function valuesSchema(
  applications: readonly PortableApplication[],
  { dependencies }: ChartOptions,
  isSingle: boolean,
): Readonly<Record<string, unknown>> {
  const draft = { $schema: "http://json-schema.org/draft-07/schema#" };
  const [first] = applications;
  const brought = dependencies.length === 0 ? {} : { dependencies: dependenciesSchema };
  if (isSingle && first !== undefined) {
    const single = applicationSchema(first);
    return { ...draft, ...single, properties: { ...single.properties, ...brought } };
  }
  return {
    ...draft,
    type: "object",
    properties: {
      applications: {
        type: "object",
        properties: Object.fromEntries(
          applications.map((application) => [application.name, applicationSchema(application)]),
        ),
        required: applications.map(({ name }) => name),
        additionalProperties: false,
      },
      ...brought,
      global: { type: "object" },
    },
    required: ["applications"],
    additionalProperties: false,
  };
}

const dependenciesSchema = {
  type: "object",
  additionalProperties: {
    type: "object",
    properties: {
      host: { type: "string", minLength: 1 },
      // --set makes numbers of ports; the template quotes them again.
      binding: {
        type: "object",
        additionalProperties: { type: ["string", "number", "boolean"] },
      },
    },
    required: ["host", "binding"],
    additionalProperties: false,
  },
};

function applicationSchema(application: PortableApplication) {
  const { services, secrets } = application;
  const scale = isJob(application) ? {} : { replicas: { type: "integer", minimum: 0 } };
  const text = { type: "string" };
  const mapOf = (values: object) => ({ type: "object", additionalProperties: values });
  const properties = {
    ...scale,
    image: {
      type: "object",
      properties: {
        repository: { type: "string", minLength: 1 },
        tag: text,
        pullPolicy: { enum: ["Always", "IfNotPresent", "Never"] },
      },
      required: ["repository"],
      additionalProperties: false,
    },
    imagePullSecrets: {
      type: "array",
      items: { type: "object", properties: { name: text }, required: ["name"] },
    },
    // --set env.X=1 makes a number of it; the template quotes it again.
    env: mapOf({ type: ["string", "number", "boolean"] }),
    resources: {
      type: "object",
      properties: {
        requests: mapOf({ type: ["string", "number"] }),
        limits: mapOf({ type: ["string", "number"] }),
      },
    },
    ...(services.length === 0
      ? {}
      : {
          service: {
            type: "object",
            properties: {
              type: { enum: ["ClusterIP", "NodePort", "LoadBalancer"] },
              port: { type: "integer", minimum: 1, maximum: 65_535 },
            },
            required: ["type", "port"],
            additionalProperties: false,
          },
          ingress: {
            type: "object",
            properties: {
              enabled: { type: "boolean" },
              className: text,
              host: text,
              annotations: mapOf(text),
              tls: { type: "array", items: { type: "object" } },
            },
            required: ["enabled"],
            additionalProperties: false,
          },
        }),
    ...(secrets.length === 0 ? {} : { secrets: mapOf(mapOf(text)) }),
    global: { type: "object" },
  };
  return {
    type: "object",
    properties,
    required: [...Object.keys(scale), "image", "env", "resources"],
    additionalProperties: false,
  };
}

function isJob({ objects }: PortableApplication): boolean {
  return objects.some(({ kind }) => kind === "Job");
}

function containerOf(
  workload: PortableApplication["objects"][number] | undefined,
  { localImage }: PortableApplication,
): Readonly<Record<string, unknown>> | undefined {
  const template = workload?.spec?.["template"];
  const pod = isRecord(template) ? template["spec"] : undefined;
  const containers = isRecord(pod) ? pod["containers"] : undefined;
  return Array.isArray(containers)
    ? (containers as readonly Readonly<Record<string, unknown>>[]).find(
        ({ image }) => image === localImage,
      )
    : undefined;
}

interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
}

function envOf(
  container: Readonly<Record<string, unknown>> | undefined,
): readonly EnvironmentVariable[] {
  return (container?.["env"] ?? []) as readonly EnvironmentVariable[];
}

/** The values that the application gets; not of what refers to other variables or to Secrets. */
function plainEnvOf(
  container: Readonly<Record<string, unknown>> | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    envOf(container).flatMap(({ name, value: text }) => {
      const value = text === undefined ? undefined : fromContainerText(text);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
