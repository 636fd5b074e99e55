import { expect, test } from "vitest";
import { encodeDnsQuery, isDnsAnswer } from "./dns-query.ts";

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

test.each([
  ["an answer with one record", "1234 8580 0001 0001 0000 0000", true],
  ["an answer to another question", "9999 8580 0001 0001 0000 0000", false],
  ["a name that does not exist", "1234 8583 0001 0000 0001 0000", false],
  ["a server failure", "1234 8182 0001 0000 0000 0000", false],
  ["an answer without records", "1234 8580 0001 0000 0000 0000", false],
  ["our own question", "1234 0100 0001 0000 0000 0000", false],
  ["nothing", "", false],
])("%s: %s → %s", (_what, hex, expected) => {
  expect(isDnsAnswer(Buffer.from(hex.replaceAll(" ", ""), "hex"), 0x1234)).toBe(expected);
});
