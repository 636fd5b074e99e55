import { expect, test } from "vitest";
import { entries, inline, lines, renderTemplate } from "./template-text.ts";

test("puts template text in the place of scalars, mappings, items and further entries", () => {
  const object = {
    replicas: inline("{{ $app.replicas }}"),
    labels: { own: "1", more: entries('{{- include "x" $ | nindent INDENT }}') },
    resources: lines("{{- toYaml $app.resources | nindent INDENT }}"),
    env: [lines("{{- range }}", "- name: x", "{{- end }}"), { name: "LAST", value: "1" }],
  };
  expect(renderTemplate(object)).toBe(`replicas: {{ $app.replicas }}
labels:
  own: "1"
  {{- include "x" $ | nindent 2 }}
resources:
  {{- toYaml $app.resources | nindent 2 }}
env:
  {{- range }}
  - name: x
  {{- end }}
  - name: LAST
    value: "1"
`);
});

test("keeps the braces of values as text", () => {
  expect(renderTemplate({ value: "{{ x }}" })).toBe('value: "{{ "{{" }} x {{ "}}" }}"\n');
});
