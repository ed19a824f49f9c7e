// The plugin that serves @pulumi/command.
package main

import (
	"groundwork/lab/go/plugins/command"
	"groundwork/lab/go/plugins/protocol"
)

func main() { protocol.Serve("command", command.New) }
