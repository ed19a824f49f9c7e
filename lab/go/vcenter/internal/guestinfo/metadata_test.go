package guestinfo

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"
)

const metadata = `
instance-id: a
local-hostname: store-etcd-a
network:
  version: 2
  ethernets:
    eth0:
      addresses: [10.42.7.11/24]
      routes: [{to: default, via: 10.42.7.1}]
      nameservers: {addresses: [10.42.7.1]}
`

func TestReadNetwork(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	var zipped bytes.Buffer
	writer := gzip.NewWriter(&zipped)
	if _, err := writer.Write([]byte(metadata)); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	config := `{"version":2,"ethernets":{"eth0":{"addresses":["10.42.7.11/24"],"gateway4":"10.42.7.1"}}}`
	nested := `{"local-hostname":"store-etcd-a","network":"` + encode([]byte(config)) + `","network.encoding":"base64"}`
	for name, given := range map[string]map[string]string{
		"plain YAML":         {"guestinfo.metadata": metadata},
		"base64":             {"guestinfo.metadata": encode([]byte(metadata)), "guestinfo.metadata.encoding": "base64"},
		"gzip and base64":    {"guestinfo.metadata": encode(zipped.Bytes()), "guestinfo.metadata.encoding": "gzip+base64"},
		"network encoded":    {"guestinfo.metadata": nested},
		"network in network": {"guestinfo.metadata": `{"local-hostname":"store-etcd-a","network":{"network":` + config + `}}`},
	} {
		t.Run(name, func(t *testing.T) {
			network, err := ReadNetwork(func(key string) string { return given[key] })
			if err != nil {
				t.Fatal(err)
			}
			if got := network.Address.String(); got != "10.42.7.11/24" {
				t.Errorf("address is %s", got)
			}
			if network.Gateway != "10.42.7.1" || network.Hostname != "store-etcd-a" {
				t.Errorf("gateway is %q, host name is %q", network.Gateway, network.Hostname)
			}
		})
	}
}

func TestReadNetworkOfNothing(t *testing.T) {
	for _, text := range []string{"", "---"} { // what a guest leaves of metadata that it wipes
		network, err := ReadNetwork(func(key string) string { return map[string]string{"guestinfo.metadata": text}[key] })
		if err != nil || network.Address.IsValid() || network.Hostname != "" {
			t.Errorf("%q: found %v, %v", text, network, err)
		}
	}
}

func TestReadNetworkNamesWhatIsWrong(t *testing.T) {
	for given, want := range map[string]string{
		"network: {ethernets: {eth0: {addresses: [10.42.7]}}}": "network.ethernets.eth0.addresses",
		"network: {ethernets: [":                               "guestinfo.metadata",
	} {
		get := func(key string) string { return map[string]string{"guestinfo.metadata": given}[key] }
		if _, err := ReadNetwork(get); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v", given, err)
		}
	}
}
