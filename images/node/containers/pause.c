/* The first process of every pod: holds the pod's namespaces, and reaps processes whose parents are gone
 * (in pods that share their process namespace it is process 1). Kubernetes' own pause does the same. */
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
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
