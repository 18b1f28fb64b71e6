package stacks

import (
	"encoding/json"
	"os"
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// settings is a stack's configuration as Pulumi hands it over, before anybody has looked at it.
type settings struct {
	// values maps `namespace:key` to the value: a scalar's text, or the JSON of anything else.
	values map[string]string
	// secret holds those keys whose value is, or contains, something encrypted.
	secret map[string]bool
}

// settingsOf collects what the engine gave this run.
//
// The SDK (v3.245.0) answers for one known key at a time (Context.GetConfig) and keeps the whole map to itself, but a
// misspelt key can only be found in the whole map. Language hosts pass that in the environment variable PULUMI_CONFIG, a
// JSON object of `namespace:key` to value, which is also where the SDK takes it from; so the names come from there. The
// values always come from GetConfig: it is right too when the configuration came another way, as under mocks and in
// inline programs of the Automation API, where that variable is absent or is an outer program's. There, misspelt
// top-level keys go unnoticed; everything below the top level is checked all the same.
func settingsOf(ctx *pulumi.Context) settings {
	s := settings{values: map[string]string{}, secret: map[string]bool{}}
	take := func(key string) {
		value, ok := ctx.GetConfig(key)
		if !ok {
			return
		}
		s.values[key] = value
		s.secret[key] = ctx.IsConfigSecret(key)
	}
	var environment map[string]string
	// The SDK treats an unreadable variable as empty, and so must its second reader.
	_ = json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &environment)
	for key := range environment {
		take(key)
	}
	for name := range fieldsOf(reflect.TypeFor[Config]()) {
		take(ctx.Project() + ":" + name)
	}
	return s
}
