package workload

import (
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/known"
	"github.com/aks-workload-identity/aks-workload-identity/components/internal/problems"
)

// validateExisting checks how an existing identity is named.
func (args *FederatedWorkloadArgs) validateExisting(l *problems.List, what string, parse func(string) error) {
	if args.IdentityId == nil {
		l.Addf("identityId", "%s is required: the component has to know which one", what)
	}
	if id, ok := known.String(args.IdentityId); ok {
		l.Add("identityId", parse(id))
	}
	if args.IdentityName != nil {
		l.Addf("identityName", "an existing identity has its name: leave it out")
	}
}
