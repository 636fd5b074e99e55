import * as z from "zod";
import { airfieldSchema, asWritten } from "./config-schema.ts";

/** The JSON Schema of airfield.yaml, by which editors complete and check it: schema/airfield.schema.json. */
export function airfieldJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(airfieldSchema, {
    io: "input",
    override: ({ jsonSchema }) => {
      if (!(asWritten in jsonSchema)) return;
      delete jsonSchema[asWritten];
      Object.assign(jsonSchema, { type: ["string", "number", "boolean"] });
    },
  });
  return { $schema, title: "airfield.yaml", ...schema };
}
