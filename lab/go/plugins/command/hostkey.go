package command

import (
	"bytes"
	"errors"
	"fmt"
	"net"

	"golang.org/x/crypto/ssh"
)

// hostKeyError is a server that is not the one that was pinned. Trying again would not mend it.
type hostKeyError struct {
	address  string
	expected ssh.PublicKey
	seen     ssh.PublicKey
}

func (e *hostKeyError) Error() string {
	seen := "none of that type"
	if e.seen != nil {
		seen = fingerprint(e.seen)
	}
	return fmt.Sprintf("%s: the server's host key is %s, expected is %s; if the machine was made anew on purpose, give "+
		"its new key as connection.hostKey, otherwise something else answers at this address",
		e.address, seen, fingerprint(e.expected))
}

func fingerprint(key ssh.PublicKey) string {
	return ssh.FingerprintSHA256(key) + " (" + key.Type() + ")"
}

// pin lets a client talk only to the server that has this key.
func pin(config *ssh.ClientConfig, address string, expected ssh.PublicKey) {
	config.HostKeyAlgorithms = algorithmsOf(expected)
	config.HostKeyCallback = func(_ string, _ net.Addr, seen ssh.PublicKey) error {
		if bytes.Equal(seen.Marshal(), expected.Marshal()) {
			return nil
		}
		return &hostKeyError{address, expected, seen}
	}
}

func algorithmsOf(key ssh.PublicKey) []string {
	if key.Type() == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256, ssh.KeyAlgoRSA}
	}
	return []string{key.Type()}
}

// errSeen ends a handshake that was only made to see the server's key.
var errSeen = errors.New("seen")

// noCommonKey is whether a handshake failed because the server has no key of the pinned type.
func noCommonKey(err error) bool {
	var negotiation *ssh.AlgorithmNegotiationError
	return errors.As(err, &negotiation) && negotiation.What == "host key"
}
