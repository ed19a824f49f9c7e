// Package guestinfo is what a machine's guest and its datacenter tell each other.
package guestinfo

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Network is what a guest's metadata says about its first network card.
type Network struct {
	Hostname   string
	Address    netip.Prefix
	Gateway    string
	Nameserver []string
}

type netplan struct {
	Ethernets map[string]struct {
		Addresses   []string `yaml:"addresses"`
		Gateway4    string   `yaml:"gateway4"`
		Nameservers struct {
			Addresses []string `yaml:"addresses"`
		} `yaml:"nameservers"`
		Routes []struct {
			To  string `yaml:"to"`
			Via string `yaml:"via"`
		} `yaml:"routes"`
	} `yaml:"ethernets"`
}

// ReadNetwork finds the address in guestinfo.metadata as cloud-init reads it: JSON or YAML, maybe base64, maybe
// gzipped, with a network configuration of version 2 in it or, encoded once more, as a string.
func ReadNetwork(get func(key string) string) (Network, error) {
	var network Network
	text, err := decode(get("guestinfo.metadata"), get("guestinfo.metadata.encoding"))
	if err != nil {
		return network, fmt.Errorf("guestinfo.metadata: %w", err)
	}
	var metadata struct {
		Hostname string    `yaml:"local-hostname"`
		Network  yaml.Node `yaml:"network"`
		Encoding string    `yaml:"network.encoding"`
	}
	if err := yaml.Unmarshal(text, &metadata); err != nil {
		return network, fmt.Errorf("guestinfo.metadata: %w", err)
	}
	network.Hostname = metadata.Hostname
	var plan netplan
	switch metadata.Network.Kind {
	case yaml.MappingNode:
		err = decodePlan(&metadata.Network, &plan)
	case yaml.ScalarNode:
		err = decodeNested(metadata.Network.Value, metadata.Encoding, &plan)
	}
	if err != nil {
		return network, fmt.Errorf("guestinfo.metadata: network: %w", err)
	}
	for _, name := range sortedKeys(plan.Ethernets) {
		card := plan.Ethernets[name]
		network.Nameserver, network.Gateway = card.Nameservers.Addresses, card.Gateway4
		for _, route := range card.Routes {
			if route.To == "default" || route.To == "0.0.0.0/0" {
				network.Gateway = route.Via
			}
		}
		for _, address := range card.Addresses {
			network.Address, err = netip.ParsePrefix(address)
			if err != nil {
				return network, fmt.Errorf("guestinfo.metadata: network.ethernets.%s.addresses: %w", name, err)
			}
			return network, nil
		}
	}
	return network, nil
}

// decodePlan accepts the configuration as it is, or below a key `network` or `config` as some write it.
func decodePlan(node *yaml.Node, plan *netplan) error {
	var nested struct {
		Network *netplan `yaml:"network"`
		Config  *netplan `yaml:"config"`
	}
	if err := node.Decode(&nested); err != nil {
		return err
	}
	switch {
	case nested.Network != nil:
		*plan = *nested.Network
	case nested.Config != nil:
		*plan = *nested.Config
	default:
		return node.Decode(plan)
	}
	return nil
}

func decodeNested(value, encoding string, plan *netplan) error {
	text, err := decode(value, encoding)
	if err != nil {
		return err
	}
	var node yaml.Node
	if err := yaml.Unmarshal(text, &node); err != nil || len(node.Content) == 0 {
		return err
	}
	return decodePlan(node.Content[0], plan)
}

func decode(value, encoding string) ([]byte, error) {
	switch encoding {
	case "":
		return []byte(value), nil
	case "base64", "b64", "gzip+base64", "gz+b64":
	default:
		return nil, fmt.Errorf("encoding %q is not known; use base64 or gzip+base64", encoding)
	}
	data, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	if err != nil || !strings.HasPrefix(encoding, "gz") {
		return data, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(reader, 4<<20))
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
