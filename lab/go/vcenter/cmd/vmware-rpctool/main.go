// Command vmware-rpctool is what a lab guest has in place of VMware's tools.
//
// It is one static binary under four names, each of which answers as on a real VMware guest:
//
//	vmware-rpctool "info-get guestinfo.metadata"       reads and writes the machine's guestinfo,
//	vmtoolsd --cmd "info-set guestinfo.userdata ---"   through the socket the lab mounts into the guest
//	dmidecode --string system-product-name             VMware Virtual Platform
//	systemd-detect-virt                                vmware; --container finds none
//
// The last two are for cloud-init 22.4, which reads guestinfo only where it sees a VMware platform and no container.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// socket is where the lab mounts the machine's own guestinfo channel.
const socket = "/run/vmware/rpc.sock"

func main() {
	name, args := filepath.Base(os.Args[0]), os.Args[1:]
	switch name {
	case "dmidecode":
		os.Exit(dmidecode(args))
	case "systemd-detect-virt":
		os.Exit(detectVirt(args))
	case "vmtoolsd":
		if len(args) < 2 || args[0] != "--cmd" {
			fmt.Fprintln(os.Stderr, `vmtoolsd: only --cmd is known; call vmtoolsd --cmd "info-get guestinfo.KEY"`)
			os.Exit(2)
		}
		args = args[1:]
	}
	os.Exit(rpc(args))
}

// rpc sends one command and prints what comes back, as VMware's vmware-rpctool does.
func rpc(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, `vmware-rpctool: no command; call vmware-rpctool "info-get guestinfo.KEY"`)
		return 2
	}
	reply, err := send(strings.Join(args, " "))
	if err != nil {
		fmt.Fprintf(os.Stderr, "vmware-rpctool: %s: %v\n", socket, err)
		return 1
	}
	if value, ok := strings.CutPrefix(reply, "1 "); ok {
		fmt.Print(value)
		return 0
	}
	fmt.Fprint(os.Stderr, strings.TrimPrefix(reply, "0 "))
	return 1
}

func send(command string) (string, error) {
	connection, err := net.Dial("unix", socket)
	if err != nil {
		return "", err
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, command); err != nil {
		return "", err
	}
	if err := connection.(*net.UnixConn).CloseWrite(); err != nil {
		return "", err
	}
	reply, err := io.ReadAll(connection)
	return string(reply), err
}

var dmi = map[string]string{
	"system-manufacturer":    "VMware, Inc.",
	"system-product-name":    "VMware Virtual Platform",
	"baseboard-product-name": "440BX Desktop Reference Platform",
	"bios-vendor":            "Phoenix Technologies LTD",
}

func dmidecode(args []string) int {
	for i, arg := range args {
		if (arg == "--string" || arg == "-s") && i+1 < len(args) {
			fmt.Println(dmi[args[i+1]])
			return 0
		}
	}
	fmt.Fprintln(os.Stderr, "dmidecode: only --string KEY is known")
	return 2
}

func detectVirt(args []string) int {
	for _, arg := range args {
		switch arg {
		case "-c", "--container", "--chroot", "-r", "--private-users":
			if !quiet(args) {
				fmt.Println("none")
			}
			return 1
		}
	}
	if !quiet(args) {
		fmt.Println("vmware")
	}
	return 0
}

func quiet(args []string) bool {
	for _, arg := range args {
		if arg == "-q" || arg == "--quiet" {
			return true
		}
	}
	return false
}
