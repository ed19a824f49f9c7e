package command

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"groundwork/lab/go/plugins/protocol"
)

var (
	endpointProperties = protocol.Properties{
		"host":               {Kind: protocol.String, Required: true},
		"port":               {Kind: protocol.Number, Default: 22.0},
		"user":               {Kind: protocol.String, Default: "root"},
		"password":           {Kind: protocol.String},
		"privateKey":         {Kind: protocol.String},
		"privateKeyPassword": {Kind: protocol.String},
		"agentSocketPath":    {Kind: protocol.String},
		"perDialTimeout":     {Kind: protocol.Integer, Default: 15},
		"dialErrorLimit":     {Kind: protocol.Integer, Default: 10},
		"hostKey":            {Kind: protocol.String},
	}
	connectionProperty = protocol.Property{
		Kind: protocol.Object, Required: true, Secret: true,
		Fields: endpointProperties.With(protocol.Properties{
			"proxy": {Kind: protocol.Object, Fields: endpointProperties},
		}),
	}
)

// endpoint is an SSH server and how to log in to it.
type endpoint struct {
	Host               string   `json:"host"`
	Port               *float64 `json:"port"`
	User               *string  `json:"user"`
	Password           *string  `json:"password"`
	PrivateKey         *string  `json:"privateKey"`
	PrivateKeyPassword *string  `json:"privateKeyPassword"`
	AgentSocketPath    *string  `json:"agentSocketPath"`
	PerDialTimeout     *int     `json:"perDialTimeout"`
	DialErrorLimit     *int     `json:"dialErrorLimit"`
	HostKey            *string  `json:"hostKey"`
}

// connection is an endpoint, reached directly or through another one.
type connection struct {
	endpoint
	Proxy *endpoint `json:"proxy"`
}

// checkConnection says what is wrong with the keys of a resource's connection.
func checkConnection(inputs resource.PropertyMap) []plugin.CheckFailure {
	if inputs["connection"].ContainsUnknowns() {
		return nil
	}
	var given struct {
		Connection connection `json:"connection"`
	}
	wanted := resource.PropertyMap{"connection": inputs["connection"]}
	if err := protocol.Decode(wanted, &given); err != nil {
		return []plugin.CheckFailure{{Property: "connection", Reason: "connection: " + err.Error()}}
	}
	failures := given.Connection.check("connection.")
	if given.Connection.Proxy != nil {
		failures = append(failures, given.Connection.Proxy.check("connection.proxy.")...)
	}
	return failures
}

func (e endpoint) check(path string) []plugin.CheckFailure {
	var failures []plugin.CheckFailure
	if e.PrivateKey != nil {
		if _, err := e.signer(); err != nil {
			failures = append(failures, plugin.CheckFailure{
				Property: resource.PropertyKey(path + "privateKey"),
				Reason:   path + "privateKey: is not a private key that can be read: " + err.Error(),
			})
		}
	}
	if _, err := e.pinned(); err != nil {
		failures = append(failures, plugin.CheckFailure{
			Property: resource.PropertyKey(path + "hostKey"),
			Reason:   path + "hostKey: is not a public key; give a line as in authorized_keys: " + err.Error(),
		})
	}
	return failures
}

func (e endpoint) address() string {
	port := 22
	if e.Port != nil {
		port = int(*e.Port)
	}
	return net.JoinHostPort(e.Host, strconv.Itoa(port))
}

func (e endpoint) dialTimeout() time.Duration {
	if e.PerDialTimeout == nil {
		return 15 * time.Second
	}
	return time.Duration(*e.PerDialTimeout) * time.Second
}

// attempts is how many failed attempts are allowed; none at all means any number.
func (e endpoint) attempts() int {
	if e.DialErrorLimit == nil {
		return 10
	}
	return *e.DialErrorLimit
}

func (e endpoint) signer() (ssh.Signer, error) {
	if e.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*e.PrivateKey), []byte(*e.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*e.PrivateKey))
}

func (e endpoint) pinned() (ssh.PublicKey, error) {
	if e.HostKey == nil {
		return nil, nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*e.HostKey))
	return key, err
}

// client is how to log in: by key, by password, by agent, in that order.
func (e endpoint) client() (*ssh.ClientConfig, func(), error) {
	config := &ssh.ClientConfig{User: "root", Timeout: e.dialTimeout(), HostKeyCallback: ssh.InsecureIgnoreHostKey()}
	done := func() {}
	if e.User != nil {
		config.User = *e.User
	}
	if e.PrivateKey != nil {
		signer, err := e.signer()
		if err != nil {
			return nil, done, fmt.Errorf("%s: the private key cannot be read: %w", e.address(), err)
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if e.Password != nil {
		password := *e.Password
		config.Auth = append(config.Auth, ssh.Password(password), ssh.KeyboardInteractive(
			func(_, _ string, questions []string, _ []bool) ([]string, error) {
				answers := make([]string, len(questions))
				for i := range questions {
					answers[i] = password
				}
				return answers, nil
			}))
	}
	socket := os.Getenv("SSH_AUTH_SOCK")
	if e.AgentSocketPath != nil {
		socket = *e.AgentSocketPath
	}
	if socket != "" {
		keys, err := net.Dial("unix", socket)
		if err != nil {
			return nil, done, fmt.Errorf("%s: the SSH agent does not answer: %w", socket, err)
		}
		done = func() { keys.Close() }
		config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(keys).Signers))
	}
	return config, done, nil
}
