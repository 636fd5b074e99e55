/* The first process of every pod: holds the pod's namespaces, and reaps processes whose parents are gone
 * (in pods that share their process namespace it is process 1). Kubernetes' own pause does the same. */
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
  /* "kubeadm upgrade plan" runs this in a Job and waits for its end:
   * https://github.com/kubernetes/kubernetes/blob/v1.34.4/cmd/kubeadm/app/phases/upgrade/health.go */
  if (count > 1 && strcmp(arguments[1], "-v") == 0) {
    static const char version[] = "pause.c 3.10.1\n";
    return write(STDOUT_FILENO, version, sizeof version - 1) < 0;
  }
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  /* Blocked, a signal waits for sigwait: none can be lost between two calls. */
  sigprocmask(SIG_BLOCK, &signals, NULL);
  for (;;) {
    int received;
    if (sigwait(&signals, &received) != 0)
      continue;
    if (received != SIGCHLD)
      return 0;
    while (waitpid(-1, NULL, WNOHANG) > 0)
      ;
  }
}
