package azure

import "time"

// Profile sets latencies of the sandbox's Azure. It is a setting of the sandbox, never code in components. A zero
// duration means the default; a negative one means none.
type Profile struct {
	// FederatedCredentialWriteWindow is how long a write or delete of a federated identity credential takes, during
	// which another one under the same user-assigned identity is refused with 409. Default 150 ms.
	FederatedCredentialWriteWindow time.Duration
	// PrincipalReplicationDelay is how long a new principal is unknown to a role assignment that does not give its
	// principalType. Default 10 s; in Azure it is seconds to minutes.
	PrincipalReplicationDelay time.Duration
	// ClusterCreateDelay is added to the time that a cluster's processes take to start. Default none.
	ClusterCreateDelay time.Duration
	// IssuerURLDelay is how long after the operation that switched a cluster's issuer on its URL stays empty. Default
	// none; AKS has been seen to show it late.
	IssuerURLDelay time.Duration
	// RoleEffectDelay is how long after its creation a role assignment starts to count. Default none; Azure documents
	// up to 10 minutes.
	RoleEffectDelay time.Duration
}

const (
	defaultWriteWindow      = 150 * time.Millisecond
	defaultReplicationDelay = 10 * time.Second
)

func (p Profile) withDefaults() Profile {
	pick := func(d *time.Duration, standard time.Duration) {
		switch {
		case *d == 0:
			*d = standard
		case *d < 0:
			*d = 0
		}
	}
	pick(&p.FederatedCredentialWriteWindow, defaultWriteWindow)
	pick(&p.PrincipalReplicationDelay, defaultReplicationDelay)
	pick(&p.ClusterCreateDelay, 0)
	pick(&p.IssuerURLDelay, 0)
	pick(&p.RoleEffectDelay, 0)
	return p
}
