// Command guest is the smallest machine that can be looked into: its first process, and what a test runs in it.
//
//	guest              waits for a signal to shut down
//	guest read FILE    prints a file
//	guest write FILE TEXT   writes and syncs one
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 0:
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM, syscall.Signal(37)) // 37 is SIGRTMIN+3
		<-signals
		return nil
	case args[0] == "read" && len(args) == 2:
		text, err := os.ReadFile(args[1])
		fmt.Print(string(text))
		return err
	case args[0] == "write" && len(args) == 3:
		file, err := os.Create(args[1])
		if err != nil {
			return err
		}
		defer file.Close()
		if _, err := file.WriteString(args[2]); err != nil {
			return err
		}
		return file.Sync()
	}
	return fmt.Errorf("guest: %q is not known", args)
}
