// The plugin that serves @pulumi/kubernetes.
package main

import (
	"groundwork/lab/go/plugins/kubernetes"
	"groundwork/lab/go/plugins/protocol"
)

func main() { protocol.Serve("kubernetes", kubernetes.New) }
