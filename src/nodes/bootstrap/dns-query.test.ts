import { expect, test } from "vitest";
import { encodeDnsQuery } from "./dns-query.ts";

test("asks for an A record as RFC 1035 has it", () => {
  const query = Buffer.from(encodeDnsQuery("kubernetes.default", 0x1234)).toString("hex");
  expect(query).toBe(
    "1234" +
      "0100" +
      "0001" +
      "0000" +
      "0000" +
      "0000" + // header
      "0a" +
      "6b756265726e65746573" +
      "07" +
      "64656661756c74" +
      "00" + // kubernetes.default
      "0001" +
      "0001",
  );
});
