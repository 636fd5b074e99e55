/** The pod by which a cluster is asked, the same for every tool. */
export interface ProbePod {
  readonly name: string;
  /** On every node already: nothing is pulled. */
  readonly image: string;
  /** Name of the node it runs on. */
  readonly node: string;
}

/** What the pod tells of itself: seconds since the machine started, as /proc/uptime counts them. */
export interface ProbeAnswer {
  readonly startedUptime: number;
  readonly answeredUptime: number;
}

/**
 * Asks every 100 ms and does not wait for the answer before it asks again: a question that was lost (nobody served the
 * address yet) would hold up the next one for seconds. A pod's status is up to a second late, therefore it tells the
 * times itself, by a clock that it shares with the host.
 */
const script = `
read started rest </proc/uptime
ask() {
  timeout 1 nslookup -type=a kubernetes.default.svc.cluster.local >/dev/null 2>&1 || return
  read now rest </proc/uptime
  echo "$now" >>/tmp/answered
}
until { read answered </tmp/answered; } 2>/dev/null; do
  ask &
  sleep 0.1
done
echo "$started $answered" >/dev/termination-log
`;

/**
 * It is for a node that is Ready, so the kubelet never refuses it for want of a network (it would try again a
 * second later); the scheduler has its say as for every pod.
 */
export function renderProbePod({ name, image, node }: ProbePod): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: {
      restartPolicy: "Never",
      // The kubelet waits for the ConfigMap of the CA otherwise, and asks again with growing pauses.
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      nodeSelector: { "kubernetes.io/hostname": node },
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "probe",
          image,
          imagePullPolicy: "Never",
          command: ["/bin/sh", "-c", script],
        },
      ],
    },
  };
}

/** Undefined when the text is not what the pod writes. */
export function parseProbeAnswer(message: string): ProbeAnswer | undefined {
  const [, started, answered] = /^(\d+\.\d+) (\d+\.\d+)$/.exec(message.trim()) ?? [];
  if (started === undefined || answered === undefined) return undefined;
  return { startedUptime: Number(started), answeredUptime: Number(answered) };
}
