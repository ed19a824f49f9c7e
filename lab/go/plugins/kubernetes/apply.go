package kubernetes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
)

// change is something asked of the API about one object.
type change struct {
	object  *unstructured.Unstructured
	manager string
	// force takes fields over from whoever applied them.
	force bool
	// dry asks what would be, without changing anything.
	dry bool
}

// errExists is an object that is there although it was to be made.
var errExists = errors.New("is in the cluster already; import it, or let the provider take it over with " +
	"upsertExistingObjects, or change only some of its fields with a Patch resource")

// create makes an object. What it needs may just be coming, its namespace or its kind, so it is tried a few times.
func (c *cluster) create(ctx context.Context, wanted change, upsert bool) (*unstructured.Unstructured, error) {
	delay := 500 * time.Millisecond
	for attempt := 1; ; attempt++ {
		made, err := c.createOnce(ctx, wanted, upsert)
		retried := apierrors.IsNotFound(err) || meta.IsNoMatchError(err)
		if err == nil || wanted.dry || !retried || attempt > 5 {
			return made, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(delay):
			delay *= 2
		}
	}
}

func (c *cluster) createOnce(ctx context.Context, wanted change, upsert bool) (*unstructured.Unstructured, error) {
	api, err := c.of(wanted.object)
	if err != nil {
		return nil, err
	}
	if !upsert {
		_, err := api.Get(ctx, wanted.object.GetName(), metav1.GetOptions{})
		if err == nil {
			return nil, fmt.Errorf("%s: %w", describe(wanted.object), errExists)
		}
		if !apierrors.IsNotFound(err) {
			return nil, err
		}
	}
	return c.apply(ctx, wanted)
}

// apply makes the object's fields what is wanted, and only those.
func (c *cluster) apply(ctx context.Context, wanted change) (*unstructured.Unstructured, error) {
	api, err := c.of(wanted.object)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(wanted.object.Object)
	if err != nil {
		return nil, err
	}
	options := metav1.PatchOptions{
		FieldManager: wanted.manager, Force: &wanted.force, FieldValidation: metav1.FieldValidationWarn,
	}
	if wanted.dry {
		options.DryRun = []string{metav1.DryRunAll}
	}
	applied, err := api.Patch(ctx, wanted.object.GetName(), types.ApplyPatchType, content, options)
	if apierrors.IsConflict(err) {
		return nil, conflict(wanted.object, err)
	}
	return applied, err
}

// post makes an object without server-side apply.
func (c *cluster) post(ctx context.Context, wanted change) (*unstructured.Unstructured, error) {
	api, err := c.of(wanted.object)
	if err != nil {
		return nil, err
	}
	return api.Create(ctx, wanted.object, metav1.CreateOptions{FieldManager: wanted.manager})
}

// merge changes an object without server-side apply, by what differs from the last inputs and from what is there.
func (c *cluster) merge(ctx context.Context, wanted change, last *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	api, err := c.of(wanted.object)
	if err != nil {
		return nil, err
	}
	live, err := api.Get(ctx, wanted.object.GetName(), metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	var texts [3][]byte
	for i, object := range []*unstructured.Unstructured{last, wanted.object, live} {
		if texts[i], err = json.Marshal(object.Object); err != nil {
			return nil, err
		}
	}
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch(texts[0], texts[1], texts[2])
	if err != nil {
		return nil, err
	}
	options := metav1.PatchOptions{FieldManager: wanted.manager}
	return api.Patch(ctx, wanted.object.GetName(), types.MergePatchType, patch, options)
}

// conflict names the fields that something else applied.
func conflict(object *unstructured.Unstructured, err error) error {
	var status apierrors.APIStatus
	if !errors.As(err, &status) || status.Status().Details == nil || len(status.Status().Details.Causes) == 0 {
		return err
	}
	fields := make([]string, 0, len(status.Status().Details.Causes))
	for _, cause := range status.Status().Details.Causes {
		fields = append(fields, fmt.Sprintf("%s (%s)", cause.Field, cause.Message))
	}
	return fmt.Errorf("%s: fields were set by something else: %s; leave them out, or take them over with the annotation "+
		"%s: \"true\"", describe(object), strings.Join(fields, ", "), patchForce)
}
