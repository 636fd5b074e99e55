import { z } from "zod";

// Apart from oci.ts: most commands send images and read none, and zod takes a while to load.

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

export const descriptorSchema = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  platform: z.object({ os: z.string(), architecture: z.string() }).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

export const indexSchema = z.object({ manifests: z.array(descriptorSchema) });

export const manifestSchema = z.object({
  mediaType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});

export const configSchema = z.object({
  os: z.string().default(""),
  architecture: z.string().default(""),
  rootfs: z.object({ diff_ids: z.array(digest) }),
});

/** manifest.json of `docker save`, of every version. */
export const savedImagesSchema = z.array(
  z.object({
    Config: z.string(),
    RepoTags: z.array(z.string()).nullish(),
    Layers: z.array(z.string()),
  }),
);

export type Descriptor = z.infer<typeof descriptorSchema>;
