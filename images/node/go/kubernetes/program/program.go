// Package program picks which of several upstream programs this binary is, by the name it was started under.
package program

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Run starts the program named by argv[0]. The Kubernetes programs share most of their code, so one file with
// several names (symbolic links) is a third of their size apart; Kubernetes itself shipped so as "hyperkube".
// Every entry is the body of the upstream main function, nothing else.
func Run(programs map[string]func()) {
	name := filepath.Base(os.Args[0])
	if start, known := programs[name]; known {
		start()
		return
	}
	names := make([]string, 0, len(programs))
	for known := range programs {
		names = append(names, known)
	}
	sort.Strings(names)
	fmt.Fprintf(os.Stderr, "%s: start me under one of the names %s.\n", name, strings.Join(names, ", "))
	os.Exit(64)
}
