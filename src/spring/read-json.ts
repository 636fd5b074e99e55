import type { z } from "zod";

/** Undefined for what is missing, cut off (by a full disk, say) or of another form. */
export function readJson<Schema extends z.ZodType>(
  text: string | undefined,
  schema: Schema,
): z.infer<Schema> | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
