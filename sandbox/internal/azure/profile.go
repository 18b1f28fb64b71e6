package azure

import (
	"cmp"
	"time"

	"github.com/aks-workload-identity/aks-workload-identity/sandbox/internal/fault"
)

// Profile sets the latencies of the sandbox's Azure. A zero duration means the default; a negative
// one means none.
type Profile struct {
	// FederatedCredentialWriteWindow is the duration of a write or deletion of a federated identity
	// credential, during which a second one under the same user-assigned identity is refused with
	// 409. Default 150 ms.
	FederatedCredentialWriteWindow time.Duration
	// PrincipalReplicationDelay is the time for which a new principal is not found by a role
	// assignment without principalType. Default 10 s; in Azure it is seconds to minutes.
	PrincipalReplicationDelay time.Duration
	// ClusterCreateDelay is added to the time that a cluster's processes take to start. Default
	// none.
	ClusterCreateDelay time.Duration
	// IssuerURLDelay is the time for which a cluster's issuer URL stays empty after the operation
	// that enabled the issuer. Default none; AKS has been observed to show the URL late.
	IssuerURLDelay time.Duration
	// RoleEffectDelay is the time from the creation of a role assignment until it has an effect.
	// Default none; Azure documents up to 10 minutes.
	RoleEffectDelay time.Duration
	// IdentityReplicationDelay is the time for which a new user-assigned identity takes no
	// federated credential. Default none.
	IdentityReplicationDelay time.Duration
	// CredentialReplicationDelay is the time from the creation of a federated credential until
	// Entra accepts it. Default none; azwi documents a few seconds.
	CredentialReplicationDelay time.Duration
}

const (
	defaultWriteWindow      = 150 * time.Millisecond
	defaultReplicationDelay = 10 * time.Second
)

// withDefaults returns the profile with the default for each zero duration and zero for each
// negative one.
func (p Profile) withDefaults() Profile {
	resolve := func(d, standard time.Duration) time.Duration { return max(cmp.Or(d, standard), 0) }
	return Profile{
		FederatedCredentialWriteWindow: resolve(p.FederatedCredentialWriteWindow, defaultWriteWindow),
		PrincipalReplicationDelay:      resolve(p.PrincipalReplicationDelay, defaultReplicationDelay),
		ClusterCreateDelay:             resolve(p.ClusterCreateDelay, 0),
		IssuerURLDelay:                 resolve(p.IssuerURLDelay, 0),
		RoleEffectDelay:                resolve(p.RoleEffectDelay, 0),
		IdentityReplicationDelay:       resolve(p.IdentityReplicationDelay, 0),
		CredentialReplicationDelay:     resolve(p.CredentialReplicationDelay, 0),
	}
}

// with returns the profile with the delays that are set while the sandbox runs.
func (p Profile) with(d fault.Delays) Profile {
	for _, set := range []struct {
		to   *time.Duration
		from fault.Duration
	}{
		{&p.FederatedCredentialWriteWindow, d.CredentialWrite}, {&p.PrincipalReplicationDelay, d.Principal},
		{&p.IssuerURLDelay, d.IssuerURL}, {&p.RoleEffectDelay, d.RoleEffect},
		{&p.IdentityReplicationDelay, d.Identity}, {&p.CredentialReplicationDelay, d.Credential},
	} {
		if set.from != 0 {
			*set.to = time.Duration(set.from)
		}
	}
	return p
}
