package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/pkg/sftp"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"groundwork/lab/go/plugins/protocol"
)

func copyToRemote() protocol.Resource {
	return copying(protocol.Properties{
		"source": {Kind: protocol.Any, Required: true}, "remotePath": {Kind: protocol.String, Required: true},
	}, checkSource)
}

func copyFile() protocol.Resource {
	return copying(protocol.Properties{
		"localPath":  {Kind: protocol.String, Required: true, Replace: true},
		"remotePath": {Kind: protocol.String, Required: true, Replace: true},
	}, checkConnection)
}

func copying(inputs protocol.Properties, check func(resource.PropertyMap) []plugin.CheckFailure) protocol.Resource {
	inputs = inputs.With(protocol.Properties{"connection": connectionProperty, "triggers": triggers})
	return protocol.Resource{
		Inputs: inputs, Check: check,
		Create: func(op protocol.Operation, given resource.PropertyMap) (resource.ID, resource.PropertyMap, error) {
			id, err := newID(op)
			if err != nil {
				return "", nil, err
			}
			return id, nil, copyOver(op, given)
		},
		Update: func(op protocol.Operation, _, news resource.PropertyMap) (resource.PropertyMap, error) {
			return nil, copyOver(op, news)
		},
	}
}

// checkSource says what is wrong with what is to be copied.
func checkSource(inputs resource.PropertyMap) []plugin.CheckFailure {
	failures := checkConnection(inputs)
	source := inputs["source"]
	switch {
	case source.IsComputed():
	case source.IsAsset() && (source.AssetValue().IsPath() || source.AssetValue().IsText()):
	case source.IsArchive() && source.ArchiveValue().IsPath():
	default:
		failures = append(failures, plugin.CheckFailure{
			Property: "source", Reason: "source: cannot be copied; give a FileAsset, StringAsset or FileArchive",
		})
	}
	return failures
}

// copyOver copies what the inputs name.
func copyOver(op protocol.Operation, inputs resource.PropertyMap) error {
	var target struct {
		Connection connection `json:"connection"`
		RemotePath string     `json:"remotePath"`
		LocalPath  string     `json:"localPath"`
	}
	plain := withoutFiles(inputs)
	delete(plain, "source")
	if err := protocol.Decode(plain, &target); err != nil {
		return err
	}
	client, err := target.Connection.dial(op)
	if err != nil {
		return err
	}
	defer client.Close()
	defer context.AfterFunc(op, func() { client.Close() })()
	remote, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return fmt.Errorf("%s: does not serve SFTP: %w", target.Connection.address(), err)
	}
	defer remote.Close()
	source := inputs["source"]
	switch {
	case source.IsAsset() && source.AssetValue().IsText():
		err = copyText(remote, source.AssetValue().Text, target.RemotePath)
	case source.IsAsset():
		err = copyPath(remote, source.AssetValue().Path, target.RemotePath)
	case source.IsArchive():
		err = copyPath(remote, source.ArchiveValue().Path, target.RemotePath)
	default:
		err = copyPath(remote, target.LocalPath, target.RemotePath)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", target.Connection.address(), err)
	}
	return nil
}

func copyText(remote *sftp.Client, text, to string) error {
	if isFolder(remote, to) {
		return fmt.Errorf("%s: is a folder; give the path of a file", to)
	}
	file, err := remote.Create(to)
	if err != nil {
		return fmt.Errorf("%s: cannot be made: %w", to, err)
	}
	_, err = file.Write([]byte(text))
	return errors.Join(err, file.Close())
}

// copyPath copies a file, or a folder: as a folder of its name, or what is in it if its path ends with a slash.
func copyPath(remote *sftp.Client, from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if isFolder(remote, to) {
			to = path.Join(to, filepath.Base(from))
		}
		return copyContent(remote, from, to)
	}
	if !strings.HasSuffix(from, "/") {
		to = path.Join(to, filepath.Base(from))
	}
	return filepath.WalkDir(from, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		target := path.Join(to, filepath.ToSlash(below))
		if entry.IsDir() {
			return remote.MkdirAll(target)
		}
		return copyContent(remote, file, target)
	})
}

func copyContent(remote *sftp.Client, from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := remote.Create(to)
	if err != nil {
		return fmt.Errorf("%s: cannot be made: %w", to, err)
	}
	_, err = target.ReadFrom(source)
	return errors.Join(err, target.Close())
}

func isFolder(remote *sftp.Client, path string) bool {
	info, err := remote.Stat(path)
	return err == nil && info.IsDir()
}
