// containerd-tools is containerd, ctr and crictl in one file: they share nearly all of their code. The shim is apart,
// since one runs for every pod and must stay small. See ../../../kubernetes/program.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	_ "github.com/containerd/containerd/v2/cmd/containerd/builtins"
	"github.com/containerd/containerd/v2/cmd/containerd/command"
	ctr "github.com/containerd/containerd/v2/cmd/ctr/app"

	"airfield.dev/images/containerd/crictl"
)

func main() {
	programs := map[string]func() error{
		"containerd": func() error { return command.App().Run(context.Background(), os.Args) },
		"ctr":        func() error { return ctr.New().Run(context.Background(), os.Args) },
		"crictl":     func() error { return crictl.Run(context.Background(), os.Args[1:], os.Stdout) },
	}
	name := filepath.Base(os.Args[0])
	run, known := programs[name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s: start me under one of the names containerd, ctr, crictl.\n", name)
		os.Exit(64)
	}
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}
