package workload

import (
	"fmt"

	"github.com/aks-workload-identity/aks-workload-identity/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/names/problem"
)

// validateExisting checks how an existing identity is named.
func (args *FederatedWorkloadArgs) validateExisting(l *problem.List, what string, parse func(string) error) {
	if args.IdentityId == nil {
		l.Add("identityId", fmt.Sprintf("%s is required", what), "the component has to know which one")
	}
	if id, ok := known.String(args.IdentityId); ok {
		l.AddError("identityId", parse(id))
	}
	if args.IdentityName != nil {
		l.Add("identityName", "an existing identity has its name", "leave it out")
	}
}
