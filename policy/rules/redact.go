package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// minSecret is the shortest text, in bytes, that is taken for a secret. Replacing shorter ones would tear messages
// apart, and hide nothing that could not be guessed.
const minSecret = 4

// Redact replaces every secret of the resources in what violations say. A rule does not show secret values; this
// keeps those out that it mentions in a sentence, or that came from another resource.
func Redact(violations []Violation, resources ...*Resource) {
	if len(violations) == 0 {
		return
	}
	secrets := map[string]bool{}
	for _, r := range resources {
		for _, properties := range []resource.PropertyMap{r.Inputs, r.Outputs, r.ProviderInputs} {
			collect(resource.NewProperty(properties), false, secrets)
		}
	}
	if len(secrets) == 0 {
		return
	}
	// The longest first, so that a secret within another does not leave the rest behind.
	list := make([]string, 0, len(secrets))
	for s := range secrets {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b string) int {
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

// collect gathers the texts within secrets.
func collect(v resource.PropertyValue, secret bool, into map[string]bool) {
	switch w := v.V.(type) {
	case *resource.Secret:
		if w != nil {
			collect(w.Element, true, into)
		}
	case resource.Output:
		collect(w.Element, secret || w.Secret, into)
	case string:
		if secret && len(w) >= minSecret {
			into[w] = true
		}
	case []resource.PropertyValue:
		for _, element := range w {
			collect(element, secret, into)
		}
	case resource.PropertyMap:
		for _, element := range w {
			collect(element, secret, into)
		}
	}
}
