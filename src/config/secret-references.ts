/** Where a secret's value comes from: `${env:NAME}` or `${file:PATH}` in its text. */
export const SECRET_REFERENCE = /\$\{(env|file):([^}]*)\}/g;

/** The files whose text a secret's value takes. */
export function filesOfSecret(value: string): readonly string[] {
  return [...value.matchAll(SECRET_REFERENCE)].flatMap(([, kind, name = ""]) =>
    kind === "file" ? [name] : [],
  );
}
