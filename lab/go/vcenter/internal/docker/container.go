package docker

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Mount binds a folder of this machine into a container.
type Mount struct {
	Source   string
	Target   string
	ReadOnly bool
}

// Spec is a container that behaves like a machine: systemd as its first process, an address of its own.
type Spec struct {
	Name     string
	Hostname string
	Image    string
	Labels   map[string]string
	Network  string
	// Address is the fixed IPv4 address; empty means any.
	Address    string
	MacAddress string
	Mounts     []Mount
	// Devices of this machine that the guest may use, under the same path.
	Devices []string
}

// Container is what Docker says about one.
type Container struct {
	ID      string
	Name    string
	Image   string
	Labels  map[string]string
	Running bool
	Paused  bool
	Address string
}

// Create makes a container and returns its id. The options are what systemd, containerd and a kubelet need without
// SYS_RESOURCE, which a lab's host may not have to give.
func (c *Client) Create(ctx context.Context, spec Spec) (string, error) {
	var binds []string
	for _, mount := range spec.Mounts {
		bind := mount.Source + ":" + mount.Target
		if mount.ReadOnly {
			bind += ":ro"
		}
		binds = append(binds, bind)
	}
	devices := []map[string]string{}
	for _, path := range spec.Devices {
		devices = append(devices, map[string]string{"PathOnHost": path, "PathInContainer": path, "CgroupPermissions": "rwm"})
	}
	endpoint := map[string]any{}
	if spec.Address != "" {
		endpoint["IPAMConfig"] = map[string]string{"IPv4Address": spec.Address}
	}
	body := map[string]any{
		"Image":      spec.Image,
		"Hostname":   spec.Hostname,
		"Labels":     spec.Labels,
		"StopSignal": "SIGRTMIN+3",
		"MacAddress": spec.MacAddress,
		"HostConfig": map[string]any{
			"CapAdd":        []string{"ALL"},
			"CapDrop":       []string{"SYS_RESOURCE"},
			"SecurityOpt":   []string{"seccomp=unconfined", "apparmor=unconfined"},
			"MaskedPaths":   []string{},
			"ReadonlyPaths": []string{},
			"CgroupnsMode":  "private",
			"Tmpfs":         map[string]string{"/run": "", "/tmp": ""},
			"Binds":         binds,
			"Devices":       devices,
			"NetworkMode":   spec.Network,
			"LogConfig":     map[string]any{"Type": "json-file", "Config": map[string]string{"max-size": "1m"}},
		},
		"NetworkingConfig": map[string]any{"EndpointsConfig": map[string]any{spec.Network: endpoint}},
	}
	var created struct{ Id string }
	err := c.call(ctx, http.MethodPost, "/containers/create", url.Values{"name": {spec.Name}}, body, &created)
	return created.Id, err
}

// Start runs a container; one that runs already is left alone.
func (c *Client) Start(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/containers/"+id+"/start", nil, nil, nil)
}

// Stop lets the guest shut down and kills it after the grace period.
func (c *Client) Stop(ctx context.Context, id string, grace time.Duration) error {
	query := url.Values{"t": {strconv.Itoa(int(grace.Seconds()))}}
	return absent(c.call(ctx, http.MethodPost, "/containers/"+id+"/stop", query, nil, nil))
}

// Kill takes the power away.
func (c *Client) Kill(ctx context.Context, id string) error {
	query := url.Values{"t": {"0"}}
	// Docker's kill refuses a container that is not running; stop without grace does not.
	return absent(c.call(ctx, http.MethodPost, "/containers/"+id+"/stop", query, nil, nil))
}

// Pause freezes every process of a container.
func (c *Client) Pause(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/containers/"+id+"/pause", nil, nil, nil)
}

// Unpause lets a frozen container go on.
func (c *Client) Unpause(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, "/containers/"+id+"/unpause", nil, nil, nil)
}

// Remove deletes a container with its anonymous volumes, running or not.
func (c *Client) Remove(ctx context.Context, id string) error {
	return absent(c.call(ctx, http.MethodDelete, "/containers/"+id, url.Values{"v": {"1"}, "force": {"1"}}, nil, nil))
}

// Rename gives a container another name.
func (c *Client) Rename(ctx context.Context, id, name string) error {
	return c.call(ctx, http.MethodPost, "/containers/"+id+"/rename", url.Values{"name": {name}}, nil, nil)
}

// Commit keeps a container's root file system as an image.
func (c *Client) Commit(ctx context.Context, id, repository, tag string) error {
	query := url.Values{"container": {id}, "repo": {repository}, "tag": {tag}, "pause": {"0"}}
	return c.call(ctx, http.MethodPost, "/commit", query, map[string]any{}, nil)
}

// RemoveImage deletes an image; one that does not exist is fine.
func (c *Client) RemoveImage(ctx context.Context, name string) error {
	return absent(c.call(ctx, http.MethodDelete, "/images/"+name, url.Values{"force": {"1"}}, nil, nil))
}

// ImageExists says whether Docker has an image.
func (c *Client) ImageExists(ctx context.Context, name string) (bool, error) {
	err := c.call(ctx, http.MethodGet, "/images/"+name+"/json", nil, nil, nil)
	var missing *NotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	return err == nil, err
}

// Inspect finds a container by name or id; nil if there is none.
func (c *Client) Inspect(ctx context.Context, id string) (*Container, error) {
	var found struct {
		Id     string
		Name   string
		Config struct {
			Image  string
			Labels map[string]string
		}
		State           struct{ Running, Paused bool }
		NetworkSettings struct {
			Networks map[string]struct{ IPAddress string }
		}
	}
	err := c.call(ctx, http.MethodGet, "/containers/"+id+"/json", nil, nil, &found)
	var missing *NotFound
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	container := &Container{
		ID: found.Id, Name: found.Name, Image: found.Config.Image, Labels: found.Config.Labels,
		Running: found.State.Running, Paused: found.State.Paused,
	}
	for _, network := range found.NetworkSettings.Networks {
		container.Address = network.IPAddress
	}
	return container, nil
}

// Death is a container that ended.
type Death struct {
	Labels   map[string]string
	ExitCode string
}

// Deaths reports every end of a container with the label until the context ends or Docker goes away.
func (c *Client) Deaths(ctx context.Context, label string, report func(Death)) error {
	filters, err := json.Marshal(map[string][]string{"label": {label}, "type": {"container"}, "event": {"die"}})
	if err != nil {
		return err
	}
	response, err := c.open(ctx, http.MethodGet, "/events", url.Values{"filters": {string(filters)}}, nil)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	for decoder := json.NewDecoder(response.Body); ; {
		var event struct {
			Actor struct{ Attributes map[string]string }
		}
		if err := decoder.Decode(&event); err != nil {
			return err
		}
		report(Death{event.Actor.Attributes, event.Actor.Attributes["exitCode"]})
	}
}

// absent makes the absence of what should go away a success.
func absent(err error) error {
	var missing *NotFound
	if errors.As(err, &missing) {
		return nil
	}
	return err
}

// List finds the ids of all containers that have the labels, running or not.
func (c *Client) List(ctx context.Context, labels ...string) ([]string, error) {
	filters, err := json.Marshal(map[string][]string{"label": labels})
	if err != nil {
		return nil, err
	}
	var found []struct{ Id string }
	query := url.Values{"all": {"1"}, "filters": {string(filters)}}
	if err := c.call(ctx, http.MethodGet, "/containers/json", query, nil, &found); err != nil {
		return nil, err
	}
	var ids []string
	for _, container := range found {
		ids = append(ids, container.Id)
	}
	return ids, nil
}

// Images finds the ids of the images of a repository.
func (c *Client) Images(ctx context.Context, repository string) ([]string, error) {
	filters, err := json.Marshal(map[string][]string{"reference": {repository}})
	if err != nil {
		return nil, err
	}
	var found []struct{ Id string }
	if err := c.call(ctx, http.MethodGet, "/images/json", url.Values{"filters": {string(filters)}}, nil, &found); err != nil {
		return nil, err
	}
	var ids []string
	for _, image := range found {
		ids = append(ids, image.Id)
	}
	return ids, nil
}
