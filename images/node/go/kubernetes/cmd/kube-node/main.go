// kube-node is kubelet, kube-proxy, kubeadm and kubectl in one file.
package main

import (
	"context"
	"os"

	"airfield.dev/images/kubernetes/program"
	_ "k8s.io/client-go/plugin/pkg/client/auth"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app"
	kubeadmerrors "k8s.io/kubernetes/cmd/kubeadm/app/util/errors"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

func main() {
	program.Run(map[string]func(){
		"kubelet":    func() { os.Exit(cli.Run(kubelet.NewKubeletCommand(context.Background()))) },
		"kube-proxy": func() { os.Exit(cli.Run(proxy.NewProxyCommand())) },
		"kubeadm":    func() { kubeadmerrors.HandleError(kubeadm.Run()) },
		"kubectl":    runKubectl,
	})
}

func runKubectl() {
	// Upstream's order: the log level is set before the command tree is built, since building it already logs.
	_, _ = logs.GlogSetter(kubectl.GetLogVerbosity(os.Args))
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
}
