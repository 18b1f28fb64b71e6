package workload

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/azure"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// fold is a text as Azure compares names.
func fold(s string) string { return strings.ToLower(s) }

// validate checks the definition of a custom role, whose grant's scope is place as
// far as it is known.
func (r *CustomRoleArgs) validate(l *problem.List, path problem.Path, role grantRole, place string) {
	l.AddError(path+".name", azure.ValidateRoleName(r.Name))
	if d, ok := known.String(r.Description); ok && utf8.RuneCountInString(d) > azure.MaxRoleDescription {
		l.Add(path+".description", fmt.Sprintf("the description has %d characters", utf8.RuneCountInString(d)), fmt.Sprintf("Azure allows at most %d", azure.MaxRoleDescription))
	}
	if len(r.Actions) == 0 && len(r.DataActions) == 0 {
		l.Add(path+".actions", "a role without actions allows nothing", "name at least one of actions or dataActions")
	}
	for _, list := range []struct {
		property string
		actions  []string
	}{{"actions", r.Actions}, {"notActions", r.NotActions}, {"dataActions", r.DataActions}, {"notDataActions", r.NotDataActions}} {
		seen := firsts{}
		for i, a := range list.actions {
			at := path.Field(list.property).Index(i)
			l.AddError(at, azure.ValidateAction(a))
			if j, taken := seen.twice(fold(a), i); taken {
				l.Add(at, fmt.Sprintf("%s[%d] is the same", list.property, j), "leave one out")
			}
		}
	}
	if len(r.Actions) == 0 && len(r.NotActions) > 0 {
		l.Add(path+".notActions", "there are no actions to take them away from, and they deny nothing", "leave them out")
	}
	if len(r.DataActions) == 0 && len(r.NotDataActions) > 0 {
		l.Add(path+".notDataActions", "there are no dataActions to take them away from, and they deny nothing", "leave them out")
	}
	if scopes, ok := knownStrings(r.AssignableScopes); ok {
		if !strings.HasPrefix(place, "/") {
			place = ""
		}
		l.AddError(path+".assignableScopes", grantRole{custom: r}.assignable(scopes, place))
	}
}

// knownStrings are the elements of a list that is known in full.
func knownStrings(in pulumi.StringArrayInput) ([]string, bool) {
	array, ok := known.As[pulumi.StringArray](in)
	if !ok {
		return nil, false
	}
	list := make([]string, len(array))
	for i, element := range array {
		s, ok := known.String(element)
		if !ok {
			return nil, false
		}
		list[i] = s
	}
	return list, true
}
