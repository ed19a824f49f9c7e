package command

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"time"

	"golang.org/x/crypto/ssh"

	"groundwork/lab/go/plugins/protocol"
)

const (
	firstDelay   = 100 * time.Millisecond
	delayGrowth  = 1.5
	longestDelay = 5 * time.Second
)

// dial logs in, again and again as long as the machine may still be booting.
func (c connection) dial(op protocol.Operation) (*ssh.Client, error) {
	for attempt := 1; ; attempt++ {
		client, err := c.dialOnce(op)
		if err == nil {
			return client, nil
		}
		var wrongKey *hostKeyError
		if errors.As(err, &wrongKey) {
			return nil, wrongKey
		}
		if limit := c.attempts(); op.Err() != nil || limit >= 0 && attempt > limit {
			return nil, fmt.Errorf("%s: no SSH connection after %d attempts: %w; see that the machine is up, that the "+
				"address is right and that it lets this user and key in", c.address(), attempt, err)
		}
		delay := time.Duration(float64(firstDelay) * math.Pow(delayGrowth, float64(attempt-1)))
		select {
		case <-op.Done():
		case <-time.After(min(delay, longestDelay)):
		}
	}
}

func (c connection) dialOnce(ctx context.Context) (*ssh.Client, error) {
	if c.Proxy == nil {
		dialer := net.Dialer{Timeout: c.dialTimeout()}
		return c.login(ctx, dialer.DialContext)
	}
	proxy := connection{endpoint: *c.Proxy}
	jump, err := proxy.dialOnce(ctx)
	if err != nil {
		return nil, fmt.Errorf("through %s: %w", proxy.address(), err)
	}
	client, err := c.login(ctx, jump.DialContext)
	if err != nil {
		jump.Close()
		return nil, err
	}
	go func() { _ = client.Wait(); jump.Close() }()
	return client, nil
}

type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// login makes one connection over one dialled socket.
func (e endpoint) login(ctx context.Context, dial dialFunc) (*ssh.Client, error) {
	config, done, err := e.client()
	if err != nil {
		return nil, err
	}
	defer done()
	expected, err := e.pinned()
	if err != nil {
		return nil, err
	}
	if expected != nil {
		pin(config, e.address(), expected)
	}
	client, err := handshake(ctx, dial, e.address(), config)
	if err == nil || !noCommonKey(err) {
		return client, err
	}
	return nil, &hostKeyError{e.address(), expected, seenKey(ctx, dial, e.address(), *config)}
}

// seenKey is the key a server shows if it may choose its type.
func seenKey(ctx context.Context, dial dialFunc, address string, config ssh.ClientConfig) (key ssh.PublicKey) {
	config.HostKeyAlgorithms = nil
	config.HostKeyCallback = func(_ string, _ net.Addr, seen ssh.PublicKey) error {
		key = seen
		return errSeen
	}
	_, _ = handshake(ctx, dial, address, &config)
	return key
}

func handshake(ctx context.Context, dial dialFunc, address string, config *ssh.ClientConfig) (*ssh.Client, error) {
	socket, err := dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	interrupted := context.AfterFunc(ctx, func() { socket.Close() })
	defer interrupted()
	if config.Timeout > 0 {
		silent := time.AfterFunc(config.Timeout, func() { socket.Close() })
		defer silent.Stop()
	}
	transport, channels, requests, err := ssh.NewClientConn(socket, address, config)
	if err != nil {
		socket.Close()
		return nil, err
	}
	return ssh.NewClient(transport, channels, requests), nil
}
