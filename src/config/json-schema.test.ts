import { expect, test } from "vitest";
import checkedIn from "../../schema/airfield.schema.json" with { type: "json" };
import { airfieldJsonSchema } from "./json-schema.ts";

test("schema/airfield.schema.json is the schema of the code (npm run docs writes it)", () => {
  expect(checkedIn).toEqual(JSON.parse(JSON.stringify(airfieldJsonSchema())));
});

test("every field is described", () => {
  expect(undescribed(airfieldJsonSchema(), "")).toEqual([]);
});

test("fields with a default may be left out, and unknown ones are refused", () => {
  expect(airfieldJsonSchema()).toMatchObject({
    required: ["apiVersion", "kind"],
    additionalProperties: false,
  });
});

function undescribed(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {}, items } = schema as {
    readonly properties?: Readonly<Record<string, object>>;
    readonly items?: object;
  };
  return [
    ...Object.entries(properties).flatMap(([name, field]) => [
      ...("description" in field ? [] : [`${path}.${name}`]),
      ...undescribed(field, `${path}.${name}`),
    ]),
    ...undescribed(items, `${path}[]`),
  ];
}
