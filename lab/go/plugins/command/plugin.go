// Package command is the plugin of @pulumi/command: commands run here or on a machine reached by SSH.
package command

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"groundwork/lab/go/plugins/protocol"
)

// New makes the plugin.
func New(host protocol.Host) plugin.Provider {
	return &protocol.Plugin{
		Base: protocol.NewBase("command", host),
		Resources: map[tokens.Type]protocol.Resource{
			"command:local:Command":       localCommand(),
			"command:remote:Command":      remoteCommand(),
			"command:remote:CopyToRemote": copyToRemote(),
			"command:remote:CopyFile":     copyFile(),
		},
		Functions: map[tokens.ModuleMember]protocol.Function{"command:local:run": localRun()},
	}
}

var (
	triggers = protocol.Property{
		Kind: protocol.List, Of: &protocol.Property{Kind: protocol.Any}, Replace: true,
	}
	logging = protocol.Property{
		Kind: protocol.String, Oneof: []string{"stdout", "stderr", "stdoutAndStderr", "none"},
	}
	outputs = protocol.Properties{
		"stdout": {Kind: protocol.String, Required: true},
		"stderr": {Kind: protocol.String, Required: true},
	}
	lifecycle = protocol.Properties{
		"create":                 {Kind: protocol.String},
		"update":                 {Kind: protocol.String},
		"delete":                 {Kind: protocol.String},
		"triggers":               triggers,
		"environment":            protocol.MapOf(protocol.String),
		"stdin":                  {Kind: protocol.String},
		"logging":                logging,
		"addPreviousOutputInEnv": {Kind: protocol.Boolean},
	}
)

// commands are what is run over the life of a resource, and how.
type commands struct {
	Create                 *string           `json:"create"`
	Update                 *string           `json:"update"`
	Delete                 *string           `json:"delete"`
	Environment            map[string]string `json:"environment"`
	Stdin                  string            `json:"stdin"`
	Logging                string            `json:"logging"`
	AddPreviousOutputInEnv *bool             `json:"addPreviousOutputInEnv"`
	Stdout                 string            `json:"stdout"`
	Stderr                 string            `json:"stderr"`
}

// onUpdate is the command an update runs, if any.
func (c commands) onUpdate() *string {
	if c.Update != nil {
		return c.Update
	}
	return c.Create
}

// environment is what a command finds in its environment: what is asked for, and what the one before it printed.
func (c commands) environment() map[string]string {
	all := map[string]string{}
	for name, value := range c.Environment {
		all[name] = value
	}
	if c.AddPreviousOutputInEnv == nil || *c.AddPreviousOutputInEnv {
		if c.Stdout != "" {
			all["PULUMI_COMMAND_STDOUT"] = c.Stdout
		}
		if c.Stderr != "" {
			all["PULUMI_COMMAND_STDERR"] = c.Stderr
		}
	}
	return all
}

// previous takes over what the last command printed.
func (c *commands) previous(olds resource.PropertyMap) error {
	var last commands
	if err := protocol.Decode(onlyPrinted(olds), &last); err != nil {
		return err
	}
	c.Stdout, c.Stderr = last.Stdout, last.Stderr
	return nil
}

func onlyPrinted(values resource.PropertyMap) resource.PropertyMap {
	printed := resource.PropertyMap{}
	for name := range outputs {
		if value, there := values[resource.PropertyKey(name)]; there {
			printed[resource.PropertyKey(name)] = value
		}
	}
	return printed
}

func newID(op protocol.Operation) (resource.ID, error) {
	id, err := resource.NewUniqueHex(op.Name, 8, 0)
	return resource.ID(id), err
}
