package kubernetes

import (
	"encoding/base64"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"groundwork/lab/go/plugins/protocol"
)

// mergeText turns a Secret's text into data, as the API does.
func mergeText(inputs resource.PropertyMap) {
	text := protocol.Plain(inputs["stringData"])
	if !text.IsObject() {
		return
	}
	data := resource.PropertyMap{}
	if given := protocol.Plain(inputs["data"]); given.IsObject() {
		data = given.ObjectValue().Copy()
	} else if given.IsComputed() {
		return
	}
	for key, value := range text.ObjectValue() {
		if plain := protocol.Plain(value); plain.IsString() {
			data[key] = resource.NewStringProperty(base64.StdEncoding.EncodeToString([]byte(plain.StringValue())))
		} else {
			data[key] = plain
		}
	}
	inputs["data"] = resource.MakeSecret(resource.NewObjectProperty(data))
	delete(inputs, "stringData")
}

// liveText is a Secret's text as its data is by now, for the keys that were given as text.
func liveText(text, data map[string]any) map[string]any {
	live := map[string]any{}
	for key := range text {
		encoded, there := data[key].(string)
		if !there {
			continue
		}
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			live[key] = string(decoded)
		}
	}
	return live
}
