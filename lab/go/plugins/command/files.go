package command

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gobwas/glob"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// addFiles adds the files a command left, as assets and as an archive, as far as they are asked for.
func (l localCommands) addFiles(results resource.PropertyMap) error {
	if l.AssetPaths != nil {
		assets, err := matching(l.Dir, l.AssetPaths)
		if err != nil {
			return err
		}
		values := resource.PropertyMap{}
		for path, asset := range assets {
			values[resource.PropertyKey(path)] = resource.NewAssetProperty(asset)
		}
		results["assets"] = resource.NewObjectProperty(values)
	}
	if l.ArchivePaths != nil {
		assets, err := matching(l.Dir, l.ArchivePaths)
		if err != nil {
			return err
		}
		members := map[string]any{}
		for path, asset := range assets {
			members[path] = asset
		}
		archive, err := resource.NewAssetArchive(members)
		if err != nil {
			return err
		}
		results["archive"] = resource.NewArchiveProperty(archive)
	}
	return nil
}

// matching are the files below a folder that the patterns leave, the later ones deciding.
func matching(folder string, patterns []string) (map[string]*resource.Asset, error) {
	if folder == "" {
		folder = "."
	}
	type rule struct {
		match   glob.Glob
		exclude bool
	}
	rules := make([]rule, len(patterns))
	for i, pattern := range patterns {
		match, err := glob.Compile(strings.TrimPrefix(pattern, "!"), '/')
		if err != nil {
			return nil, fmt.Errorf("%s: is not a pattern: %w", pattern, err)
		}
		rules[i] = rule{match, strings.HasPrefix(pattern, "!")}
	}
	found := map[string]*resource.Asset{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		wanted := false
		for _, rule := range rules {
			if rule.match.Match(path) {
				wanted = !rule.exclude
			}
		}
		if wanted {
			found[path], err = resource.NewPathAsset(filepath.Join(folder, path))
		}
		return err
	})
	return found, err
}

// withoutFiles is a state less what cannot be read as plain values.
func withoutFiles(state resource.PropertyMap) resource.PropertyMap {
	plain := state.Copy()
	for name := range files {
		delete(plain, resource.PropertyKey(name))
	}
	delete(plain, "triggers")
	return plain
}
