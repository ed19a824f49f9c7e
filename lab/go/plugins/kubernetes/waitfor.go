package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/jsonpath"
)

// parseWaitFor reads what an object's own annotation waits for: `condition=Ready`, `jsonpath={.status.phase}=Up`, or a
// JSON list of these.
func parseWaitFor(expression string) (readiness, error) {
	expressions := []string{expression}
	if strings.HasPrefix(expression, "[") {
		if err := json.Unmarshal([]byte(expression), &expressions); err != nil {
			return readiness{}, fmt.Errorf("%s: %w", waitFor, err)
		}
	}
	var all []readiness
	for _, one := range expressions {
		parsed, err := parseOne(one)
		if err != nil {
			return readiness{}, fmt.Errorf("%s: %w", waitFor, err)
		}
		all = append(all, parsed)
	}
	return readiness{watched: true, waits: func(
		ctx context.Context, cluster *cluster, live *unstructured.Unstructured,
	) (string, error) {
		for _, one := range all {
			if waiting, err := one.waits(ctx, cluster, live); err != nil || waiting != "" {
				return waiting, err
			}
		}
		return "", nil
	}}, nil
}

func parseOne(expression string) (readiness, error) {
	if wanted, found := strings.CutPrefix(expression, "condition="); found {
		kind, status, given := strings.Cut(wanted, "=")
		if !given {
			status = "True"
		}
		return readiness{waits: func(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
			if is, message := condition(live, kind); !strings.EqualFold(is, status) {
				return fmt.Sprintf("its condition %s is not %s (%s)", kind, status, message), nil
			}
			return "", nil
		}}, nil
	}
	written, found := strings.CutPrefix(expression, "jsonpath=")
	if !found {
		return readiness{}, fmt.Errorf("%q is neither condition=… nor jsonpath=…", expression)
	}
	end := strings.LastIndex(written, "}")
	path := jsonpath.New(waitFor).AllowMissingKeys(true)
	if err := path.Parse(written[:end+1]); err != nil {
		return readiness{}, err
	}
	wanted, valued := strings.CutPrefix(written[end+1:], "=")
	return readiness{waits: func(_ context.Context, _ *cluster, live *unstructured.Unstructured) (string, error) {
		var is bytes.Buffer
		if err := path.Execute(&is, live.Object); err != nil {
			return "", err
		}
		if is.Len() == 0 || valued && is.String() != wanted {
			return fmt.Sprintf("%s is %q", written[:end+1], is.String()), nil
		}
		return "", nil
	}}, nil
}
