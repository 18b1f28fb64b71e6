package rule

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/aks-workload-identity/aks-workload-identity/policy/graph"
)

// minSecret is the shortest text, in bytes, that is taken for a secret. Replacing shorter ones
// would make messages unreadable, and hide only what could be guessed anyway.
const minSecret = 4

// Redact replaces every secret of the resources in the texts of violations. Violation.Value never
// shows a secret value; this removes those that a rule puts into a sentence, or that come from
// another resource.
func Redact(violations []Violation, resources ...*graph.Resource) {
	if len(violations) == 0 {
		return
	}
	secrets := map[string]bool{}
	for _, r := range resources {
		for _, properties := range []resource.PropertyMap{r.Inputs, r.Outputs, r.ProviderInputs} {
			collectSecrets(resource.NewProperty(properties), false, secrets)
		}
	}
	if len(secrets) == 0 {
		return
	}
	// The longest first, so that a secret within another does not leave the rest behind.
	list := slices.SortedFunc(maps.Keys(secrets), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
	})
	pairs := make([]string, 0, 2*len(list))
	for _, s := range list {
		pairs = append(pairs, s, "[secret]")
	}
	replacer := strings.NewReplacer(pairs...)
	for i := range violations {
		violations[i].Value = replacer.Replace(violations[i].Value)
		violations[i].Problem = replacer.Replace(violations[i].Problem)
	}
}

// collectSecrets adds the texts within secrets to a set.
func collectSecrets(v resource.PropertyValue, secret bool, into map[string]bool) {
	switch w := v.V.(type) {
	case *resource.Secret:
		if w != nil {
			collectSecrets(w.Element, true, into)
		}
	case resource.Output:
		collectSecrets(w.Element, secret || w.Secret, into)
	case string:
		if secret && len(w) >= minSecret {
			into[w] = true
		}
	case []resource.PropertyValue:
		for _, element := range w {
			collectSecrets(element, secret, into)
		}
	case resource.PropertyMap:
		for _, element := range w {
			collectSecrets(element, secret, into)
		}
	}
}
