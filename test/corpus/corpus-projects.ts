import { z } from "zod";
import { readCorpus } from "./read-corpus.ts";

/** What `airfield up` must make of a project; README.md says what each field means. */
const runSchema = z.strictObject({
  about: z.string(),
  folder: z.string().default(""),
  words: z.array(z.string()).default([]),
  error: z.strictObject({ code: z.string(), says: z.array(z.string()).min(1) }).optional(),
  name: z.string().optional(),
  version: z.string().optional(),
  build: z.string().optional(),
  builder: z.enum(["assemble", "dockerfile", "jib"]).default("assemble"),
  java: z.number().optional(),
  archive: z.string().optional(),
  beside: z.array(z.string()).optional(),
  boot: z.string().optional(),
  hasLayers: z.boolean().optional(),
  libraries: z.array(z.string()).optional(),
  port: z.number().optional(),
  liveness: z.string().optional(),
  readiness: z.string().optional(),
  profiles: z.string().default("k8s"),
  env: z.record(z.string(), z.string().nullable()).default({}),
  warnings: z.array(z.string()).default([]),
  warningsOfUp: z.array(z.string()).optional(),
  onlyOnCluster: z.string().optional(),
  path: z.string().optional(),
  answer: z.string().nullable().optional(),
});
export type ProjectRun = z.infer<typeof runSchema>;

/** Of the folder projects/. */
export const projects = readCorpus("projects", runSchema);
