/** Name of the context, the cluster and the user of a cluster in kubeconfigs. */
export function contextName(clusterName: string): string {
  return `airfield-${clusterName}`;
}
