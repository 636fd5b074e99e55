/**
 * Kubernetes reads the values of a container's variables, its command and its arguments as text with references:
 * `$(NAME)` stands for another variable, `$$` for a dollar sign. Probes, lifecycle hooks and what comes by `envFrom` or
 * `valueFrom` are taken as they are.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */

/** The text by which a container gets exactly this value. Lone dollar signs stay readable: they stand for themselves. */
export function toContainerText(value: string): string {
  return value.replace(/\$+(?=\()|\${2,}/g, (dollars) => dollars + dollars);
}

/** The value that a container gets by this text; undefined when it refers to other variables. */
export function fromContainerText(text: string): string | undefined {
  let refers = false;
  const value = text.replace(/\$\$|\$\([^)]*\)/g, (part) => {
    refers ||= part !== "$$";
    return "$";
  });
  return refers ? undefined : value;
}
