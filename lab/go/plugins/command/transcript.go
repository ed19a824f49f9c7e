package command

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

// shownLines is how many of the last lines of a failed command its error shows.
const shownLines = 20

// transcript keeps what a command prints, and passes it on to the engine line by line.
type transcript struct {
	stdout, stderr stream
}

func newTranscript(op protocol.Operation, logging string) *transcript {
	lock := &sync.Mutex{}
	says := func(line string) { op.Log(diag.Info, line) }
	t := &transcript{stdout: stream{lock: lock}, stderr: stream{lock: lock}}
	if logging == "" || logging == "stdout" || logging == "stdoutAndStderr" {
		t.stdout.says = says
	}
	if logging == "" || logging == "stderr" || logging == "stdoutAndStderr" {
		t.stderr.says = says
	}
	return t
}

// finish passes on a last line that has no end.
func (t *transcript) finish() {
	t.stdout.flush()
	t.stderr.flush()
}

// printed are the outputs: everything printed, less one line end.
func (t *transcript) printed() resource.PropertyMap {
	return resource.PropertyMap{
		"stdout": resource.NewStringProperty(strings.TrimSuffix(t.stdout.all.String(), "\n")),
		"stderr": resource.NewStringProperty(strings.TrimSuffix(t.stderr.all.String(), "\n")),
	}
}

// failure is the error of a command that failed in this way: the last lines of stderr, or of stdout if it printed none.
func (t *transcript) failure(place, how string) error {
	last := lastLines(t.stderr.all.String())
	if last == "" {
		last = lastLines(t.stdout.all.String())
	}
	if last == "" {
		return fmt.Errorf("%s: the command %s and printed nothing", place, how)
	}
	return fmt.Errorf("%s: the command %s:\n%s", place, how, last)
}

func lastLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > shownLines {
		lines = lines[len(lines)-shownLines:]
	}
	return strings.Join(lines, "\n")
}

// stream is one of the two outputs of a command.
type stream struct {
	all  bytes.Buffer
	line bytes.Buffer
	lock *sync.Mutex
	says func(line string)
}

// Write keeps the bytes and says the lines that end in them.
func (s *stream) Write(text []byte) (int, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.all.Write(text)
	if s.says == nil {
		return len(text), nil
	}
	s.line.Write(text)
	for {
		end := bytes.IndexByte(s.line.Bytes(), '\n')
		if end < 0 {
			return len(text), nil
		}
		s.says(strings.TrimRight(string(s.line.Next(end+1)), "\r\n"))
	}
}

func (s *stream) flush() {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.says != nil && s.line.Len() > 0 {
		s.says(s.line.String())
		s.line.Reset()
	}
}
