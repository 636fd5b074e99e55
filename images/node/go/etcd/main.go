// etcd, etcdctl and etcdutl in one file: they share nearly all of their code. See ../kubernetes/program.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/etcdutl/v3/etcdutl"
	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "etcd":
		etcdmain.Main(os.Args)
	case "etcdctl":
		ctlv3.MustStart()
	case "etcdutl":
		runEtcdutl()
	default:
		fmt.Fprintf(os.Stderr, "%s: start me under one of the names etcd, etcdctl, etcdutl.\n", name)
		os.Exit(64)
	}
}

// etcdutl's root command stands in its main package, which cannot be imported; its subcommands can.
func runEtcdutl() {
	root := &cobra.Command{Use: "etcdutl", Short: "Works on the files of an etcd that is stopped."}
	root.PersistentFlags().StringVarP(&etcdutl.OutputFormat, "write-out", "w", "simple", "fields, json, protobuf, simple or table")
	root.AddCommand(
		etcdutl.NewDefragCommand(),
		etcdutl.NewSnapshotCommand(),
		etcdutl.NewHashKVCommand(),
		etcdutl.NewVersionCommand(),
		etcdutl.NewCompletionCommand(),
		etcdutl.NewMigrateCommand(),
	)
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}
