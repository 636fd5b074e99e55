const factors: Readonly<Record<string, number>> = {
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The value of a Kubernetes quantity ("250m", "512Mi", "1.5"); undefined when the text is none.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
  const match =
    /^(\d{1,18}(?:\.\d{1,9})?|\.\d{1,9})(?:([eE][+-]?\d{1,2})|([mkMGTPE]|[KMGTPE]i)?)$/.exec(text);
  if (match === null) return undefined;
  const [, number = "", exponent, suffix = ""] = match;
  if (exponent !== undefined) return Number(`${number}${exponent}`);
  return Number(number) * (factors[suffix] ?? 1);
}
