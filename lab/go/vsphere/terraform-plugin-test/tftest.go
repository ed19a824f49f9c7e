// Package tftest is empty where the module of this name drives Terraform in tests: the provider is compiled against it and
// never calls it.
package tftest

import (
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

const unused = "terraform-plugin-test: not part of this build"

// Helper would run Terraform.
type Helper struct{}

// AutoInitProviderHelper makes no Helper.
func AutoInitProviderHelper(_, _ string) *Helper { panic(unused) }

// RunningAsPlugin says that Terraform did not start this process.
func RunningAsPlugin() bool { return false }

// Close does nothing.
func (*Helper) Close() error { return nil }

// RequireNewWorkingDir makes no directory.
func (*Helper) RequireNewWorkingDir(testing.TB) *WorkingDir { panic(unused) }

// WorkingDir would be where Terraform runs.
type WorkingDir struct{}

// Close does nothing.
func (*WorkingDir) Close() error { return nil }

// Apply runs nothing, and neither does anything below.
func (*WorkingDir) Apply() error                             { panic(unused) }
func (*WorkingDir) RequireCreatePlan(testing.TB)             { panic(unused) }
func (*WorkingDir) RequireDestroy(testing.TB)                { panic(unused) }
func (*WorkingDir) RequireImport(testing.TB, string, string) { panic(unused) }
func (*WorkingDir) RequireInit(testing.TB)                   { panic(unused) }
func (*WorkingDir) RequireRefresh(testing.TB)                { panic(unused) }
func (*WorkingDir) RequireSavedPlan(testing.TB) *tfjson.Plan { panic(unused) }
func (*WorkingDir) RequireSetConfig(testing.TB, string)      { panic(unused) }
func (*WorkingDir) RequireState(testing.TB) *tfjson.State    { panic(unused) }
