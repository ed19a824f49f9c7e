// The plugin that serves @pulumi/tls.
package main

import (
	"groundwork/lab/go/plugins/protocol"
	"groundwork/lab/go/plugins/tls"
)

func main() { protocol.Serve("tls", tls.New) }
