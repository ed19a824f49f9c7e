// Package docker speaks the part of Docker's API that the lab's machines need.
package docker

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

const version = "/v1.41"

// Client calls dockerd on its Unix socket.
type Client struct {
	http *http.Client
}

// NewClient uses the socket of DOCKER_HOST, or the default one.
func NewClient() *Client {
	socket := "/var/run/docker.sock"
	if path, ok := strings.CutPrefix(os.Getenv("DOCKER_HOST"), "unix://"); ok {
		socket = path
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}
	return &Client{&http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 16}}}
}

// NotFound says that a container, image or network does not exist.
type NotFound struct{ Message string }

func (e *NotFound) Error() string { return e.Message }

// call sends one request; in and out may be nil. It accepts 304 (nothing to do) as success.
func (c *Client) call(ctx context.Context, method, path string, query url.Values, in, out any) error {
	response, err := c.open(ctx, method, path, query, in)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, response.Body)
		return err
	}
	return json.NewDecoder(response.Body).Decode(out)
}

func (c *Client) open(ctx context.Context, method, path string, query url.Values, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	address := url.URL{Scheme: "http", Host: "docker", Path: version + path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(ctx, method, address.String(), body)
	if err != nil {
		return nil, err
	}
	if in != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("docker: %w", err)
	}
	if response.StatusCode < 400 {
		return response, nil
	}
	defer response.Body.Close()
	var failure struct{ Message string }
	_ = json.NewDecoder(response.Body).Decode(&failure)
	message := fmt.Sprintf("docker: %s %s: %s", method, path, strings.TrimSpace(failure.Message))
	if response.StatusCode == http.StatusNotFound {
		return nil, &NotFound{message}
	}
	return nil, fmt.Errorf("%s", message)
}
