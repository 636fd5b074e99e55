/** The files whose text a secret's value takes, by `${file:PATH}`. */
export function filesOfSecret(value: string): readonly string[] {
  return [...value.matchAll(/\$\{file:([^}]*)\}/g)].map(([, path = ""]) => path);
}
