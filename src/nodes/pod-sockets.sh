# shellcheck shell=sh
# Prints the sockets that the processes of a container have open, and the tables of the network that they are in. By what
# the node sees: the image needs no shell. containerd's shim keeps the process id in a file.
# https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
# Argument: the container's id.
pid=$(cat "/run/containerd/io.containerd.runtime.v2.task/k8s.io/$1/init.pid") || exit 1
own=$(readlink "/proc/$pid/ns/pid") || exit 1
for process in /proc/[0-9]*; do
  [ "$(readlink "$process/ns/pid")" = "$own" ] && ls -l "$process/fd"
done 2>/dev/null
cat "/proc/$pid/net/tcp"
[ ! -r "/proc/$pid/net/tcp6" ] || cat "/proc/$pid/net/tcp6"
