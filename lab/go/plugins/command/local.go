package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

// killDelay is how long a command that ignores its end is waited for.
const killDelay = 5 * time.Second

var (
	place = protocol.Properties{
		"dir":          {Kind: protocol.String},
		"interpreter":  protocol.ListOf(protocol.String),
		"archivePaths": protocol.ListOf(protocol.String),
		"assetPaths":   protocol.ListOf(protocol.String),
	}
	files = protocol.Properties{
		"archive": {Kind: protocol.Archive},
		"assets":  protocol.MapOf(protocol.Asset),
	}
)

// localCommands are commands run where Pulumi runs.
type localCommands struct {
	commands
	Command      string   `json:"command"`
	Dir          string   `json:"dir"`
	Interpreter  []string `json:"interpreter"`
	ArchivePaths []string `json:"archivePaths"`
	AssetPaths   []string `json:"assetPaths"`
}

func localCommand() protocol.Resource {
	return protocol.Resource{
		Inputs: lifecycle.With(place), Outputs: outputs.With(files), SecretByAnyInput: true,
		Create: func(op protocol.Operation, inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
			var local localCommands
			if err := protocol.Decode(inputs, &local); err != nil {
				return "", nil, err
			}
			id, err := newID(op)
			if err != nil {
				return "", nil, err
			}
			printed, err := local.run(op, local.Create)
			return id, printed, err
		},
		Update: func(op protocol.Operation, olds, news resource.PropertyMap) (resource.PropertyMap, error) {
			var local localCommands
			if err := errors.Join(protocol.Decode(news, &local), local.previous(olds)); err != nil {
				return nil, err
			}
			command := local.onUpdate()
			if command == nil {
				return onlyPrinted(olds), nil
			}
			return local.run(op, command)
		},
		Delete: func(op protocol.Operation, state resource.PropertyMap) error {
			var local localCommands
			if err := protocol.Decode(withoutFiles(state), &local); err != nil {
				return err
			}
			if local.Delete == nil {
				return nil
			}
			_, err := local.run(op, local.Delete)
			return err
		},
	}
}

func localRun() protocol.Function {
	inputs := place.With(protocol.Properties{
		"command":                {Kind: protocol.String, Required: true},
		"environment":            lifecycle["environment"],
		"stdin":                  lifecycle["stdin"],
		"logging":                logging,
		"addPreviousOutputInEnv": {Kind: protocol.Boolean},
	})
	return protocol.Function{
		Inputs: inputs, Outputs: inputs.With(outputs).With(files),
		Call: func(op protocol.Operation, given resource.PropertyMap) (resource.PropertyMap, error) {
			var local localCommands
			if err := protocol.Decode(given, &local); err != nil {
				return nil, err
			}
			printed, err := local.run(op, &local.Command)
			results := given.Copy()
			for key, value := range printed {
				results[key] = value
			}
			return results, err
		},
	}
}

// run runs one command and tells what it printed and which files it left.
func (l localCommands) run(op protocol.Operation, command *string) (resource.PropertyMap, error) {
	printed := newTranscript(op, l.Logging)
	if command == nil {
		return printed.printed(), nil
	}
	interpreter := l.Interpreter
	if len(interpreter) == 0 {
		interpreter = []string{"/bin/sh", "-c"}
	}
	process := exec.CommandContext(op, interpreter[0], append(interpreter[1:], *command)...)
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGKILL) }
	process.WaitDelay = killDelay
	process.Dir = l.Dir
	process.Stdout, process.Stderr = &printed.stdout, &printed.stderr
	process.Env = os.Environ()
	for name, value := range l.environment() {
		process.Env = append(process.Env, name+"="+value)
	}
	if l.Stdin != "" {
		process.Stdin = strings.NewReader(l.Stdin)
	}
	err := process.Run()
	printed.finish()
	if err != nil {
		return nil, localFailure(op, printed, err)
	}
	results := printed.printed()
	return results, l.addFiles(results)
}

func localFailure(op protocol.Operation, printed *transcript, err error) error {
	var exit *exec.ExitError
	switch {
	case errors.Is(context.Cause(op), context.Canceled):
		return printed.failure("here", "was interrupted")
	case op.Err() != nil:
		return printed.failure("here", "did not end in time")
	case errors.As(err, &exit):
		return printed.failure("here", fmt.Sprintf("exited with status %d", exit.ExitCode()))
	default:
		return fmt.Errorf("here: the command could not be started: %w", err)
	}
}
