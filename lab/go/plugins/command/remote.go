package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"

	"groundwork/lab/go/plugins/protocol"
)

// signalDelay is how long a server has to end a command before the connection is cut.
const signalDelay = time.Second

// remoteCommands are commands run on a machine reached by SSH.
type remoteCommands struct {
	commands
	Connection connection `json:"connection"`
}

func remoteCommand() protocol.Resource {
	return protocol.Resource{
		Inputs:  lifecycle.With(protocol.Properties{"connection": connectionProperty}),
		Outputs: outputs, SecretByAnyInput: true, Check: checkConnection,
		Create: func(op protocol.Operation, inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
			var remote remoteCommands
			if err := protocol.Decode(withoutFiles(inputs), &remote); err != nil {
				return "", nil, err
			}
			id, err := newID(op)
			if err != nil {
				return "", nil, err
			}
			printed, err := remote.run(op, remote.Create)
			return id, printed, err
		},
		Update: func(op protocol.Operation, olds, news resource.PropertyMap) (resource.PropertyMap, error) {
			var remote remoteCommands
			if err := errors.Join(protocol.Decode(withoutFiles(news), &remote), remote.previous(olds)); err != nil {
				return nil, err
			}
			command := remote.onUpdate()
			if command == nil {
				return onlyPrinted(olds), nil
			}
			return remote.run(op, command)
		},
		Delete: func(op protocol.Operation, state resource.PropertyMap) error {
			var remote remoteCommands
			if err := protocol.Decode(withoutFiles(state), &remote); err != nil {
				return err
			}
			if remote.Delete == nil {
				return nil
			}
			_, err := remote.run(op, remote.Delete)
			return err
		},
	}
}

// run runs one command over one connection and tells what it printed.
func (r remoteCommands) run(op protocol.Operation, command *string) (resource.PropertyMap, error) {
	printed := newTranscript(op, r.Logging)
	if command == nil {
		return printed.printed(), nil
	}
	client, err := r.Connection.dial(op)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return nil, fmt.Errorf("%s: no SSH session: %w", r.Connection.address(), err)
	}
	defer session.Close()
	stop := context.AfterFunc(op, func() {
		_ = session.Signal(ssh.SIGKILL)
		time.AfterFunc(signalDelay, func() { client.Close() })
	})
	defer stop()

	environment := r.environment()
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		if err := session.Setenv(name, environment[name]); err != nil && r.Environment[name] != "" {
			op.Log(diag.Debug, fmt.Sprintf("%s: %s: not accepted; list it in AcceptEnv", r.Connection.address(), name))
		}
	}
	if r.Stdin != "" {
		session.Stdin = strings.NewReader(r.Stdin)
	}
	session.Stdout, session.Stderr = &printed.stdout, &printed.stderr
	err = session.Run(*command)
	printed.finish()
	if err != nil {
		return nil, r.failure(op, printed, err)
	}
	return printed.printed(), nil
}

func (r remoteCommands) failure(op protocol.Operation, printed *transcript, err error) error {
	place := r.Connection.address()
	var exit *ssh.ExitError
	switch {
	case errors.Is(context.Cause(op), context.Canceled):
		return printed.failure(place, "was interrupted")
	case op.Err() != nil:
		return printed.failure(place, "did not end in time")
	case errors.As(err, &exit) && exit.Signal() != "":
		return printed.failure(place, "was ended by signal "+exit.Signal())
	case errors.As(err, &exit):
		return printed.failure(place, fmt.Sprintf("exited with status %d", exit.ExitStatus()))
	default:
		return printed.failure(place, "lost its connection ("+err.Error()+")")
	}
}
